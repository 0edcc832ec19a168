// A served folder with its options: from a safe path and the fields of a request to what is sent. All that it asks the
// file system goes through `Docroot`.

import { HttpError } from "../../wire/errors.ts";
import { makeCacheControl, withCacheControl } from "./cache_control.ts";
import { isWorthCompressing } from "./compressible.ts";
import { MADE, SUFFIXES, wantedCodings } from "./encodings.ts";
import { FileMemory } from "./file_memory.ts";
import { type FolderOptions, type FolderSettings, resolveFolderOptions } from "./file_options.ts";
import type { Coding, Field, FileSource, Found, FoundFile, Listing } from "./file_source.ts";
import { type FolderEntry, listEntries, listError } from "./folder_entries.ts";
import { findInTree, findMissing, type Tree } from "./find_in_tree.ts";
import { makeHides } from "./hidden.ts";
import {
  Docroot,
  type FileFacts,
  type FileRefusal,
  IGNORES_CASE,
  WINDOWS_NAMES,
} from "./locate.ts";
import { mediaType } from "./media_type.ts";
import type { RequestFields } from "./conditional.ts";
import { isPageRequest } from "./page_request.ts";
import type { PathPolicy, SafePath } from "./safe_path.ts";

const PACKED = /\.(?:br|zst|gz)$/;
const NONE: readonly Coding[] = [];

/** A folder that is served; nothing of it is touched before the first use or {@linkcode open}. */
export class Folder implements FileSource {
  /** The checked options. */
  readonly settings: FolderSettings;
  /** What paths may name, for `parseSafePath`. */
  readonly pathPolicy: PathPolicy;
  /** How often something was changed by us. */
  changes = 0;
  /** Answers for a folder without index file, where that is wanted. */
  listing?: Listing;
  readonly #hides: (relative: string) => boolean;
  readonly #cacheControl: (relative: string) => string | undefined;
  readonly #fields: readonly Field[];
  readonly #tree: Tree<FileFacts>;
  readonly #memory: FileMemory | undefined;
  #root: Docroot | undefined;

  /** Throws TypeError or RangeError that names an option; `action` is what could not be done then. */
  constructor(options: FolderOptions | FolderSettings = {}, action = "serve files") {
    const settings = resolveFolderOptions(options, action);
    this.settings = settings;
    this.pathPolicy = { windows: WINDOWS_NAMES, dotfiles: settings.dotfiles };
    this.#hides = makeHides(settings, IGNORES_CASE);
    this.#cacheControl = makeCacheControl(settings.cacheControl, IGNORES_CASE);
    this.#fields = Object.entries(settings.headers);
    this.#memory = settings.cache === false ? undefined : new FileMemory(settings.cache);
    const lists = (): boolean => settings.listing || this.listing !== undefined;
    this.#tree = {
      settings,
      get lists(): boolean {
        return lists();
      },
      look: (name) => this.#look(name),
      form: (name, facts, fields) => this.#form(name, facts, fields),
    };
  }

  /** Resolves the folder; throws a `Deno.errors` error when it is none or cannot be read. */
  open(): Docroot {
    return this.#root ??= new Docroot(this.settings.docroot, {
      links: this.settings.links,
      hides: this.#hides,
    });
  }

  /** What to send for a path; `anew`: the file system is asked, however short ago that was. */
  find(path: SafePath, fields: RequestFields, anew = false): Found {
    const memory = this.#memory;
    if (memory === undefined) return findInTree(this.#tree, path, fields);
    const nowMs = Date.now();
    const key = this.#keyOf(path, fields);
    const known = anew ? undefined : memory.recall(key, nowMs);
    if (known !== undefined) return known;
    const found = findInTree(this.#tree, path, fields);
    if (typeof found === "number" || found.kind !== "file") return found;
    // What is missing may be there the next moment.
    if (found.status === undefined) memory.remember(key, found, nowMs);
    return memory.complete(found);
  }

  /** What of a request decides about what is found for it. */
  #keyOf(path: SafePath, fields: RequestFields): string {
    const { precompressed, compress, spa } = this.settings;
    const name = path.folder ? `${path.relative}/` : path.relative;
    if (precompressed.length === 0 && !compress && spa === false) return name;
    const accepted = fields["accept-encoding"];
    const made = compress ? wantedCodings(accepted, MADE)[0] : "";
    const page = spa !== false && isPageRequest(path, fields) ? "page" : "";
    return [name, wantedCodings(accepted, precompressed), made, page].join("\n");
  }

  /** What to send for a path that nothing can be at: the page that says so, if there is one. */
  missing(fields: RequestFields): Found {
    return findMissing(this.#tree, fields);
  }

  /**
   * What is in a folder, by the same rules by which it is served, in no order. Throws HttpError with status 403, 404 or
   * 503 when the folder cannot be read. `unlisted` hears of each that has a name which nobody can ask for.
   */
  list(path: SafePath, unlisted?: () => void): AsyncIterableIterator<FolderEntry> {
    // A link has a name of its own, besides that of the folder it leads to.
    if (this.#hides(path.relative)) throw listError(path.relative, "it is hidden", 404);
    return listEntries(this.#opened, path.relative, this.pathPolicy, this.#hides, unlisted);
  }

  /**
   * Where something new may be made: a path without links, in a folder inside of this one, for a name that may be served.
   * What is there already is not looked at.
   */
  resolveNew(path: SafePath): string | FileRefusal {
    return this.#opened.placeFor(path.relative);
  }

  /** What of a path, as {@linkcode resolveNew} gives it, is below the folder. */
  relativeOf(path: string): string {
    return this.#opened.relativeOf(path);
  }

  /** Whether what lies at a path below the folder is hidden, be there something or not. */
  hides(relative: string): boolean {
    return this.#hides(relative);
  }

  /** Hears that something in the folder was changed, so that all is looked at again. */
  forget(): void {
    this.changes++;
    this.#memory?.forget();
  }

  /** Whether a file that was found and then opened still is where it was found: inside the folder. */
  confirms(file: FoundFile): boolean {
    return this.#opened.isStraight(file.facts);
  }

  /** Whether the content of a file is to be kept in memory. */
  keeps({ facts }: FoundFile): boolean {
    return this.#memory !== undefined && this.#memory.accepts(facts, Date.now());
  }

  /** Keeps the content of a file in memory. */
  keep(file: FoundFile, bytes: Uint8Array<ArrayBuffer>): void {
    this.#memory?.keep(file, bytes);
  }

  /** Takes the other place for that of the content. */
  moved(file: FoundFile, bytes: Uint8Array<ArrayBuffer>): void {
    this.#memory?.keep(file, bytes);
  }

  /** The form of a file that fits the client. */
  #form(name: string, facts: FileFacts, fields: RequestFields): FoundFile {
    const { precompressed, compress } = this.settings;
    const accepted = fields["accept-encoding"];
    const isPacked = PACKED.test(name);
    const stored = isPacked ? NONE : precompressed;
    const own = this.#ownFields(name);
    for (const coding of wantedCodings(accepted, stored)) {
      const sibling = this.#sibling(name, facts, coding);
      if (sibling === undefined) continue;
      const { size, mtimeMs } = sibling;
      return {
        kind: "file",
        name,
        size,
        mtimeMs,
        coding,
        varies: true,
        fields: own,
        facts: sibling,
      };
    }
    const { size, mtimeMs } = facts;
    const made = compress && !isPacked && isWorthCompressing(mediaType(name), size) ? MADE : NONE;
    const varies = stored.length > 0 || made.length > 0;
    const [coding] = wantedCodings(accepted, made);
    return { kind: "file", name, size, mtimeMs, varies, fields: own, facts, compress: coding };
  }

  #ownFields(name: string): readonly Field[] {
    const cacheControl = this.#cacheControl(name);
    return withCacheControl(this.#fields, cacheControl);
  }

  /** Throws HttpError with status 503 when the folder itself is none: that is no fault of the path. */
  get #opened(): Docroot {
    try {
      return this.open();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const { docroot } = this.settings;
      throw new HttpError(`Cannot serve folder "${docroot}": ${why}`, {
        ...{ code: "file", status: 503, cause },
      });
    }
  }

  /** The look at the file system, for a path below the folder. */
  #look(name: string): FileFacts | "folder" | FileRefusal {
    return this.#hides(name) ? 404 : this.#opened.find(name);
  }

  #sibling(name: string, facts: FileFacts, coding: Coding): FileFacts | undefined {
    const suffix = SUFFIXES.get(coding)!;
    return this.#hides(name + suffix) ? undefined : this.#opened.findSibling(facts, suffix);
  }
}
