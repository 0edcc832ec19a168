// Of the page's script: the files that are chosen or dropped, a few on their way at a time, with what is to be seen
// of each.

/** Needs all the others. */
export const UPLOADS_SCRIPT: string = String.raw`
const AT_ONCE = 3;
/** So often in a row an upload goes on by itself without a byte more. */
const MAX_TRIES = 4;
/** The rate is that of the last seconds. */
const RATE_MS = 5000;

const uploads = [];
let chooser, panel, list, heading, clear, refreshing;
/** The interrupted upload that a file is being chosen for. */
let wanted;

/** What each state is called, and which buttons it has. */
const STATES = {
  waiting: { text: () => "Waiting", buttons: ["cancel"] },
  sending: { text: progressText, buttons: ["cancel"] },
  paused: { text: ({ why }) => "Stopped: " + why, buttons: ["resume", "cancel"] },
  interrupted: {
    text: ({ why, offset, size }) => why ??
      "Interrupted at " + percent(offset, size) + " – choose the file again to go on",
    buttons: ["choose", "cancel"],
  },
  done: { text: ({ size }) => humanSize(size) + " · Done", buttons: [] },
  failed: { text: ({ why }) => "Not uploaded: " + why, buttons: ["remove"] },
  cancelled: { text: () => "Cancelled", buttons: ["remove"] },
};
const BUTTONS = {
  cancel: ["close", "Cancel upload of ", cancel],
  remove: ["close", "Remove from the list: ", removeItem],
  resume: ["Resume", "Resume upload of ", (upload) => {
    setState(upload, "waiting");
    startNext();
  }],
  choose: ["Choose file", "Choose file to go on with: ", (upload) => {
    wanted = upload;
    chooser.click();
  }],
};

const percent = (part, whole) => (whole === 0 ? 100 : Math.floor(100 * part / whole)) + " %";

function progressText({ sent, size, rate }) {
  const parts = [humanSize(sent) + " of " + humanSize(size)];
  if (rate > 0) {
    parts.push(humanSize(rate) + "/s");
    if (sent < size) parts.push(timeText((size - sent) / rate) + " left");
  }
  return parts.join(" · ");
}

function timeText(seconds) {
  if (seconds < 60) return Math.max(1, Math.ceil(seconds)) + " s";
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? minutes + " min" : Math.floor(minutes / 60) + " h " + minutes % 60 + " min";
}

function newUpload(facts, state) {
  const upload = { url: undefined, offset: 0, sent: 0, rate: 0, isSent: false, why: undefined, ...facts };
  upload.bar = make("progress", { max: Math.max(1, upload.size), value: upload.offset, "aria-label": "Upload of " + upload.name });
  upload.text = make("span", { class: "state" });
  upload.buttons = make("div", { class: "buttons" });
  upload.item = make("li", {}, makeIcon(iconOf(upload.name, false)),
    make("div", { class: "what" }, makeName(upload.name), upload.text), upload.bar, upload.buttons);
  uploads.push(upload);
  list.append(upload.item);
  setState(upload, state);
  return upload;
}

function setState(upload, state, why) {
  Object.assign(upload, { state, why });
  upload.item.className = state;
  upload.text.textContent = STATES[state].text(upload);
  upload.buttons.replaceChildren(...STATES[state].buttons.map((name) => {
    const [face, label, action] = BUTTONS[name];
    const isIcon = face === "close";
    return make("button", { type: "button", class: isIcon ? "bare" : undefined, "aria-label": label + upload.name,
      title: isIcon ? label.replace(/( of|:) $/, "") : undefined, onclick: () => action(upload) },
      isIcon ? makeIcon(face) : face);
  }));
  drawPanel();
}

function drawPanel() {
  panel.hidden = uploads.length === 0;
  const isOpen = ({ state }) => state === "waiting" || state === "sending";
  const open = uploads.filter(isOpen).length;
  const done = uploads.filter(({ state }) => state === "done").length;
  heading.textContent = open === 0 ? "Uploads" : "Uploading " + (open === 1 ? "1 file" : open + " files") +
    (done === 0 ? "" : ", " + done + " done");
  clear.hidden = !uploads.some(isOver);
}

const isOver = ({ state }) => state === "done" || state === "failed" || state === "cancelled";

function removeItem(upload) {
  upload.item.remove();
  uploads.splice(uploads.indexOf(upload), 1);
  drawPanel();
}

async function addFiles(files) {
  const isWanted = (file) => (upload) =>
    upload.state === "interrupted" && upload.name === file.name && upload.size === file.size &&
    upload.modified === file.lastModified;
  const chosenFor = wanted;
  wanted = undefined;
  if (chosenFor !== undefined && !files.some((file) => isWanted(file)(chosenFor))) {
    setState(chosenFor, "interrupted", "This is another file, or it has changed since – choose the same one");
    return;
  }
  const fresh = [];
  for (const file of files) {
    const interrupted = uploads.find(isWanted(file));
    if (interrupted === undefined) fresh.push(file);
    else {
      interrupted.file = file;
      setState(interrupted, "waiting");
    }
  }
  startNext();
  const added = rights.has("overwrite") ? await askToReplace(fresh) : fresh;
  for (const file of added) {
    newUpload({ file, name: file.name, size: file.size, modified: file.lastModified }, "waiting");
  }
  const count = files.length - fresh.length + added.length;
  if (count > 0) say("Uploading " + (count === 1 ? (added[0] ?? files[0]).name : count + " files"));
  startNext();
}

/** The files to upload, once whoever chose them has said whether they may replace what is there. */
async function askToReplace(files) {
  const taken = new Set();
  await Promise.all(files.map(async (file) => {
    if (await isTaken(file.name)) taken.add(file);
  }));
  if (taken.size === 0) return files;
  const [first] = taken;
  let isMeant = false;
  await ask({
    title: taken.size === 1 ? ["Replace “", makeName(first.name), "”?"] : ["Replace " + taken.size + " files?"],
    text: taken.size === 1 ? "There is a file of that name. What is in it is lost then."
      : "There are files of these names: " + Array.from(taken, ({ name }) => name).join(", ") + ". What is in them is lost then.",
    action: "Replace", isDanger: true,
    run: async () => void (isMeant = true),
  });
  return isMeant ? files : files.filter((file) => !taken.has(file));
}

/** Whether there is something of that name; the server is asked, as it may have come since. */
async function isTaken(name) {
  if (all?.some((entry) => entry.name === name)) return true;
  try {
    const response = await fetch(linkTo(name, false), { method: "HEAD", cache: "no-store", redirect: "manual" });
    // A redirect leads from a name to what it is for.
    return response.ok || response.type === "opaqueredirect";
  } catch {
    // Whoever cannot be asked cannot be given anything either.
    return false;
  }
}

function startNext() {
  while (uploads.filter(({ state }) => state === "sending").length < AT_ONCE) {
    const next = uploads.find(({ state }) => state === "waiting");
    if (next === undefined) return;
    send(next).finally(startNext);
  }
}

async function send(upload) {
  setState(upload, "sending");
  for (let tries = 1;; tries++) {
    const before = upload.offset;
    try {
      await sendFile(upload, watchRate(upload));
      return upload.state === "sending" ? finish(upload) : await discard(upload);
    } catch (error) {
      if (upload.state !== "sending") return await discard(upload);
      if (error instanceof Refusal) {
        forget(upload);
        setState(upload, "failed", error.message);
        say(upload.name + " was not uploaded: " + error.message);
        return;
      }
      if (upload.offset > before) tries = 1;
      if (tries >= MAX_TRIES) {
        // Of fetch() the message is the browser's own.
        const why = error instanceof TypeError ? "the connection was lost" : error.message;
        setState(upload, "paused", why);
        say("The upload of " + upload.name + " has stopped: " + why);
        return;
      }
      upload.rate = 0;
      await new Promise((resolve) => setTimeout(resolve, 500 * 2 ** tries));
      if (upload.state !== "sending") return await discard(upload);
    }
  }
}

/** What draws the progress and finds out about the rate. */
function watchRate(upload) {
  const marks = [];
  return (sent) => {
    if (upload.state !== "sending") return;
    const now = performance.now();
    marks.push([now, sent]);
    while (marks.length > 2 && now - marks[0][0] > RATE_MS) marks.shift();
    const [since, from] = marks[0];
    upload.rate = now > since ? 1000 * (sent - from) / (now - since) : 0;
    upload.sent = sent;
    upload.bar.value = sent;
    upload.text.textContent = progressText(upload);
  };
}

function finish(upload) {
  forget(upload);
  setState(upload, "done");
  say("Uploaded " + upload.name);
  // Many small files come in a row: once for all of them is enough.
  clearTimeout(refreshing);
  refreshing = setTimeout(refresh, uploads.some(({ state }) => state === "sending") ? 400 : 50);
}

function cancel(upload) {
  const { state } = upload;
  setState(upload, "cancelled");
  say("Cancelled the upload of " + upload.name);
  if (state !== "sending") discard(upload);
  // Who is sending it takes away what has arrived once it has stopped.
  else upload.request?.abort();
}

async function discard(upload) {
  forget(upload);
  const { url } = upload;
  upload.url = undefined;
  if (url === undefined) return;
  try {
    await fetch(url, { method: "DELETE" });
  } catch {
    // The server removes what nobody goes on with.
  }
}

function filesIn(transfer) {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === "file");
  const folders = items.map((item) => item.webkitGetAsEntry?.()).filter((entry) => entry?.isDirectory);
  const names = new Set(folders.map(({ name }) => name));
  for (const { name } of folders) {
    newUpload({ name, size: 0, modified: 0 }, "waiting");
    setState(uploads.at(-1), "failed", "it is a folder");
  }
  return Array.from(transfer.files).filter(({ name }) => !names.has(name));
}

function watchDrops() {
  const sign = make("div", { class: "drop", hidden: "" }, makeIcon("upload"), "Drop files to upload them");
  document.body.append(sign);
  let depth = 0;
  const watch = (type, action) => addEventListener(type, (event) => {
    if (!event.dataTransfer?.types.includes("Files") || dialog.open) return;
    event.preventDefault();
    action(event);
    sign.hidden = depth === 0;
  });
  watch("dragenter", () => depth++);
  watch("dragleave", () => depth = Math.max(0, depth - 1));
  watch("dragover", ({ dataTransfer }) => dataTransfer.dropEffect = "copy");
  watch("drop", ({ dataTransfer }) => {
    depth = 0;
    const files = filesIn(dataTransfer);
    if (files.length > 0) addFiles(files);
  });
}

/** Shows what a page before this one left, as far as the server still has it. */
function showInterrupted() {
  for (const facts of remembered()) {
    findOffset(facts).then((isKnown) => {
      if (!isKnown) forget(facts);
      else if (!uploads.some((upload) => keyOf(upload) === keyOf(facts))) newUpload(facts, "interrupted");
    }, () => {
      // Not reachable just now: it is there when the page is loaded again.
    });
  }
}

if (rights.has("upload")) {
  chooser = make("input", { type: "file", multiple: "", class: "unseen", tabindex: "-1", "aria-hidden": "true", id: "chooser" });
  chooser.addEventListener("change", () => {
    const files = Array.from(chooser.files);
    // So that the same file may be chosen once more.
    chooser.value = "";
    if (files.length > 0) addFiles(files);
  });
  chooser.addEventListener("cancel", () => wanted = undefined);
  const open = make("button", { type: "button", class: "primary", onclick: () => {
    wanted = undefined;
    chooser.click();
  } }, makeIcon("upload"), "Upload");
  byId("actions").append(open, chooser);
  list = make("ul", {});
  heading = make("h2", { id: "uploads" }, "Uploads");
  clear = make("button", { type: "button", onclick: () => uploads.filter(isOver).forEach(removeItem) }, "Clear finished");
  panel = make("section", { class: "card uploads", "aria-labelledby": "uploads", hidden: "" },
    make("header", {}, heading, clear), list);
  byId("listing").before(panel);
  watchDrops();
  showInterrupted();
}
`;
