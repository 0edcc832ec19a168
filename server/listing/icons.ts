// The icons of the listing, drawn in its style, so that nothing is fetched for them.

const SHEET = "M6.75 3h6.9L19 8.35v10.9c0 .97-.78 1.75-1.75 1.75H6.75C5.78 21 5 20.22 5 19.25" +
  "V4.75C5 3.78 5.78 3 6.75 3z";
const CORNER = "M13.5 3.2v5.3h5.3";
const FRAME = "M5 4.5h14c1.1 0 2 .9 2 2v11c0 1.1-.9 2-2 2H5c-1.1 0-2-.9-2-2v-11c0-1.1.9-2 2-2z";
const FOLDER =
  "M3 7c0-1.1.9-2 2-2h3.9c.5 0 1 .2 1.4.6L11.7 7H19c1.1 0 2 .9 2 2v8c0 1.1-.9 2-2 2H5" +
  "c-1.1 0-2-.9-2-2z";

/** How lines are drawn. */
const PEN =
  "fill='none' stroke='#000' stroke-width='1.6' stroke-linecap='round' stroke-linejoin='round'";

/** What each icon is drawn of, in a square of 24: shapes that are filled faintly, and lines. */
const ICONS: Readonly<Record<string, readonly [filled: string, lines: string]>> = {
  // Kinds of entries, as `iconOf` names them.
  folder: [FOLDER, ""],
  file: [SHEET, CORNER],
  text: [SHEET, `${CORNER}M8.5 12.5h7M8.5 16h5`],
  code: [SHEET, `${CORNER}M10 12l-2 2.2 2 2.3M14 12l2 2.2-2 2.3`],
  book: [SHEET, `${CORNER}M8.5 17.5v-9l2 1.6 2-1.6v4`],
  sheet: [SHEET, `${CORNER}M8.5 12h7v5.5h-7zM8.5 14.7h7M12 12v5.5`],
  font: [SHEET, `${CORNER}M8.8 17.5l3.2-7 3.2 7M10 15.2h4`],
  archive: [SHEET, "M11 3.2v1.6M11 7v1.6M11 10.8v1.6M9.7 15h2.6v2.6H9.7z"],
  image: [FRAME, "M3.2 16.5l4.6-4.6 4 4 3.2-3.2 5.8 5.6M15.6 9.2h.01"],
  video: [FRAME, "M10.2 9v6l5-3z"],
  audio: [
    "",
    "M9 17.5V6.2l10-2v11.3M9 17.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0zM19 15.5a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0z",
  ],
  // What is done.
  search: ["", "M16.2 16.2 20.5 20.5M18 11a7 7 0 1 1-14 0 7 7 0 0 1 14 0z"],
  home: ["", "M4 10.8 12 4l8 6.8M6 9.3v9.2c0 .6.4 1 1 1h3v-5h4v5h3c.6 0 1-.4 1-1V9.3"],
  upload: [
    "",
    "M12 15.5V4.5M7.5 8.7 12 4.2l4.5 4.5M4.5 15.5v3c0 .8.7 1.5 1.5 1.5h12c.8 0 1.5-.7 1.5-1.5v-3",
  ],
  download: [
    "",
    "M12 4v11M7.5 11l4.5 4.5 4.5-4.5M4.5 16v2.5c0 .8.7 1.5 1.5 1.5h12c.8 0 1.5-.7 1.5-1.5V16",
  ],
  "new-folder": ["", `${FOLDER}M12 10.5v5M9.5 13h5`],
  rename: ["", "M4.5 19.5l.9-4L16 4.9c.6-.6 1.5-.6 2.1 0l1 1c.6.6.6 1.5 0 2.1L8.5 18.6z"],
  delete: [
    "",
    "M4.5 7h15M9.5 7V5c0-.6.4-1 1-1h3c.6 0 1 .4 1 1v2M6.5 7l.8 11.6c0 .8.7 1.4 1.5 1.4h6.4c.8 0 1.5-.6 1.5-1.4L17.5 7M10.2 11v5M13.8 11v5",
  ],
  close: ["", "M6.5 6.5l11 11M17.5 6.5l-11 11"],
};

/** The rules of the style that draw the icons: masks, which take any colour and cost nothing in the document. */
export const ICON_RULES: string = Object.entries(ICONS).map(([name, [filled, lines]]) => {
  const opacity = name === "folder" ? 0.32 : 0.16;
  const shapes = filled === "" ? "" : `<path fill='#000' fill-opacity='${opacity}' d='${filled}'/>`;
  const strokes = lines === "" ? "" : `<path d='${lines}'/>`;
  return `.icon-${name} { --icon: url("${addressOf(PEN, shapes + strokes)}"); }\n`;
}).join("");

/** An icon, which says nothing to those who do not see it. */
export function icon(name: string): string {
  return `<i class="icon icon-${name}"></i>`;
}

/** The icon of the page itself, as an address. */
export const PAGE_ICON: string = addressOf("fill='#4468d8'", `<path d='${FOLDER}'/>`);

/** A drawing as an address that holds all of it. */
function addressOf(pen: string, shapes: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' ${pen}>${shapes}</svg>`;
  return `data:image/svg+xml,${svg.replace(/[%<>#]/g, encodeURIComponent)}`;
}
