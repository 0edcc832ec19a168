// Of the page's script: the elements that it makes, and the rows of the table among them. Text in them is only ever
// set as text.

/** Needs the functions that server and page share. */
export const ROWS_SCRIPT: string = String.raw`
const byId = (id) => document.getElementById(id);
const rights = new Set(document.body.dataset.rights.split(" "));
document.documentElement.classList.add("js");

/** An element with attributes, listeners ("onclick") and children. */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

const makeIcon = (name) => make("i", { class: "icon icon-" + name });

function makeName(name) {
  return make("bdi", {}, ...visiblePieces(name).map((piece, at) =>
    at % 2 === 0 ? piece : make("span", { class: "code" }, piece)));
}

/** A relative link to an entry of this folder. */
const linkTo = (name, isFolder) =>
  "./" + encodeURIComponent(name.toWellFormed ? name.toWellFormed() : name) + (isFolder ? "/" : "");

/** Says something to those who do not see what happens. */
function say(text) {
  byId("said").textContent = text;
}

const dayOf = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const clockOf = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const longTime = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const grouped = new Intl.NumberFormat();

function makeTime(modified) {
  const time = new Date(modified);
  return make("time", { datetime: modified, title: longTime.format(time) }, dayOf.format(time),
    make("span", { class: "clock" }, ", " + clockOf.format(time)));
}

function makeRow({ name, type, size, modified }) {
  const isFolder = type === "folder";
  const row = make("tr", { role: "row" },
    make("th", { role: "rowheader", scope: "row", class: "name" },
      make("a", { href: linkTo(name, isFolder) }, makeIcon(iconOf(name, isFolder)), makeName(name))),
    make("td", { role: "cell", class: "size" }, ...isFolder ? [] : [
      make("data", { value: size, title: grouped.format(size) + " bytes" }, humanSize(size)),
    ]),
    make("td", { role: "cell", class: "date" }, ...modified === null ? [] : [makeTime(modified)]));
  if (rights.has("edit")) row.append(makeEditCell(name, isFolder));
  return row;
}

function makeEditCell(name, isFolder) {
  const button = (icon, label, action) =>
    make("button", { type: "button", class: "bare", "aria-label": label + " " + name, title: label,
      onclick: () => action(name, isFolder) }, makeIcon(icon));
  return make("td", { role: "cell", class: "doing" },
    button("rename", "Rename", askToRename), button("delete", "Delete", askToDelete));
}

/** The entry of a row. */
function readRow(row) {
  const href = row.querySelector("a").getAttribute("href");
  const isFolder = href.endsWith("/");
  return {
    name: decodeURIComponent(href.slice(2, isFolder ? -1 : undefined)),
    type: isFolder ? "folder" : "file",
    size: Number(row.querySelector("data")?.value ?? 0),
    modified: row.querySelector("time")?.getAttribute("datetime") ?? null,
  };
}

/** Adds to a row that the page came with what only the script knows of. */
function completeRow(row) {
  const { name, type, modified } = readRow(row);
  if (modified !== null) row.querySelector("time").replaceWith(makeTime(modified));
  if (rights.has("edit")) row.append(makeEditCell(name, type === "folder"));
}

/** The link of the entry with this name, if it is on the page. */
const findLink = (name) =>
  Array.from(byId("rows").querySelectorAll("th a")).find((link) =>
    decodeURIComponent(link.getAttribute("href")).replace(/^\.\/|\/$/g, "") === name);
`;
