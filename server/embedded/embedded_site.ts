// A site that is part of the program: what there is, and what each file is like, is known from its manifest, so
// that nothing is looked for on a disk. A file is looked at when it is first sent, to see that it is that of the
// manifest; small ones stay in memory then.

import { getBuiltinModule } from "node:process";
import { fromFileUrl, resolve } from "@std/path";
import type { RequestFields } from "../files/conditional.ts";
import { IMMUTABLE, makeCacheControl, withCacheControl } from "../files/cache_control.ts";
import { ContentMemory, type Kept } from "../files/content_memory.ts";
import { wantedCodings } from "../files/encodings.ts";
import {
  CODINGS,
  type FolderOptions,
  type FolderSettings,
  resolveFolderOptions,
} from "../files/file_options.ts";
import type { Coding, FileSource, Found, FoundFile } from "../files/file_source.ts";
import { factsOf, type FileFacts, type FileRefusal } from "../files/locate.ts";
import { fileError } from "../files/open_file.ts";
import type { PathPolicy, SafePath } from "../files/safe_path.ts";
import { findInTree, findMissing, type Tree } from "../files/find_in_tree.ts";
import { checkManifest, type SiteManifest } from "./manifest.ts";

/** A site, and how to serve it. */
export interface EmbeddedSiteOptions extends EmbeddedFileOptions {
  /** What {@linkcode buildManifest} made. */
  manifest: SiteManifest;
  /** The folder that has the files, as a path or a `file:` URL, such as `new URL("site/", import.meta.url)`. */
  base: string | URL;
}

/** The options of a served folder that make sense for files which are known beforehand. */
export type EmbeddedFileOptions = Pick<
  FolderOptions,
  "index" | "spa" | "notFound" | "cleanUrls" | "cacheControl" | "headers" | "cache"
>;

/** One stored form of a file: itself, or compressed. */
interface Form {
  /** Where it is stored. */
  readonly path: string;
  readonly found: Omit<FoundFile, "facts" | "bytes">;
  /** What was found there; undefined: it was not asked for yet. */
  facts?: FileFacts;
}

/** A file of the site. */
interface Forms {
  readonly plain: Form;
  readonly coded: ReadonlyMap<Coding, Form>;
  /** Those that there are, the ones that are preferred among equals first. */
  readonly codings: readonly Coding[];
}

/** What a manifest says of a form. */
type Stored = { readonly size: number; readonly etag: string; readonly file?: string };

const OPTIONS: readonly (keyof EmbeddedFileOptions)[] = [
  ...["index", "spa", "notFound", "cleanUrls"] as const,
  ...["cacheControl", "headers", "cache"] as const,
];

/** A site that is part of the program. */
export class EmbeddedSite implements FileSource, Tree<Forms> {
  /** The manifest has nothing that must not be named. */
  readonly pathPolicy: PathPolicy = { windows: false, dotfiles: true };
  readonly settings: FolderSettings;
  readonly lists: boolean = false;
  readonly #files = new Map<string, Forms>();
  readonly #folders = new Set<string>([""]);
  readonly #byFacts = new WeakMap<FileFacts, Form>();
  readonly #memory: ContentMemory<Form, Kept> | undefined;

  /** Throws TypeError or RangeError that names what is wrong; `action` is what could not be done then. */
  constructor({ manifest, base, ...options }: EmbeddedSiteOptions, action = "serve site") {
    for (const name of Object.keys(options)) {
      if (!(OPTIONS as readonly string[]).includes(name)) {
        throw new TypeError(`Cannot ${action}: no option "${name}"`);
      }
    }
    const settings = resolveFolderOptions(options, action);
    const { cache } = settings;
    // What is part of the program need not be looked at again.
    this.settings = { ...settings, cache: cache && { ...cache, maxAge: Infinity } };
    this.#memory = cache === false ? undefined : new ContentMemory(cache);
    const folder = folderOf(base, action);
    const fields = Object.entries(settings.headers);
    const cacheControl = makeCacheControl(settings.cacheControl, false);
    for (const [name, file] of Object.entries(checkManifest(manifest).files)) {
      const value = cacheControl(name) ?? (file.immutable ? IMMUTABLE : undefined);
      const codings = CODINGS.filter((coding) => file.codings?.[coding] !== undefined);
      const shared = {
        ...{ kind: "file", name, mtimeMs: null, mediaType: file.type } as const,
        ...{ varies: codings.length > 0, fields: withCacheControl(fields, value) },
      };
      const form = ({ size, etag, file = name }: Stored, coding?: Coding): Form => ({
        path: `${folder}/${file}`,
        found: { ...shared, size, etag, coding },
      });
      const coded = codings.map((it) => [it, form(file.codings![it]!, it)] as const);
      this.#files.set(name, { plain: form(file), coded: new Map(coded), codings });
      for (let at = name.length; (at = name.lastIndexOf("/", at - 1)) > 0;) {
        this.#folders.add(name.slice(0, at));
      }
    }
  }

  /** What to send for a path. */
  find(path: SafePath, fields: RequestFields): Found {
    return findInTree(this, path, fields);
  }

  /** What to send for a path that nothing can be at. */
  missing(fields: RequestFields): Found {
    return findMissing(this, fields);
  }

  /** What is at a path below the top. */
  look(relative: string): Forms | "folder" | FileRefusal {
    return this.#files.get(relative) ?? (this.#folders.has(relative) ? "folder" : 404);
  }

  /** The form of a file that fits the client. Throws HttpError when it is not there as it should be. */
  form(_relative: string, { plain, coded, codings }: Forms, fields: RequestFields): FoundFile {
    const [wanted] = wantedCodings(fields["accept-encoding"], codings);
    const form = wanted === undefined ? plain : coded.get(wanted)!;
    const { found, facts = this.#lookAt(form) } = form;
    return { ...found, facts, bytes: this.#memory?.use(form)?.bytes };
  }

  /** Nobody changes what is part of the program. */
  confirms(_file: FoundFile): boolean {
    return true;
  }

  /** Whether the content of a file is to be kept in memory. */
  keeps({ size }: FoundFile): boolean {
    return this.#memory?.fits(size) === true;
  }

  /** Keeps the content of a file in memory. Throws HttpError when it is not that of the manifest. */
  keep({ facts, etag }: FoundFile, bytes: Uint8Array<ArrayBuffer>): void {
    const form = this.#byFacts.get(facts);
    if (form === undefined || this.#memory === undefined) return;
    const hash = getBuiltinModule("node:crypto").hash("sha256", bytes, "base64url");
    if (`"${hash}"` !== etag) throw fileError(form.path, "it is not that of the manifest", 503);
    this.#memory.keep(form, { bytes });
  }

  /** Hears of another place in memory that has the content as well. */
  moved({ facts }: FoundFile, bytes: Uint8Array<ArrayBuffer>): void {
    const form = this.#byFacts.get(facts);
    const kept = form && this.#memory?.peek(form);
    if (kept !== undefined) kept.bytes = bytes;
  }

  #lookAt(form: Form): FileFacts {
    const facts = factsOfFile(form.path);
    const { size } = form.found;
    if (facts.size !== size) {
      throw fileError(form.path, `it has ${facts.size} bytes, not ${size} as in the manifest`, 503);
    }
    this.#byFacts.set(facts, form);
    return form.facts = facts;
  }
}

/** The facts of a file as they are once it is open: those by path differ inside of some programs. */
function factsOfFile(path: string): FileFacts {
  let info: Deno.FileInfo;
  try {
    using file = Deno.openSync(path);
    info = file.statSync();
  } catch (cause) {
    // Whatever it is, it is no fault of the client's.
    throw fileError(path, cause instanceof Error ? cause.message : String(cause), 503, cause);
  }
  if (!info.isFile) throw fileError(path, "not a regular file", 503);
  return factsOf(path, info);
}

function folderOf(base: unknown, action: string): string {
  if (typeof base === "string" && base !== "") return resolve(base);
  if (base instanceof URL && base.protocol === "file:") {
    return fromFileUrl(base).replace(/[\\/]+$/, "");
  }
  throw new TypeError(`Cannot ${action}: option "base" is neither a path nor a file: URL`);
}
