// The README of a folder as HTML: Markdown, or plain text as it is. Nothing of it becomes markup but what the
// renderer makes of Markdown.

import type { FileSource } from "../files/file_source.ts";
import { openLocated, readWhole } from "../files/open_file.ts";
import { parseSafePath, type PathPolicy, rawPathOf, type SafePath } from "../files/safe_path.ts";
import type { Entry } from "./entries.ts";
import { escapeHtml, linkToEntry } from "./escape.ts";

/** A README that is shown. */
export interface Readme {
  readonly name: string;
  readonly html: string;
}

/** Where the file is read from. */
export interface ReadmeSource extends Pick<FileSource, "find" | "confirms"> {
  readonly pathPolicy?: PathPolicy;
}

/** Longer ones are not shown, in bytes: rendering one holds up everybody else. */
export const MAX_README_BYTES: number = 128 * 1024;

const MARKDOWN = /^readme\.(?:md|markdown)$/i;
/** What a README may be called, the first choice first. */
const NAMES: readonly RegExp[] = [MARKDOWN, /^readme\.txt$/i, /^readme$/i];

/** The entry that is shown below the others. */
export function findReadme(entries: readonly Entry[]): Entry | undefined {
  const named = entries.filter(({ kind, name }) => kind === "file" && /^readme\b/i.test(name));
  for (const name of NAMES) {
    const entry = named.find((it) => name.test(it.name));
    if (entry !== undefined) return entry;
  }
}

/** The README `entry` of the folder at `path`; `undefined` if it cannot be read. */
export async function readReadme(
  source: ReadmeSource,
  path: SafePath,
  entry: Entry,
): Promise<Readme | undefined> {
  const { name, size } = entry;
  if (size > MAX_README_BYTES) {
    const link = escapeHtml(linkToEntry(name, false));
    return { name, html: `<p>It is too long to be shown here: <a href="${link}">open it</a>.</p>` };
  }
  const bytes = readSmall(source, path, name);
  if (bytes === undefined) return undefined;
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === "") return undefined;
  if (!MARKDOWN.test(name)) return { name, html: plain(text) };
  // Without descriptors to read the library by, the text has to do as it is.
  const library = await import("./markdown.ts").catch(() => undefined);
  return { name, html: library?.markdownToHtml(text) ?? plain(text) };
}

function plain(text: string): string {
  return `<pre class="text">${escapeHtml(text)}</pre>`;
}

function readSmall(source: ReadmeSource, path: SafePath, name: string): Uint8Array | undefined {
  const segments = path.relative === "" ? [] : path.relative.split("/");
  const safe = parseSafePath(rawPathOf([...segments, name]), source.pathPolicy);
  if (typeof safe === "number") return undefined;
  const found = source.find(safe, {});
  if (typeof found !== "object" || found.kind !== "file" || found.coding !== undefined) {
    return undefined;
  }
  // It may have grown since it was listed.
  if (found.size > MAX_README_BYTES) return undefined;
  if (found.bytes !== undefined) return found.bytes;
  let file: Deno.FsFile | undefined;
  try {
    file = openLocated(found.facts);
    if (file === undefined || !source.confirms(found)) return undefined;
    return readWhole(file, found.size);
  } catch {
    // Whoever asks for the file itself is told why it cannot be read.
    return undefined;
  } finally {
    file?.close();
  }
}
