// Globs on names and on paths below a folder, whose segments are joined with `/` on every system. Compiled once.

import picomatch from "picomatch";

/** Tells whether a text fits. */
export type Matcher = (text: string) => boolean;

const MAX_GLOB_LENGTH = 4096;

/** What is wrong with a glob, if anything is. */
export function checkGlob(glob: string): string | undefined {
  if (glob.length > MAX_GLOB_LENGTH) return `longer than ${MAX_GLOB_LENGTH} characters`;
  // Elsewhere this makes an exception to the globs before it, which is not what it would mean here.
  if (/^!(?!\()/.test(glob)) return "which begins with an exclamation mark";
  if (glob.includes("\0")) return "not a glob";
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(glob.replace(/^\/|\/$/g, ""))) {
    return "which fits no path below the folder";
  }
  return undefined;
}

/** Whether a glob is about paths; others are about names. */
export function isAboutPaths(glob: string): boolean {
  return /\/(?!$)/.test(glob);
}

/** Compiles a glob; of its slashes the one in front and the one at its end count for nothing but that it is about paths. */
export function compileGlob(glob: string, ignoreCase: boolean): Matcher {
  const fits = picomatch(fold(glob.replace(/^\/|\/$/g, ""), ignoreCase), {
    dot: true,
    nocase: ignoreCase,
    strictSlashes: true,
    // The backslash escapes on every system: paths have none.
    windows: false,
  }) as Matcher;
  return (text) => fits(fold(text, ignoreCase));
}

/** Where case does not count in names, the same letter may also be written in one character or two. */
function fold(text: string, ignoreCase: boolean): string {
  return ignoreCase ? text.normalize("NFC") : text;
}
