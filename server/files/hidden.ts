// What of a folder is never served nor listed, by its path: names that begin with a dot, names of files that are
// still being made, and what the globs of the option `hidden` fit. Pure.

import { BoundedMap } from "./bounded_map.ts";
import { parseTemporaryName } from "../changes/temporary_name.ts";
import { compileGlob, isAboutPaths, type Matcher } from "./globs.ts";

/** What decides that. */
export interface HiddenOptions {
  readonly dotfiles: boolean;
  readonly hidden: readonly string[];
}

// A segment that begins with a dot, but not `.well-known` at the top (RFC 8615).
const DOTTED = /(?:^|\/)(?!(?<!\/)\.well-known(?:\/|$))\./;

/** Makes what tells whether a path below the folder is hidden: itself, or a folder that it is in. */
export function makeHides({ dotfiles, hidden }: HiddenOptions, ignoreCase: boolean): Matcher {
  const byName = dotfiles ? isInTemporary : (path: string) => DOTTED.test(path);
  const paths: Matcher[] = [];
  const names: Matcher[] = [];
  for (const glob of hidden) {
    (isAboutPaths(glob) ? paths : names).push(compileGlob(glob, ignoreCase));
  }
  if (hidden.length === 0) return byName;

  const isHidden = (path: string): boolean =>
    names.some((fits) => path.split("/").some(fits)) ||
    paths.some((fits) => leadingPaths(path).some(fits));
  const verdicts = new BoundedMap<boolean>(4096, 256);
  return (path) => byName(path) || verdicts.get(path, isHidden);
}

function isInTemporary(path: string): boolean {
  return path.includes(".") &&
    path.split("/").some((name) => parseTemporaryName(name) !== undefined);
}

/** `a`, `a/b` and `a/b/c` of `a/b/c`. */
function leadingPaths(path: string): string[] {
  const segments = path.split("/");
  return segments.map((_, at) => segments.slice(0, at + 1).join("/"));
}
