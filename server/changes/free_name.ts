// Whether a name may be taken: asked before anything is received, to refuse early. It is not what protects a
// file that turns up later: that is how files are put into place.

import { lookAt } from "./place.ts";
import { quote, Refusal } from "./refusal.ts";
import type { Place } from "./change.ts";

/** What has the name now. Throws a Refusal, 409, unless it is nothing, or a file that may be replaced. */
export async function checkName(
  { path, name }: Place,
  overwrite: boolean,
  action: string,
): Promise<Deno.FileInfo | undefined> {
  const info = await lookAt(path);
  if (info === undefined || (overwrite && (info.isFile || info.isSymlink))) return info;
  const what = info.isDirectory ? "a folder" : "something";
  const why = overwrite && info.isDirectory ? ", which is not replaced by a file" : " already";
  throw new Refusal(409, `${action}: there is ${what} named ${quote(name)}${why}`);
}
