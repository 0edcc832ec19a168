// A served folder with its options: from a safe path and an Accept-Encoding to the one file to send.

import { prefersGzip } from "./encodings.ts";
import { FileCache } from "./file_cache.ts";
import { Docroot, type FileFacts, type FileRefusal } from "./locate.ts";
import type { Representation } from "./plan.ts";
import type { SafePath } from "./safe_path.ts";

/** Options of a served folder. */
export interface FolderOptions {
  /** The folder, by default `.`. */
  readonly docroot?: string;
  /** Name of the file that stands for its folder, by default `index.html`. */
  readonly index?: string;
  /** Whether `name.gz` is sent in place of `name` to clients that accept gzip, by default `false`. */
  readonly gzip?: boolean;
}

/** A file to send, in the form that fits the client. */
export interface FoundFile extends Representation {
  /** The file to open, which is the sibling when there is one. */
  readonly facts: FileFacts;
  /** Its content, if that is in memory. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** A folder that is served; nothing of it is touched before the first use or {@linkcode open}. */
export class Folder {
  readonly #path: string;
  readonly #index: string;
  readonly #gzip: boolean;
  readonly #cache = new FileCache();
  #root: Docroot | undefined;

  constructor(options: FolderOptions = {}) {
    this.#path = options.docroot ?? ".";
    this.#index = options.index ?? "index.html";
    this.#gzip = options.gzip ?? false;
    if (/^\.{0,2}$|[\\/\0]/.test(this.#index)) {
      throw new TypeError(`Cannot use index "${this.#index}": it must be the name of a file`);
    }
  }

  /** Resolves the folder; throws a `Deno.errors` error when it is none or cannot be read. */
  open(): Docroot {
    return this.#root ??= new Docroot(this.#path);
  }

  /** What to send for a path; `"redirect"` for a folder that was named without its slash. */
  find(path: SafePath, acceptEncoding: string | undefined): FoundFile | "redirect" | FileRefusal {
    const root = this.open();
    const name = path.folder ? joinPath(path.relative, this.#index) : path.relative;
    const cached = this.#gzip ? undefined : this.#cache.get(name);
    if (cached !== undefined) {
      const { facts, bytes } = cached;
      if (root.isStill(name, facts)) {
        return { name, size: facts.size, mtimeMs: facts.mtimeMs, varies: false, facts, bytes };
      }
      this.#cache.delete(name);
    }
    const found = root.find(name);
    if (found === "folder") return path.folder ? 404 : "redirect";
    if (typeof found === "number") return found;
    const varies = this.#gzip && !name.endsWith(".gz");
    const packed = varies && prefersGzip(acceptEncoding)
      ? root.findSibling(found, ".gz")
      : undefined;
    const { size, mtimeMs } = packed ?? found;
    return { name, size, mtimeMs, coding: packed && "gzip", varies, facts: packed ?? found };
  }

  /** Whether a file that was found and then opened still is where it was found: inside the folder. */
  confirms(file: FoundFile): boolean {
    return this.open().isStraight(file.facts);
  }

  /** Whether the content of a file is to be kept in memory; with `gzip` the choice of it is not simple. */
  keeps(file: FoundFile): boolean {
    return !this.#gzip && this.#cache.accepts(file.facts, Date.now());
  }

  /** Keeps the content of a file in memory. */
  keep(file: FoundFile, bytes: Uint8Array<ArrayBuffer>): void {
    this.#cache.put(file.name, { facts: file.facts, bytes });
  }
}

function joinPath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
