// Of the page's script: the one dialog, which asks for a name or for a yes and stays open until what was asked for
// is done; and the words for what a server refuses.

/** Needs the rows. */
export const DIALOG_SCRIPT: string = String.raw`
/** What a status means to whoever wanted something; for others the server's own words have to do. */
const MEANINGS = {
  401: "you need to log in", 403: "this is not allowed", 404: "it is no longer there",
  405: "this is not allowed", 409: "the name is taken", 412: "the name is taken",
  413: "it is too large", 507: "the disk is full",
};

/** What went wrong, as half a sentence; "isNew": something was to be made, so that its name was at fault. */
async function problemOf(response, isNew = false) {
  const { status } = response;
  if (isNew && (status === 400 || status === 404)) return "this name cannot be used";
  return problemIn(status, await response.text().catch(() => ""));
}

function problemIn(status, text) {
  let error;
  try {
    error = JSON.parse(text).error;
  } catch {
    // It was not the answer of this kind of server.
  }
  return MEANINGS[status] ?? (typeof error === "string" ? error : "the server answered with " + status);
}

const dialog = make("dialog", { "aria-labelledby": "asked" });
document.body.append(dialog);

/**
 * Asks, and does what "run" does with the answer; an error of that is shown and can be tried again. The title is a list
 * of what it consists of. Without a label nothing but a yes is asked for. Resolves when the dialog is closed.
 */
function ask({ title, text, label, value = "", action, isDanger = false, run }) {
  const input = make("input", { type: "text", id: "answer", value, autocomplete: "off", spellcheck: "false", required: "" });
  const wrong = make("p", { class: "wrong", role: "alert" });
  const yes = make("button", { class: isDanger ? "danger" : "primary" }, action);
  const no = make("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
  const form = make("form", {},
    make("h2", { id: "asked" }, ...title),
    ...text === undefined ? [] : [make("p", {}, text)],
    ...label === undefined ? [] : [make("label", { for: "answer" }, label, input)],
    wrong, make("div", { class: "actions" }, no, yes));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    yes.disabled = true;
    try {
      await run(input.value);
      dialog.close();
    } catch (error) {
      wrong.textContent = error.message;
      yes.disabled = false;
      (label === undefined ? yes : input).focus();
    }
  });
  dialog.replaceChildren(form);
  dialog.showModal();
  if (label === undefined) no.focus();
  else {
    input.focus();
    // Of a file's name all but the extension, which mostly stays.
    const dot = value.lastIndexOf(".");
    input.setSelectionRange(0, dot > 0 ? dot : value.length);
  }
  return new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
}
`;
