// Finds files in a folder, never outside of it: whatever the links on the way, the object at the end has
// to lie inside the folder's real path and be a regular file. Two system calls a file, both synchronous:
// on cached directories these cost less than one hop to a thread.

import { existsSync } from "node:fs";
import { resolve, SEPARATOR } from "@std/path";

/** Whether file names follow the rules of Windows. */
export const WINDOWS_NAMES: boolean = Deno.build.os === "windows";

/** A regular file, as it was when it was found. */
export interface FileFacts {
  /** Absolute, and without links below the folder; begins with the folder's path as it was given. */
  readonly path: string;
  readonly size: number;
  /** Time of the last change; `null` where the file system has none. */
  readonly mtimeMs: number | null;
  /** Time of the last change of anything about it, its permissions too; `null` as above. */
  readonly ctimeMs: number | null;
  readonly dev: number;
  /** `null` where the system has none. */
  readonly ino: number | null;
}

/** The status for a file that is not served: forbidden by the system, not there, no descriptors left. */
export type FileRefusal = 403 | 404 | 503;

/** A folder whose files may be served. */
export class Docroot {
  readonly #given: string;
  readonly #base: string;
  #real: string;
  #prefix: string;

  /** Throws a `Deno.errors` error when `path` is not a folder that can be read. */
  constructor(path: string) {
    if (path === "") throw new TypeError("Cannot serve folder: its path is empty");
    // Files are named by the path as given, which is what messages and permissions speak of. (The runtime
    // also wants the right to read what links lead to: with a link for a folder, that of its target.)
    // Absolute, so that a change of the working directory does not change what is served.
    this.#given = resolve(path);
    this.#base = this.#given.endsWith(SEPARATOR) ? this.#given.slice(0, -1) : this.#given;
    this.#real = realFolder(this.#given);
    this.#prefix = withSeparator(this.#real);
  }

  /** The file or folder at `relative`, a safe path; a link that leaves the folder is not found. */
  find(relative: string): FileFacts | "folder" | FileRefusal {
    try {
      const path = this.#inside(Deno.realPathSync(`${this.#base}/${relative}`));
      if (path === undefined) return 404;
      // The path has no links left, so one that turns up now is not followed.
      const info = Deno.lstatSync(path);
      if (info.isFile) return factsOf(path, info);
      return info.isDirectory ? "folder" : 404;
    } catch (error) {
      const status = statusOfFileError(error);
      if (status === undefined) throw error;
      return status;
    }
  }

  /** Whether the path of `facts` still has no links, after the file was opened. */
  isStraight(facts: FileFacts): boolean {
    try {
      return this.#inside(Deno.realPathSync(facts.path)) === facts.path;
    } catch {
      // Gone meanwhile: what was opened is no longer what the path says.
      return false;
    }
  }

  /** Whether the file at `relative`, links followed, is the very one with these facts, unchanged. */
  isStill(relative: string, facts: FileFacts): boolean {
    try {
      const info = Deno.statSync(`${this.#base}/${relative}`);
      return info.isFile && isSameFile(factsOf(facts.path, info), facts);
    } catch {
      // Whatever the reason, the long way round finds it out and answers with the right status.
      return false;
    }
  }

  /** The regular file beside `file` whose name is longer by `suffix`, if it may be served. */
  findSibling(file: FileFacts, suffix: string): FileFacts | undefined {
    const path = file.path + suffix;
    // Most files have none, and this is the one way to learn that without the cost of an error.
    if (!existsSync(path)) return undefined;
    const found = this.find(path.slice(this.#base.length + 1));
    return typeof found === "object" ? found : undefined;
  }

  #inside(real: string): string | undefined {
    const path = this.#below(real);
    if (path !== undefined) return path;
    // A folder that is itself a link may have been pointed elsewhere since, as deployments do.
    const root = Deno.realPathSync(this.#given);
    if (root === this.#real) return undefined;
    this.#real = root;
    this.#prefix = withSeparator(root);
    return this.#below(real);
  }

  #below(real: string): string | undefined {
    if (real === this.#real) return this.#given;
    // With the separator: "/www-old/x" is not inside "/www".
    if (!real.startsWith(this.#prefix)) return undefined;
    return `${this.#base}/${real.slice(this.#prefix.length)}`;
  }
}

/** The status an error of a file call stands for, or `undefined` when it is not the path's fault. */
export function statusOfFileError(error: unknown): FileRefusal | undefined {
  if (error instanceof Deno.errors.NotCapable) return 403;
  switch ((error as { code?: unknown } | null)?.code) {
    case "EACCES":
    case "EPERM":
      return 403;
    case "EMFILE":
    case "ENFILE":
      return 503;
    case "ENOENT":
    case "ENOTDIR":
    case "EISDIR":
    case "ELOOP":
    case "ENAMETOOLONG":
    case "EINVAL":
      return 404;
  }
  if (error instanceof Deno.errors.PermissionDenied) return 403;
  if (error instanceof Deno.errors.NotFound) return 404;
  return undefined;
}

/** The facts of an open or found file. */
export function factsOf(path: string, info: Deno.FileInfo): FileFacts {
  const { size, mtime, ctime, dev, ino } = info;
  return {
    path,
    size,
    mtimeMs: mtime?.getTime() ?? null,
    ctimeMs: ctime?.getTime() ?? null,
    dev,
    ino,
  };
}

/** Whether two looks at a file found the same one, unchanged. */
export function isSameFile(one: FileFacts, other: FileFacts): boolean {
  return one.size === other.size && one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs && one.dev === other.dev &&
    one.ino === other.ino;
}

function realFolder(path: string): string {
  const real = Deno.realPathSync(path);
  if (!Deno.statSync(path).isDirectory) {
    throw new Deno.errors.NotADirectory(`Cannot serve "${path}": not a folder`);
  }
  return real;
}

function withSeparator(path: string): string {
  return path.endsWith(SEPARATOR) ? path : path + SEPARATOR;
}
