// A file as the body of a request: looked at when it is named, opened when it is sent.

import { contentType } from "@std/media-types";
import { extname } from "@std/path";
import { HttpError } from "../wire/errors.ts";
import type { FileSource } from "../wire/copy_file.ts";

/**
 * A file to be sent, as `bodyWithFile` makes them. It is opened when it is sent, each time anew.
 *
 * @example What is known before the file is sent
 * ```ts
 * import { bodyWithFile } from "@eco/http/client";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".json" });
 * await Deno.writeTextFile(path, "[1]");
 * const body = await bodyWithFile(path);
 * assertEquals([body.size, body.contentType], [3, "application/json; charset=UTF-8"]);
 * await Deno.remove(path);
 * ```
 */
export class FileBody {
  /** Where it is. */
  readonly path: string;
  /** Its size in bytes when it was named: that many are sent, or the request fails. */
  readonly size: number;
  /** The media type of its extension, if that is known: the `Content-Type` of the request by default. */
  readonly contentType: string | undefined;

  /**
   * A file that is not looked at before it is sent: `bodyWithFile` looks, and is what to use.
   *
   * @param path Its path.
   * @param size Its size in bytes, which must be the right one.
   */
  constructor(path: string, size: number) {
    this.path = path;
    this.size = size;
    const extension = extname(path);
    this.contentType = extension === "" ? undefined : contentType(extension);
  }
}

/**
 * A file as the body of a request. It is sent from disk, with its length, and never held in memory.
 *
 * @param path Its path.
 * @returns The body, for `request` and `post`.
 * @throws {HttpError} With code `file` when it is not a readable regular file.
 *
 * @example Send a file
 * ```ts
 * import { bodyWithFile, request } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, async (con) => con.send(await con.readText()));
 * const path = await Deno.makeTempFile();
 * await Deno.writeTextFile(path, "hello");
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await request("PUT", `http://127.0.0.1:${port}/`, await bodyWithFile(path));
 * assertEquals(response.text(), "hello");
 * ```
 */
export async function bodyWithFile(path: string): Promise<FileBody> {
  try {
    // Looked at first: opening a FIFO would wait for its writer.
    const { isFile, size } = await Deno.stat(path);
    if (isFile) {
      (await Deno.open(path)).close(); // shows that it may be read
      return new FileBody(path, size);
    }
  } catch (cause) {
    refuse(path, cause);
  }
  throw new HttpError(`Cannot send file "${path}": it is not a regular file`, {
    code: "file",
    operation: "read",
  });
}

/** An open file. */
export interface OpenedFile extends FileSource, Disposable {}

/** Opens a file that should have `size` bytes. Throws HttpError when it has not. */
export function openFile(path: string, size: number): OpenedFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (cause) {
    refuse(path, cause);
  }
  const found = file.statSync().size;
  if (found === size) return file;
  file.close();
  throw new HttpError(`Cannot send file "${path}": it had ${size} bytes and now has ${found}`, {
    code: "file",
    operation: "read",
  });
}

/** Words for what systems say in ways of their own. */
const REASONS: Record<string, string> = {
  EACCES: "the system does not permit it",
  ENOENT: "there is no such file",
};

function refuse(path: string, cause: unknown): never {
  const said = cause instanceof Error ? cause.message : String(cause);
  const why = REASONS[(cause as { code?: string }).code ?? ""] ??
    said.replace(/ \(os error \d+\).*$/s, "");
  throw new HttpError(`Cannot send file "${path}": ${why}`, {
    code: "file",
    operation: "read",
    cause,
  });
}
