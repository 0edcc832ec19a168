// The options of a served folder, and their checked form, which the rest works with. They are the same for
// `listen`, for `serveFiles` and for the command; `action` is what an error says could not be done.

import { isAscii, isFieldValue, isToken } from "../../wire/headers.ts";
import { checkGlob } from "./globs.ts";
import type { Coding } from "./file_source.ts";

/** What to send for which files, and how. */
export interface FileOptions {
  /**
   * Whether `name.br`, `name.zst` and `name.gz` are sent in place of `name` to clients that accept these codings, by
   * their weights; or the codings to look for. Each has an ETag of its own. Default: false.
   */
  precompressed?: boolean | readonly Coding[];
  /**
   * Whether files of compressible types, of 1 KiB to 8 MiB, are compressed on their way to clients that accept it,
   * where no compressed form is stored. Such an answer has a weak ETag; ranges are sent of the file as it is.
   * Default: false.
   */
  compress?: boolean;
  /**
   * Which symbolic links are followed. `"inside"`: those that lead to a file in the folder whose own name may be
   * served, too. `"none"`: none, wherever on the path. `"anywhere"`: all. Default: `"inside"`.
   */
  links?: "inside" | "none" | "anywhere";
  /** Whether names that begin with a dot are served. Default: false, but for `.well-known` at the top. */
  dotfiles?: boolean;
  /**
   * Globs of what is neither served nor listed, as if it were not there. One without a slash is about the name of
   * a file or folder wherever it is, one with a slash about the path below the folder; what is in a hidden folder is
   * hidden, too. Case counts only where it does for file names. Default: none.
   */
  hidden?: readonly string[];
  /** What is kept in memory, or `false` to read every file anew. */
  cache?: false | FileCacheOptions;
  /**
   * The Cache-Control of files: one value for all, or the first rule that fits; no such field for other files.
   * The value `"immutable"` stands for `"public, max-age=31536000, immutable"`, and is only for names
   * with a hash in them, such as `app.3f2a9c1b.js` or `index-BX7a2k9Q.css`. Default: none.
   */
  cacheControl?: string | readonly CacheRule[];
  /** Whether a folder without index file is answered with a listing of what is in it. Default: false. */
  listing?: boolean;
  /**
   * Whether what is not there is answered with the index file at the top, or with this file: for clients that take
   * `text/html`, when the last segment of the path has no dot in it. Default: false.
   */
  spa?: boolean | string;
  /** File in the folder that is sent, with status 404, for what is not there. Default: none. */
  notFound?: string;
  /**
   * Whether `/about` stands for `about.html`, and `/about.html` and `/index.html` are redirected to `/about`
   * and `/`. Default: false.
   */
  cleanUrls?: boolean;
  /** Fields that are added to answers with a file, by name; none that the server sets. Default: none. */
  headers?: Readonly<Record<string, string>>;
}

/** A rule about the Cache-Control of files. */
export interface CacheRule {
  /** Names of files, or, with a slash in it, paths below the folder. */
  glob: string;
  /** The value of the field, or `"immutable"`. */
  value: string;
}

/** Bounds of the files in memory. */
export interface FileCacheOptions {
  /** Most of all files together, in bytes. Default: 64 MiB. 0: none. */
  maxBytes?: number;
  /** Largest file, in bytes. Default: 1 MiB. */
  maxFileBytes?: number;
  /** Most files. Default: 10000. */
  maxEntries?: number;
  /** Longest time in which a file is not looked at again, in seconds. Default: 1. 0: looked at each time. */
  maxAge?: number;
}

/** Options of a served folder. */
export interface FolderOptions extends FileOptions {
  /** Folder to serve. Default: `"."`, the working directory at the time of the first request. */
  docroot?: string;
  /** Name of the file that stands for its folder. Default: `"index.html"`. */
  index?: string;
  /** Whether `name.gz` is sent in place of `name` to clients that accept gzip. Default: false. */
  gzip?: boolean;
}

/** The checked options; they are options as well. */
export interface FolderSettings {
  readonly docroot: string;
  readonly index: string;
  readonly precompressed: readonly Coding[];
  readonly compress: boolean;
  readonly links: "inside" | "none" | "anywhere";
  readonly dotfiles: boolean;
  readonly hidden: readonly string[];
  /** `maxAge` in seconds. */
  readonly cache: false | Readonly<Required<FileCacheOptions>>;
  readonly cacheControl: readonly Readonly<CacheRule>[];
  readonly listing: boolean;
  /** The file, as a path below the folder. */
  readonly spa: false | string;
  readonly notFound: string | undefined;
  readonly cleanUrls: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** The codings of stored files, the ones that are preferred among equals first. */
export const CODINGS: readonly Coding[] = ["br", "zstd", "gzip"];

/** Names of all options of a folder. */
export const FOLDER_OPTION_NAMES: readonly (keyof FolderOptions)[] = Object.keys(
  {
    docroot: true,
    index: true,
    gzip: true,
    precompressed: true,
    compress: true,
    links: true,
    dotfiles: true,
    hidden: true,
    cache: true,
    cacheControl: true,
    listing: true,
    spa: true,
    notFound: true,
    cleanUrls: true,
    headers: true,
  } satisfies Record<keyof FolderOptions, true>,
) as (keyof FolderOptions)[];

/** Those that stand among the options of a server; the others are in its `files`. */
const OF_LISTEN: readonly string[] = ["docroot", "index", "gzip"] satisfies (keyof FolderOptions)[];

const CACHE_DEFAULTS: Required<FileCacheOptions> = {
  maxBytes: 64 * 1024 * 1024,
  maxFileBytes: 1024 * 1024,
  maxEntries: 10_000,
  maxAge: 1,
};

/** Names, in lowercase, of fields that follow from the file, the request or the connection. */
export const OF_SERVER: ReadonlySet<string> = new Set(
  ("connection keep-alive proxy-connection te trailer transfer-encoding upgrade content-length content-encoding " +
    "content-range content-type accept-ranges date etag last-modified location x-content-type-options")
    .split(" "),
);

/**
 * Checks the options of a folder and fills in the defaults. Throws TypeError or RangeError that names the option,
 * also for one that there is not; `prefix` stands before the names of those that a server does not have itself.
 */
export function resolveFolderOptions(
  options: FolderOptions,
  action: string,
  prefix = "",
): FolderSettings {
  const check = new Check(options, action, prefix);
  check.names(FOLDER_OPTION_NAMES);
  const index = check.text("index", "index.html");
  if (!isFileName(index)) {
    check.refuse("index", `${JSON.stringify(index)}, not the name of a file`);
  }
  const spa = check.spa();
  return {
    docroot: check.text("docroot", "."),
    index,
    precompressed: check.codings(),
    compress: check.flag("compress"),
    links: check.links(),
    dotfiles: check.flag("dotfiles"),
    hidden: check.hidden(),
    cache: check.cache(),
    cacheControl: check.cacheControl(),
    listing: check.flag("listing"),
    spa: spa === true ? index : spa,
    notFound: options.notFound === undefined ? undefined : check.path("notFound", options.notFound),
    cleanUrls: check.flag("cleanUrls"),
    headers: check.headers(),
  };
}

/** Whether a file in a folder can have this name. */
export function isFileName(name: string): boolean {
  return !/^\.{1,2}$|[\\/\0]/.test(name);
}

/** The path below the folder of a file that an option names; `undefined` for what is none. */
export function pageBelow(path: string): string | undefined {
  const below = path.replace(/^(?:\.?\/)+/, "");
  return below === "" || /(?:^|\/)(?:\.{0,2})(?:\/|$)|[\\\0]/.test(below) ? undefined : below;
}

/** Checks one option after the other. */
class Check {
  readonly #options: FolderOptions;
  readonly #action: string;
  readonly #prefix: string;

  constructor(options: unknown, action: string, prefix: string) {
    this.#action = action;
    this.#prefix = prefix;
    if (typeof options !== "object" || options === null) {
      throw new TypeError(`Cannot ${action}: the options are no object`);
    }
    this.#options = options;
  }

  refuse(name: string, why: string, type: ErrorConstructor = TypeError): never {
    throw new type(`Cannot ${this.#action}: option "${this.#named(name)}" is ${why}`);
  }

  #unknown(name: string): never {
    throw new TypeError(`Cannot ${this.#action}: no option "${this.#named(name)}"`);
  }

  #named(name: string): string {
    return OF_LISTEN.includes(name) ? name : this.#prefix + name;
  }

  /** What is misspelt must not serve another folder than was meant, or more of it. */
  names(known: readonly string[]): void {
    for (const name of Object.keys(this.#options)) {
      if (!known.includes(name)) this.#unknown(name);
    }
  }

  flag(name: "gzip" | "compress" | "dotfiles" | "listing" | "cleanUrls"): boolean {
    const value: unknown = this.#options[name] ?? false;
    return typeof value === "boolean" ? value : this.refuse(name, "neither true nor false");
  }

  text(name: "docroot" | "index", byDefault: string): string {
    const value: unknown = this.#options[name] === undefined ? byDefault : this.#options[name];
    return typeof value === "string" && value !== "" ? value : this.refuse(name, "not a text");
  }

  codings(): Coding[] {
    const gzip = this.flag("gzip");
    const value: unknown = this.#options.precompressed ?? false;
    if (value === true) return [...CODINGS];
    const given = value === false ? [] : this.#list("precompressed", value);
    const unknown = given.find((it) => !CODINGS.includes(it as Coding));
    if (unknown !== undefined) {
      this.refuse("precompressed", `${show(unknown)}, not of "br", "zstd" and "gzip"`);
    }
    return CODINGS.filter((it) => given.includes(it) || (gzip && it === "gzip"));
  }

  links(): FolderSettings["links"] {
    const value: unknown = this.#options.links ?? "inside";
    if (value === "inside" || value === "none" || value === "anywhere") return value;
    return this.refuse("links", `${show(value)}, not "inside", "none" or "anywhere"`);
  }

  hidden(): string[] {
    return this.#list("hidden", this.#options.hidden ?? []).map((it) => this.#glob("hidden", it));
  }

  cache(): FolderSettings["cache"] {
    const value: unknown = this.#options.cache ?? {};
    if (value === false) return false;
    if (typeof value !== "object" || value === null) {
      this.refuse("cache", "neither false nor an object");
    }
    const bounds = { ...CACHE_DEFAULTS };
    for (const [name, given] of Object.entries(value)) {
      if (!Object.hasOwn(CACHE_DEFAULTS, name)) this.#unknown(`cache.${name}`);
      if (given !== undefined) {
        bounds[name as keyof FileCacheOptions] = this.#bound(`cache.${name}`, given);
      }
    }
    return bounds;
  }

  #bound(name: string, value: unknown): number {
    if (typeof value !== "number") return this.refuse(name, "not a number");
    if (!(value >= 0)) return this.refuse(name, `${value}, not 0 or more`, RangeError);
    return value;
  }

  cacheControl(): CacheRule[] {
    const value: unknown = this.#options.cacheControl ?? [];
    if (typeof value === "string") {
      return [{ glob: "**", value: this.#fieldValue("cacheControl", value) }];
    }
    return this.#list("cacheControl", value).map((rule) => {
      if (typeof rule !== "object" || rule === null) {
        this.refuse("cacheControl", "neither a text nor a list of rules");
      }
      const { glob, value, ...others } = rule as Partial<CacheRule>;
      for (const name of Object.keys(others)) {
        this.#unknown(`cacheControl.${name}`);
      }
      return {
        glob: this.#glob("cacheControl.glob", glob),
        value: this.#fieldValue("cacheControl.value", value),
      };
    });
  }

  spa(): boolean | string {
    const value: unknown = this.#options.spa ?? false;
    return typeof value === "boolean" ? value : this.path("spa", value);
  }

  path(name: "spa" | "notFound", value: unknown): string {
    if (typeof value !== "string" || value === "") {
      return this.refuse(name, "not the name of a file");
    }
    return pageBelow(value) ?? this.refuse(name, `${show(value)}, not a file below the folder`);
  }

  headers(): Record<string, string> {
    const value: unknown = this.#options.headers ?? {};
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.refuse("headers", "not an object with fields");
    }
    for (const [name, text] of Object.entries(value)) {
      if (!isToken(name)) this.refuse("headers", `not valid: ${show(name)} is no name of a field`);
      if (OF_SERVER.has(name.toLowerCase())) {
        this.refuse("headers", `not valid: field "${name}" is set by the server`);
      }
      this.#fieldValue(`headers.${name}`, text);
    }
    return { ...value };
  }

  #fieldValue(name: string, value: unknown): string {
    if (typeof value !== "string" || value === "") return this.refuse(name, "not a text");
    if (!isFieldValue(value) || !isAscii(value)) {
      return this.refuse(name, `${show(value)}, not the value of a field`);
    }
    return value;
  }

  #glob(name: string, value: unknown): string {
    if (typeof value !== "string" || value === "") return this.refuse(name, "not a glob");
    const why = checkGlob(value);
    return why === undefined ? value : this.refuse(name, `${show(value)}, ${why}`);
  }

  #list(name: string, value: unknown): unknown[] {
    return Array.isArray(value) ? value : this.refuse(name, "not a list");
  }
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
