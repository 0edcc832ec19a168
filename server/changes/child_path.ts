// The path of something in a folder, by the name that a client gives it: a name that could not be asked for
// again afterwards is refused, and nothing is made of it that the client did not say. Pure.

import { parseSafePath, type PathPolicy, rawPathOf, type SafePath } from "../files/safe_path.ts";

/** The path of `name` in the folder `path`; `undefined` when it is no name of one file that may be served. */
export function childPath(
  path: SafePath,
  name: string,
  policy: PathPolicy,
): SafePath | undefined {
  if (name === "" || !name.isWellFormed()) return undefined;
  const segments = path.relative === "" ? [name] : [...path.relative.split("/"), name];
  // What would separate names, or end a line, is refused as an escape.
  const child = parseSafePath(rawPathOf(segments), policy);
  return typeof child === "number" ? undefined : child;
}
