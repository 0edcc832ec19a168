// The one script of the page, put together from its parts. Without it the page is a list with links and forms; with
// it sorting and filtering do not load the page anew, and there are uploads and changes.

import { foldCase, humanSize, iconOf, sortKey, unlistedText, visiblePieces } from "./both_sides.ts";
import { CHANGES_SCRIPT } from "./script/changes.ts";
import { DIALOG_SCRIPT } from "./script/dialog.ts";
import { LISTING_SCRIPT } from "./script/listing.ts";
import { RESUMABLE_SCRIPT } from "./script/resumable.ts";
import { ROWS_SCRIPT } from "./script/rows.ts";
import { UPLOADS_SCRIPT } from "./script/uploads.ts";

/** The functions that the server has, too: under a name of their own, whatever a bundler called them. */
const SHARED = Object.entries({
  ...{ foldCase, humanSize, iconOf, sortKey, unlistedText, visiblePieces },
}).map(([name, fn]) => `const ${name} = ${fn};`);

const PARTS = [
  ...SHARED,
  ROWS_SCRIPT,
  LISTING_SCRIPT,
  DIALOG_SCRIPT,
  CHANGES_SCRIPT,
  RESUMABLE_SCRIPT,
  UPLOADS_SCRIPT,
];

/** The content of the page's `script` element. */
export const SCRIPT: string = `(() => {\n"use strict";\n${PARTS.join("\n")}\n})();\n`
  // Nothing in it may end the element that it stands in.
  .replace(/<(?=[/!])/g, "\\x3c");
