// Of the page's script: new folders, other names, and deletion, where the server has given the right to it.

/** Needs the rows, the listing and the dialog. */
export const CHANGES_SCRIPT: string = String.raw`
/** A request that changes something; throws with the words for whoever asked for it. */
async function change(method, address, headers = {}) {
  let response;
  try {
    response = await fetch(address, { method, headers: { Accept: "application/json", ...headers } });
  } catch {
    throw new Error("The server cannot be reached");
  }
  if (!response.ok) {
    const problem = await problemOf(response, method === "MKCOL");
    throw new Error(problem[0].toUpperCase() + problem.slice(1));
  }
}

function checkName(name) {
  if (name.includes("/")) throw new Error("A name cannot have a slash in it");
  if (name === "." || name === "..") throw new Error("This is not a name");
  if (all?.some((entry) => entry.name === name)) throw new Error("The name is taken");
}

function askForFolder() {
  ask({
    title: ["New folder"], label: "Name", action: "Create",
    run: async (name) => {
      checkName(name);
      await change("MKCOL", linkTo(name, true));
      await changed("Created " + name, name);
    },
  });
}

function askToRename(name, isFolder) {
  ask({
    title: ["Rename “", makeName(name), "”"], label: "New name", value: name, action: "Rename",
    run: async (renamed) => {
      if (renamed === name) return;
      checkName(renamed);
      const destination = new URL(linkTo(renamed, isFolder), location.href).pathname;
      // RFC 4918 10.6: what has the name already is not to be lost.
      await change("MOVE", linkTo(name, isFolder), { Destination: destination, Overwrite: "F" });
      await changed("Renamed " + name + " to " + renamed, renamed);
    },
  });
}

function askToDelete(name, isFolder) {
  ask({
    title: ["Delete “", makeName(name), "”?"],
    text: isFolder
      ? "The folder goes with everything in it. This cannot be undone."
      : "This cannot be undone.",
    action: "Delete", isDanger: true,
    run: async () => {
      const links = Array.from(byId("rows").querySelectorAll("th a"));
      const at = links.indexOf(findLink(name));
      await change("DELETE", linkTo(name, isFolder));
      await changed("Deleted " + name, undefined, at);
    },
  });
}

/** Shows the folder as it is now, and goes to the entry with that name, or to the one at that place. */
async function changed(what, name, at) {
  await refresh();
  say(what);
  const links = byId("rows").querySelectorAll("th a");
  const link = name === undefined ? links[Math.min(at, links.length - 1)] : findLink(name);
  // Closing the dialog gives the focus to where it was, which is no longer there.
  dialog.addEventListener("close", () => (link ?? words).focus(), { once: true });
}

if (rights.has("edit")) {
  byId("actions").prepend(make("button", { type: "button", onclick: askForFolder },
    makeIcon("new-folder"), "New folder"));
}
`;
