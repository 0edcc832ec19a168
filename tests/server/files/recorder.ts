// What a connection would send of a file, kept to be looked at.

import { assertEquals } from "@std/assert";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import type { FileRequest, FileResponder, FileSource } from "../../../server/files/file_source.ts";
import { Folder } from "../../../server/files/folder.ts";
import type { Piece } from "../../../server/files/multipart_ranges.ts";
import { readPieces } from "../../../server/files/open_file.ts";
import { serveFile } from "../../../server/files/serve_file.ts";
import { TempTree } from "./temp_tree.ts";

/** Keeps what a connection would send. */
export class Recorder implements FileResponder {
  status = 200;
  fields: Record<string, string> = {};
  body: Uint8Array | undefined;
  stream: ReadableStream<Uint8Array> | undefined;
  error = false;
  kept = false;

  setStatus(code: number): void {
    this.status = code;
  }

  addHeader(name: string, value: string): void {
    this.fields[name] = value;
  }

  appendHeader(name: string, value: string): void {
    const before = this.fields[name];
    this.fields[name] = before === undefined ? value : `${before}, ${value}`;
  }

  sendError(code: number): void {
    this.status = code;
    this.error = true;
  }

  redirect(code: number, location: string): void {
    this.status = code;
    this.fields["Location"] = location;
  }

  sendKept(bytes: Uint8Array): void {
    this.body = bytes;
    this.kept = true;
  }

  sendOpened(file: Deno.FsFile, offset: number, count: number, path: string): void {
    this.sendPieces(file, path, [{ offset, count }]);
  }

  sendPieces(file: Deno.FsFile, path: string, pieces: readonly Piece[]): void {
    using _file = file;
    this.body = readPieces(file, path, pieces);
  }

  sendStream(stream: ReadableStream<Uint8Array>): void {
    this.stream = stream;
  }

  get text(): string | undefined {
    return this.body && new TextDecoder().decode(this.body);
  }
}

/** What to ask with. */
export interface Ask extends Pick<Partial<FileRequest>, "prefix" | "relative"> {
  method?: string;
  headers?: Record<string, string>;
}

/** Asks a folder, or what else files come from, for a path. */
export async function ask(
  from: TempTree | FileSource,
  rawPath: string,
  { method = "GET", headers = {}, ...where }: Ask = {},
  options: FolderOptions = {},
): Promise<Recorder> {
  const con = new Recorder();
  const source = from instanceof TempTree ? new Folder({ docroot: from.root, ...options }) : from;
  assertEquals(await serveFile(con, { method, rawPath, headers, ...where }, source), true);
  return con;
}
