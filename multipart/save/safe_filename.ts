// A client's file name made one path segment that no system reads as anything else: no folder, no hidden
// file, no device, no stream, and no text that shows as another. Pure; the work is bounded.

/** Longest name of one file in bytes of UTF-8: what common file systems allow. */
const MAX_BYTES = 255;

/** Longest extension in UTF-16 units, with its dot; what is longer belongs to the name. */
const MAX_EXTENSION = 32;

/** More of a name is not looked at: normalizing takes quadratic time where combining marks abound. */
const MAX_STEM = 1024;

// Controls, format characters (bidi overrides, zero-width ones), line separators, and what is no character:
// none of them shows, and some file systems refuse the last.
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cn}\p{Zl}\p{Zp}]/gu;
// Streams and drives, wildcards, and what else Windows refuses.
const RESERVED = /[<>:"|?*]/g;
// Devices of Windows, whatever follows the first dot. Its COM and LPT take superscript digits, too.
const DEVICE = /^(?:con|prn|aux|nul|com[\d¹²³]|lpt[\d¹²³]|conin\$|conout\$|clock\$)\s*(?:\.|$)/i;

const encoder = new TextEncoder();

/**
 * Makes the file name that a client sent a name under which a file can be created on every system: what
 * follows its last slash or backslash, in Unicode's form NFC, without characters that do not show (controls,
 * bidirectional and other format characters), without dots and spaces around it, with `_` for each of
 * `<>:"|?*`, with `_` before the name of a Windows device, and with at most 255 bytes of UTF-8, of which its
 * extension is kept.
 *
 * A name that is safe already stays as it is. Different names may become the same one, so files should
 * still be created with `createNew`; the content of a file need not be what its name says.
 *
 * @param filename A file name from somewhere else.
 * @returns The safe name, never empty: `file` where nothing is left.
 *
 * @example Names as clients send them
 * ```ts
 * import { safeFilename } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(safeFilename("sunset.jpg"), "sunset.jpg");
 * assertEquals(safeFilename("C:\\photos\\sunset.jpg"), "sunset.jpg");
 * assertEquals(safeFilename("../../etc/passwd"), "passwd");
 * assertEquals(safeFilename(".htaccess"), "htaccess");
 * assertEquals(safeFilename("what?.txt"), "what_.txt");
 * assertEquals(safeFilename("NUL.txt"), "_NUL.txt");
 * assertEquals(safeFilename("..."), "file");
 * ```
 */
export function safeFilename(filename: string): string {
  const segment = filename.slice(
    Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1,
  );
  const visible = trim(segment.toWellFormed().replace(INVISIBLE, "").replace(RESERVED, "_"));
  const [stem, extension] = splitExtension(visible);
  // Cutting may halve a surrogate pair, and normalizing makes other spaces of some.
  const bounded = (stem.slice(0, MAX_STEM) + extension).toWellFormed();
  const name = fitName(trim(bounded.normalize("NFC")));
  if (name === "") return "file";
  return DEVICE.test(name) ? fitName(`_${name}`) : name;
}

/** A name with a number, or other digits, before its extension, as systems name copies; not too long either. */
export function numberedName(name: string, number: number | string): string {
  return fitName(name, ` (${number})`);
}

/** The name with `suffix` before its extension; what is too long is cut before the suffix. */
function fitName(name: string, suffix = ""): string {
  const [stem, extension] = splitExtension(name);
  const room = MAX_BYTES - byteLength(suffix + extension);
  if (byteLength(stem) <= room) return stem + suffix + extension;
  // `encodeInto` never writes half a character.
  const { read } = encoder.encodeInto(stem, new Uint8Array(room));
  return trim(stem.slice(0, read)) + suffix + extension;
}

/** The name before its last dot, and the rest: an extension has something before it and is not long. */
function splitExtension(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf(".");
  const at = dot > 0 && name.length - dot <= MAX_EXTENSION ? dot : name.length;
  return [name.slice(0, at), name.slice(at)];
}

/** Without dots and spaces at both ends. By hand: a pattern for the end would take quadratic time. */
function trim(name: string): string {
  let start = 0;
  let end = name.length;
  while (start < end && isPadding(name[start])) start++;
  while (end > start && isPadding(name[end - 1])) end--;
  return name.slice(start, end);
}

function isPadding(character: string): boolean {
  return character === "." || character.trim() === "";
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
