// Opens a file that was found before, and makes sure that it still is the one whose size and validators
// were announced.

import { factsOf, type FileFacts, isSameFile } from "./locate.ts";

/**
 * Opens a located file, or returns `undefined` when another or a changed one is there by now. The caller
 * closes it. Throws what `Deno.openSync` throws.
 */
export function openLocated(facts: FileFacts): Deno.FsFile | undefined {
  const file = Deno.openSync(facts.path);
  let same = false;
  try {
    same = isSameFile(factsOf(facts.path, file.statSync()), facts);
  } finally {
    if (!same) file.close();
  }
  return same ? file : undefined;
}

/** The whole content of an open file of known size, or `undefined` if it has become shorter. */
export function readWhole(file: Deno.FsFile, size: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) return undefined;
    at += count;
  }
  return bytes;
}
