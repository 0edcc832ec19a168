// What the path of a file to be written means before it is touched: a regular file, which is replaced at
// the end; something else, such as a device or FIFO, which is written as it stands; or a mistake, which
// is said before anything is sent. Links are followed, so that they stay.

import { basename, dirname, isAbsolute } from "@std/path";
import { HttpError } from "../../wire/errors.ts";

/** Where bytes are to go. */
export interface FileTarget {
  /** The path as it was given, for messages. */
  readonly given: string;
  /** The file that it leads to. */
  readonly path: string;
  /** The folder of that file. */
  readonly folder: string;
  /** Its name. */
  readonly name: string;
  /** Whether it is no regular file, so that it is written in place. */
  readonly inPlace: boolean;
  /** What is there already, if that is a regular file. */
  readonly existing: Deno.FileInfo | undefined;
}

/** What is below these is a way to something that is open, and no file to be replaced. */
const OPEN_FILES = /^\/(?:dev\/(?:fd\/|std)|proc\/)/;

/** As many links in a row as Linux follows. */
const MAX_LINKS = 40;

/** Finds out what `given` is. Throws an HttpError when no file can be written there. */
export async function locateTarget(given: string): Promise<FileTarget> {
  if (typeof given !== "string" || given === "") {
    throw new TypeError("Cannot write file: its path is not a text, or an empty one");
  }
  try {
    const info = await tryStat(given);
    if (info?.isDirectory) throw fileError(given, "it is a folder");
    if (info !== undefined && (!info.isFile || OPEN_FILES.test(given))) {
      return { given, path: given, folder: "", name: "", inPlace: true, existing: undefined };
    }
    if (/[\\/]$/.test(given)) throw fileError(given, "it is not the name of a file");
    const path = await followLinks(given);
    const folder = await Deno.realPath(dirname(path));
    const name = basename(path);
    if (info !== undefined) await checkWritable(path);
    return { given, path: `${folder}/${name}`, folder, name, inPlace: false, existing: info };
  } catch (cause) {
    throw toFileError(given, cause);
  }
}

async function tryStat(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Where links end, whether or not there is something. */
async function followLinks(path: string): Promise<string> {
  for (let links = 0; links < MAX_LINKS; links++) {
    let link: string;
    try {
      if (!(await Deno.lstat(path)).isSymlink) return path;
      link = await Deno.readLink(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return path;
      throw error;
    }
    // Not normalized: ".." behind a linked folder is not the folder before it.
    path = isAbsolute(link) ? link : `${dirname(path)}/${link}`;
  }
  throw new Error("too many links in a row");
}

/** A file that must not be written must not be replaced either, though its folder would allow that. */
async function checkWritable(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true })).close();
  } catch (error) {
    // Other errors, such as that of a program that is running, do not keep it from being replaced.
    if (error instanceof Deno.errors.PermissionDenied) throw error;
    if (error instanceof Deno.errors.NotCapable) throw error;
  }
}

/** Names for what systems say in ways of their own. */
const REASONS: Record<string, string> = {
  ENOENT: "there is no such folder",
  EISDIR: "it is a folder",
  ENOSPC: "no space left on the device",
};

/** The error about a file that could not be written; one that is known already stays as it is. */
export function toFileError(path: string, cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause;
  const { code, message = String(cause) } = cause as { code?: string; message?: string };
  const text = message.replace(/ \(os error \d+\).*$/s, "");
  const reason = REASONS[code ?? ""] ?? text.slice(0, 1).toLowerCase() + text.slice(1);
  return fileError(path, reason, cause);
}

/** The same with a reason of our own. */
export function fileError(path: string, reason: string, cause?: unknown): HttpError {
  return new HttpError(`Cannot write file "${path}": ${reason}`, {
    code: "file",
    operation: "write",
    cause,
  });
}
