// Asks a folder for paths as they stand in requests, for its tests.

import type { RequestFields } from "../../../server/files/conditional.ts";
import type { Found } from "../../../server/files/file_source.ts";
import type { Folder } from "../../../server/files/folder.ts";
import { parseSafePath } from "../../../server/files/safe_path.ts";

type Answer = Found | 400;

/** What a folder has for a path and an Accept-Encoding. */
export function find(folder: Folder, rawPath: string, acceptEncoding?: string): Answer {
  return ask(folder, rawPath, { "accept-encoding": acceptEncoding });
}

/** What a folder has for a path. */
export function ask(folder: Folder, rawPath: string, fields: RequestFields): Answer {
  const path = parseSafePath(rawPath, folder.pathPolicy);
  if (path === 404) return folder.missing(fields);
  return path === 400 ? path : folder.find(path, fields);
}

/** The path of a file, where a redirect leads to, `[folder]`, or the status. */
export function pathOf(found: Answer): string | number {
  if (typeof found === "number") return found;
  if (found.kind === "file") return found.facts.path;
  return found.kind === "redirect" ? `-> ${found.to}` : "[folder]";
}
