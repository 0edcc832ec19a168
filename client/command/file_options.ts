// What options of the get command do around the file that it writes: its folders, and its time.

import { dirname } from "@std/path";
import { parseHttpDate } from "../../wire/http_date.ts";
import { HttpError } from "../../wire/errors.ts";
import { whyUnread } from "./input.ts";

/** Makes the folders of a file, where they are missing. Throws HttpError `file`. */
export async function makeFolders(path: string): Promise<void> {
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw writeError(`make the folder of "${path}"`, cause);
  }
}

/** Gives a file the time of a `Last-Modified`; without one that makes sense it stays new. Throws HttpError `file`. */
export async function setModified(path: string, lastModified: string | undefined): Promise<void> {
  const ms = lastModified === undefined ? undefined : parseHttpDate(lastModified, Date.now());
  if (ms === undefined) return;
  try {
    await Deno.utime(path, new Date(), new Date(ms));
  } catch (cause) {
    throw writeError(`set the time of "${path}"`, cause);
  }
}

function writeError(what: string, cause: unknown): HttpError {
  const message = `Cannot ${what}: ${whyUnread(cause)}`;
  return new HttpError(message, { code: "file", operation: "write", cause });
}
