// From texts that anybody may have chosen, names of files above all, to HTML and to links: nothing in them can
// become markup, and no link leaves the folder that it stands in. Pure.

import { visiblePieces } from "./both_sides.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  // A parser would read a bare one as a line feed.
  "\r": "&#13;",
};

/** A text as content of an element or as a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.toWellFormed().replace(/[&<>"'\r]/g, (character) => ENTITIES[character]!);
}

/** A name as HTML in which every character can be seen, controls and changes of direction as their codes. */
export function nameToHtml(name: string): string {
  const [first, ...rest] = visiblePieces(name);
  let html = escapeHtml(first!);
  rest.forEach((piece, at) => {
    html += at % 2 === 0 ? `<span class="code">${piece}</span>` : escapeHtml(piece);
  });
  return html;
}

/** A name as plain text without what cannot be seen. */
export function plainName(name: string): string {
  return visiblePieces(name).map((piece, at) => at % 2 === 0 ? piece : "\ufffd").join("");
}

/** A relative link to an entry of the folder that the link stands in. */
export function linkToEntry(name: string, isFolder: boolean): string {
  // With "./" no name is taken for a scheme, a host or a path from the root.
  return `./${encodeURIComponent(name.toWellFormed())}${isFolder ? "/" : ""}`;
}
