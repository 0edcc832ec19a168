// Opens a file that was found before, and makes sure that it still is the one whose size and validators
// were announced.

import { factsOf, type FileFacts } from "./locate.ts";

/**
 * Opens a located file, or returns `undefined` when another or a changed one is there by now. The caller
 * closes it. Throws what `Deno.openSync` throws.
 */
export function openLocated(facts: FileFacts): Deno.FsFile | undefined {
  const file = Deno.openSync(facts.path);
  let same = false;
  try {
    same = isSame(factsOf(facts.path, file.statSync()), facts);
  } finally {
    if (!same) file.close();
  }
  return same ? file : undefined;
}

function isSame(one: FileFacts, other: FileFacts): boolean {
  return one.size === other.size && one.mtimeMs === other.mtimeMs && one.dev === other.dev &&
    one.ino === other.ino;
}
