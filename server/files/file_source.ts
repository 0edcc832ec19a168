// What the parts of static serving pass to each other: where files come from, what was found there, and whom it
// is sent to. Types only.

import type { RequestFields } from "./conditional.ts";
import type { FileFacts, FileRefusal } from "./locate.ts";
import type { Piece } from "./multipart_ranges.ts";
import type { PathPolicy, SafePath } from "./safe_path.ts";

/** The content codings that files are stored in or compressed with. */
export type Coding = "br" | "zstd" | "gzip";

/** A name and a value, ready to be sent. */
export type Field = readonly [name: string, value: string];

/** One form of a file: itself, its compressed sibling, or itself compressed on the way. */
export interface Representation {
  /** Name that the media type is taken from: that of the file asked for, not of its sibling. */
  readonly name: string;
  /** Size of what is stored, in bytes: that of the sibling when it is sent. */
  readonly size: number;
  readonly mtimeMs: number | null;
  /** The entity tag where it is known; else one is made of size, time and coding. */
  readonly etag?: string;
  /** The media type where it is known; else it is that of the name. */
  readonly mediaType?: string;
  /** The coding of what is stored. */
  readonly coding?: Coding;
  /** The coding to compress with on the way, unless a range is asked for. */
  readonly compress?: Coding;
  /** Whether another Accept-Encoding might have led to another form. */
  readonly varies: boolean;
  /** A page that says that something is not there: sent whole, whatever the conditions. */
  readonly status?: 404;
  /** Fields of the folder's own, such as Cache-Control. */
  readonly fields?: readonly Field[];
}

/** A file to send, in the form that fits the client. */
export interface FoundFile extends Representation {
  readonly kind: "file";
  /** The file to open, which is the sibling when there is one. */
  readonly facts: FileFacts;
  /** Its content, if that is in memory. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
}

/** A folder without a file that stands for it. */
export interface FoundFolder {
  readonly kind: "folder";
  readonly path: SafePath;
}

/** Another place, in the same folder, where what is meant is. */
export interface FoundElsewhere {
  readonly kind: "redirect";
  /**
   * The last segment of the path there, still to be escaped, with its slash when it is a folder; `./` for the folder
   * that the path is in.
   */
  readonly to: string;
}

/** What stands behind a path. */
export type Found = FoundFile | FoundFolder | FoundElsewhere | FileRefusal;

/** Where files come from. */
export interface FileSource {
  readonly settings: {
    /** Bounds of what is kept in memory; `maxAge` in seconds. */
    readonly cache: false | { readonly maxBytes: number; readonly maxAge: number };
  };
  /** Which paths there may be. */
  readonly pathPolicy?: PathPolicy;
  /** How often what was found before was changed, as far as that is known; nothing counts that was found before. */
  readonly changes?: number;
  /** What to send for a path; `anew`: what is remembered of it must be looked at, too. */
  find(path: SafePath, fields: RequestFields, anew?: boolean): Found;
  /** What to send for a path that is refused with 404 before it is looked for: the page that says so, if there is one. */
  missing?(fields: RequestFields): Found;
  /** Whether a file that was found and then opened still is where it was found. */
  confirms(file: FoundFile): boolean;
  /** Whether the content of a file is to be kept in memory. */
  keeps(file: FoundFile): boolean;
  /** Keeps the content of a file in memory. */
  keep(file: FoundFile, bytes: Uint8Array<ArrayBuffer>): void;
  /** Hears of another place in memory that has the content as well. */
  moved?(file: FoundFile, bytes: Uint8Array<ArrayBuffer>): void;
  /** Answers with the listing of a folder, where there are any. */
  readonly listing?: Listing;
}

/** Answers a GET or HEAD for a folder that has no file that stands for it. */
export type Listing = (con: FileResponder, req: FileRequest, path: SafePath) => Promise<true>;

/** What is needed of a request. */
export interface FileRequest {
  readonly method: string;
  /** Path and query as they were sent; origin form, or `*`. */
  readonly rawPath: string;
  readonly headers: RequestFields;
  /** What a router cut off in front of the path. */
  readonly prefix?: string;
  /** Whether redirects are to be relative to the path: for who does not know what was cut off. */
  readonly relative?: boolean;
}

/** What is needed of a connection to answer with a file. */
export interface FileResponder {
  setStatus(code: number): void;
  addHeader(name: string, value: string): void;
  /** Adds a field beside those of the same name. */
  appendHeader(name: string, value: string): void;
  /** Answers with an error; fields that were added before are kept. */
  sendError(code: number): void;
  redirect(code: number, location: string): void;
  /** Sends bytes that nobody changes any more, without copying them first. */
  sendKept(bytes: Uint8Array<ArrayBuffer>): void;
  /** Sends exactly `count` bytes from `offset`, and closes the file whatever happens. */
  sendOpened(file: Deno.FsFile, offset: number, count: number, path: string): Promise<void> | void;
  /** Sends pieces one after the other, and closes the file whatever happens. */
  sendPieces(file: Deno.FsFile, path: string, pieces: readonly Piece[]): Promise<void> | void;
  /**
   * Sends a stream: in chunks, or with the Content-Length that was added. The answer to HEAD does not read it; it is
   * cancelled then, and when the client leaves.
   */
  sendStream(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> | void;
}
