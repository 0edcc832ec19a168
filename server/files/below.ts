// Whether one path of the file system is below another. Pure; both are absolute and have no dot segments.

import { SEPARATOR } from "@std/path";

/** The path of a folder, with a separator at its end. */
export function withSeparator(path: string): string {
  return path.endsWith(SEPARATOR) ? path : path + SEPARATOR;
}

/** Whether `path` is of something in the folder, at any depth, by either separator that the system knows. */
export function isBelow(path: string, folder: string): boolean {
  return path !== folder &&
    (path.startsWith(withSeparator(folder)) || path.startsWith(`${folder}/`));
}
