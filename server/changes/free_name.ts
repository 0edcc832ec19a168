// Whether a name may be taken: asked before anything is received, to refuse early. It is not what protects a
// file that turns up later: that is how files are put into place.

import { lookAt } from "./place.ts";
import { quote, Refusal } from "./refusal.ts";
import type { Place } from "./change.ts";

/** What has the name now. Throws a Refusal, 409, unless it is nothing, or a file that may be replaced. */
export async function checkName(
  place: Place,
  overwrite: boolean,
  action: string,
): Promise<Deno.FileInfo | undefined> {
  const info = await lookAt(place.path);
  checkFree(place, info, overwrite, action);
  return info;
}

/** The same for what was found there. */
export function checkFree(
  { name }: Place,
  info: Deno.FileInfo | undefined,
  overwrite: boolean,
  action: string,
): void {
  if (info === undefined || (overwrite && (info.isFile || info.isSymlink))) return;
  const what = info.isDirectory ? "a folder" : "something";
  const why = overwrite && info.isDirectory ? ", which is not replaced by a file" : " already";
  throw new Refusal(409, `${action}: there is ${what} named ${quote(name)}${why}`);
}
