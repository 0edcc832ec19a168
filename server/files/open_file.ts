// Opens a file that was found before, and makes sure that it still is the one whose size and validators
// were announced.

import { HttpError } from "../../wire/errors.ts";
import { factsOf, type FileFacts, isSameFile, statusOfFileError } from "./locate.ts";
import type { Piece } from "./multipart_ranges.ts";

/**
 * Opens a located file, or returns `undefined` when another or a changed one is there by now. The caller
 * closes it. Throws what `Deno.openSync` throws.
 */
export function openLocated(facts: FileFacts): Deno.FsFile | undefined {
  const file = Deno.openSync(facts.path);
  let same = false;
  try {
    same = isSameFile(factsOf(facts.path, file.statSync()), facts);
  } finally {
    if (!same) file.close();
  }
  return same ? file : undefined;
}

/** The whole content of an open file of known size, or `undefined` if it has become shorter. */
export function readWhole(file: Deno.FsFile, size: number): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) return undefined;
    at += count;
  }
  return bytes;
}

/** The same without making everybody wait for a disk that is slow. */
export async function readWholeLater(
  file: Deno.FsFile,
  size: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size;) {
    const count = await file.read(bytes.subarray(at));
    if (count === null) return undefined;
    at += count;
  }
  return bytes;
}

/** A part of an open file. Throws HttpError if it cannot be read, or has become shorter. */
export function readPart(
  file: Deno.FsFile,
  path: string,
  offset: number,
  count: number,
): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  try {
    file.seekSync(offset, Deno.SeekMode.Start);
    bytes = readWhole(file, count);
  } catch (cause) {
    throw failure(path, cause);
  }
  if (bytes === undefined) throw fileError(path, "it shrank meanwhile", 503);
  return bytes;
}

/** Pieces of a file, in one. Throws HttpError as `readPart` does. */
export function readPieces(
  file: Deno.FsFile,
  path: string,
  pieces: readonly Piece[],
): Uint8Array<ArrayBuffer> {
  return concat(pieces.map((it) => {
    return "offset" in it ? readPart(file, path, it.offset, it.count) : it;
  }));
}

/** Pieces of a file of which all is in memory, in one. */
export function joinPieces(
  pieces: readonly Piece[],
  whole: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return concat(pieces.map((it) => {
    return "offset" in it ? whole.subarray(it.offset, it.offset + it.count) : it;
  }));
}

function concat(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const [only] = parts;
  if (parts.length === 1) return only!;
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Opens a located file once more, to read it from `offset`; the caller closes it. Throws HttpError when it is no
 * longer there as it was found.
 */
export function openPart(facts: FileFacts, offset: number): Deno.FsFile {
  const file = reopen(facts);
  try {
    if (offset > 0) file.seekSync(offset, Deno.SeekMode.Start);
  } catch (error) {
    file.close();
    throw error;
  }
  return file;
}

function reopen(facts: FileFacts): Deno.FsFile {
  let file: Deno.FsFile | undefined;
  try {
    file = openLocated(facts);
  } catch (cause) {
    throw failure(facts.path, cause);
  }
  if (file === undefined) throw fileError(facts.path, "it changed meanwhile", 503);
  return file;
}

/** What a call for a file failed with, as what the sending fails with. */
function failure(path: string, cause: unknown): HttpError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return fileError(path, why, statusOfFileError(cause) ?? 503, cause);
}

/** What a file that cannot be sent fails with. */
export function fileError(path: string, why: string, status: number, cause?: unknown): HttpError {
  return new HttpError(`Cannot send file "${path}": ${why}`, { code: "file", status, cause });
}
