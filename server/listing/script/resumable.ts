// Of the page's script: one file on its way to the server, which can be broken off at any byte and go on from there,
// in this page or in one that is loaded later.

/** Needs the rows and the words of the dialog. */
export const RESUMABLE_SCRIPT: string = String.raw`
/** What cannot be helped by trying again. */
class Refusal extends Error {}

const STORE = "eco-upload " + location.pathname + " ";
const keyOf = ({ name, size, modified }) => STORE + name + " " + size + " " + modified;

/** Notes where an upload goes on. Without a store it ends with the page. */
function remember(upload) {
  const { url, name, size, modified } = upload;
  try {
    localStorage.setItem(keyOf(upload), JSON.stringify({ url, name, size, modified }));
  } catch {
    // Private windows and full stores: there is nothing to come back to.
  }
}

function forget(upload) {
  try {
    localStorage.removeItem(keyOf(upload));
  } catch {
    // As above.
  }
}

/** The uploads to this folder that a page before this one left. */
function remembered() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(STORE))
      .map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return [];
  }
}

/** Asks how much of an upload has arrived; sets its offset, or resolves to false when it is not known there. */
async function findOffset(upload) {
  const response = await fetch(upload.url, { method: "HEAD", cache: "no-store" });
  const offset = Number(response.headers.get("Upload-Offset") ?? NaN);
  if (response.ok && offset >= 0 && offset <= upload.size) {
    upload.offset = offset;
    return true;
  }
  if (response.status >= 500) throw new Error(await problemOf(response));
  return false;
}

async function createUpload(upload) {
  const address = new URL(linkTo(upload.name, false), location.href);
  const response = await fetch(address, {
    method: "POST",
    headers: { Accept: "application/json", "Upload-Length": String(upload.size) },
  });
  const place = response.headers.get("Location");
  if (response.status !== 201 || place === null) {
    if (response.status >= 500 && response.status !== 507) throw new Error(await problemOf(response));
    throw new Refusal(await problemOf(response, true));
  }
  upload.url = new URL(place, address).href;
  upload.offset = 0;
  remember(upload);
}

/** Sends what is missing; "onSent" hears how much is gone so far. */
function sendRest(upload, onSent) {
  return new Promise((resolve, reject) => {
    const request = upload.request = new XMLHttpRequest();
    const from = upload.offset;
    request.open("PATCH", upload.url);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Upload-Offset", String(from));
    request.upload.addEventListener("progress", ({ loaded }) => onSent(from + loaded));
    request.addEventListener("load", () => {
      if (request.status === 201) return resolve();
      const problem = problemIn(request.status, request.responseText);
      // With an offset, the server has less or more than was thought: that is asked for before the next try.
      // 423: the request that was broken off still holds the file.
      const isRefused = request.status >= 400 && request.status < 500 &&
        ![408, 423].includes(request.status) && request.getResponseHeader("Upload-Offset") === null;
      // Without space there is no use in trying again at once.
      const isOver = isRefused || request.status === 507;
      reject(isOver ? new Refusal(problem) : new Error(problem));
    });
    request.addEventListener("error", () => reject(new Error("the connection was lost")));
    request.addEventListener("abort", () => reject(new Error("cancelled")));
    onSent(from);
    request.send(upload.file.slice(from));
  });
}

/** Whether the file is there: the answer to its last bytes may have been lost. */
async function hasArrived({ name, size }) {
  const response = await fetch(linkTo(name, false), { method: "HEAD", cache: "no-store" });
  return response.ok && response.headers.get("Content-Length") === String(size);
}

/** Brings a file to the server, from wherever it was broken off. */
async function sendFile(upload, onSent) {
  if (upload.url !== undefined && !await findOffset(upload)) {
    if (upload.isSent && await hasArrived(upload)) return;
    upload.url = undefined;
  }
  if (upload.url === undefined) await createUpload(upload);
  // Of an empty file there is nothing to send.
  if (upload.size === 0) return;
  // Whoever cancels meanwhile finds the address of what is to be removed.
  if (upload.state !== "sending") return;
  await sendRest(upload, (sent) => {
    upload.isSent = sent === upload.size;
    onSent(sent);
  });
}
`;
