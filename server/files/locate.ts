// Finds files in a folder, never outside of it unless that is wanted: whatever the links on the way, the object
// at the end has to lie inside the folder's real path, to have a name there that may be served, and to be a regular
// file. Two system calls a file, both synchronous: on cached directories these cost less than one hop to a thread.

import { existsSync } from "node:fs";
import { resolve, SEPARATOR } from "@std/path";
import { codeOf } from "../system_code.ts";
import { withSeparator } from "./below.ts";

/** Whether file names follow the rules of Windows. */
export const WINDOWS_NAMES: boolean = Deno.build.os === "windows";
/** Whether case mostly does not count in file names. */
export const IGNORES_CASE: boolean = WINDOWS_NAMES || Deno.build.os === "darwin";

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

/** The status for a file that is not served: forbidden by the system, not there, out of order just now. */
export type FileRefusal = 403 | 404 | 503;

/** Which links are followed. */
type Links = "inside" | "none" | "anywhere";

/** What of a folder may be served. */
export interface DocrootPolicy {
  /** Which links are followed: those to what is in the folder, none, or all. Default: `"inside"`. */
  readonly links?: Links;
  /** Whether what lies at a path below the folder is hidden. Default: nothing is. */
  readonly hides?: (relative: string) => boolean;
}

/** A folder whose files may be served. */
export class Docroot {
  readonly #given: string;
  readonly #base: string;
  readonly #links: Links;
  readonly #hides: (relative: string) => boolean;
  #real: string;
  #prefix: string;

  /** Throws a `Deno.errors` error when `path` is not a folder that can be read. */
  constructor(path: string, { links = "inside", hides = () => false }: DocrootPolicy = {}) {
    if (path === "") throw new TypeError("Cannot serve folder: its path is empty");
    // Files are named by the path as given, which is what messages and permissions speak of. (The runtime
    // also wants the right to read what links lead to: with a link for a folder, that of its target.)
    // Absolute, so that a change of the working directory does not change what is served.
    this.#given = resolve(path);
    this.#base = this.#given.endsWith(SEPARATOR) ? this.#given.slice(0, -1) : this.#given;
    this.#real = realFolder(this.#given);
    this.#prefix = withSeparator(this.#real);
    this.#links = links;
    this.#hides = hides;
  }

  /** The file or folder at `relative`, a safe path; what the policy does not allow is not found. */
  find(relative: string): FileFacts | "folder" | FileRefusal {
    return refusing(() => {
      const path = this.#allowed(relative, this.#links);
      if (path === undefined) return 404;
      const info = this.#infoOf(path);
      if (info.isFile) return factsOf(path, info);
      return info.isDirectory ? "folder" : 404;
    });
  }

  /** What the system knows about what is at `relative`, a safe path, whatever it is. */
  look(relative: string): Deno.FileInfo | FileRefusal {
    return refusing(() => {
      const path = this.#allowed(relative, this.#links);
      return path === undefined ? 404 : this.#infoOf(path);
    });
  }

  /** The path of the folder at `relative`, without links below the folder that is served. */
  findFolder(relative: string): string | FileRefusal {
    return refusing(() => {
      const path = this.#allowed(relative, this.#links);
      return path !== undefined && this.#infoOf(path).isDirectory ? path : 404;
    });
  }

  /**
   * The path for something new at `relative`, a safe path: in a folder that is inside by its real path, whichever
   * links are followed otherwise, and not hidden. What is there already, a link for one, is not looked at.
   */
  placeFor(relative: string): string | FileRefusal {
    return refusing(() => {
      const slash = relative.lastIndexOf("/");
      const name = relative.slice(slash + 1);
      if (name === "" || this.#hides(relative)) return 404;
      const strict = this.#links === "anywhere" ? "inside" : this.#links;
      const folder = this.#allowed(relative.slice(0, Math.max(slash, 0)), strict);
      if (folder === undefined || !this.#infoOf(folder).isDirectory) return 404;
      const path = folder === this.#given ? `${this.#base}/${name}` : `${folder}/${name}`;
      return this.#hides(this.relativeOf(path)) ? 404 : path;
    });
  }

  /** Whether the path of `facts` still has no links, after the file was opened. */
  isStraight(facts: FileFacts): boolean {
    try {
      const real = Deno.realPathSync(facts.path);
      return (this.#inside(real) ?? (this.#links === "anywhere" ? real : undefined)) === facts.path;
    } catch {
      // Gone meanwhile: what was opened is no longer what the path says.
      return false;
    }
  }

  /** The regular file beside `file` whose name is longer by `suffix`, if it may be served. */
  findSibling(file: FileFacts, suffix: string): FileFacts | undefined {
    const path = file.path + suffix;
    // Most files have none, and this is the one way to learn that without the cost of an error.
    if (!existsSync(path)) return undefined;
    const found = refusing(() => {
      const allowed = this.#judge(Deno.realPathSync(path), this.#links, path);
      const info = allowed === undefined ? undefined : Deno.lstatSync(allowed);
      return info?.isFile ? factsOf(allowed!, info) : 404;
    });
    return typeof found === "object" ? found : undefined;
  }

  /** The path of what is at `relative`, if it may be served with these links. */
  #allowed(relative: string, links: Links): string | undefined {
    const path = relative === "" ? this.#given : `${this.#base}/${relative}`;
    return this.#judge(Deno.realPathSync(path), links, path);
  }

  /** The path of what is at `path`, which is `real` without links. */
  #judge(real: string, links: Links, path: string): string | undefined {
    const final = this.#inside(real);
    if (final === undefined) return links === "anywhere" ? real : undefined;
    if (links === "none" && final !== path) return undefined;
    return final !== this.#given && this.#hides(this.relativeOf(final)) ? undefined : final;
  }

  #infoOf(path: string): Deno.FileInfo {
    // Below the folder the path has no links left, so one that turns up now is not followed.
    return path === this.#given ? Deno.statSync(path) : Deno.lstatSync(path);
  }

  /** What of a path inside, as the other methods give it, is below the folder. */
  relativeOf(path: string): string {
    return path.slice(this.#base.length + 1);
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
    const relative = real.slice(this.#prefix.length);
    return `${this.#base}/${WINDOWS_NAMES ? relative.replaceAll("\\", "/") : relative}`;
  }
}

/** The status an error of a file call stands for, or `undefined` when it is none of a file call. */
export function statusOfFileError(error: unknown): FileRefusal | undefined {
  if (error instanceof Deno.errors.NotCapable) return 403;
  const code = codeOf(error);
  switch (code) {
    case "EACCES":
    case "EPERM":
      return 403;
    case "ENOENT":
    case "ENOTDIR":
    case "EISDIR":
    case "ELOOP":
    case "ENAMETOOLONG":
    case "EINVAL":
    case "EILSEQ":
    // A socket, or a device that is not there.
    case "ENXIO":
    case "ENODEV":
    case "ENOTSUP":
    case "EOPNOTSUPP":
      return 404;
  }
  if (error instanceof Deno.errors.PermissionDenied) return 403;
  if (error instanceof Deno.errors.NotFound) return 404;
  // No descriptors, no memory, a disk or a server of files that does not answer: of the moment, not of the path.
  return code === undefined ? undefined : 503;
}

/** What `look` finds, or the status of the error that it throws. */
export function refusing<T>(look: () => T | FileRefusal): T | FileRefusal {
  try {
    return look();
  } catch (error) {
    const status = statusOfFileError(error);
    if (status === undefined) throw error;
    return status;
  }
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
