// Requests without a client: each makes one for itself, and closes it.

import { MultipartForm } from "../multipart/form.ts";
import {
  download as downloadWith,
  type DownloadOptions,
  type DownloadResult,
} from "./download/download.ts";
import { Engine } from "./engine.ts";
import type { RequestOptions } from "./options.ts";
import type { RequestBody } from "./request_body.ts";
import type { ClientResponse } from "./response.ts";

/** Runs with an engine that keeps nothing. */
async function once<T>(run: (engine: Engine) => Promise<T>): Promise<T> {
  const engine = new Engine({ keepAlive: 0 });
  try {
    return await run(engine);
  } finally {
    engine.close();
  }
}

/**
 * Sends one request over a connection of its own, and closes that.
 *
 * @param method The method, as `"GET"`; sent as it is spelled.
 * @param url The URL: `http:`, `https:`, `ws:` or `wss:` (the handshake only).
 * @param body The body: text, bytes, a stream, a Blob, a form, a file.
 * @param options What else the request wants.
 * @returns The response, of whatever status.
 * @throws {TypeError} When an argument is wrong.
 * @throws {HttpError} When the request fails: see `Client.request` for the kinds.
 *
 * @example Ask with a method of one's own
 * ```ts
 * import { request } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con, req) => con.send(req.method));
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await request("PURGE", `http://127.0.0.1:${port}/`);
 * assertEquals(response.text(), "PURGE");
 * ```
 */
export async function request(
  method: string,
  url: string | URL,
  body?: RequestBody | null,
  options?: RequestOptions,
): Promise<ClientResponse> {
  return await once((engine) => engine.request(method, url, body ?? undefined, options));
}

/**
 * The same as `request("GET", url, undefined, options)` (RFC 9110 9.3.1).
 *
 * @param url The URL.
 * @param options What else the request wants.
 * @returns The response, of whatever status.
 * @throws {TypeError} When an argument is wrong.
 * @throws {HttpError} When the request fails: see `Client.request` for the kinds.
 *
 * @example Get a page
 * ```ts
 * import { get } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await get(`http://127.0.0.1:${port}/`, { headers: { "X-From": "here" } });
 * assertEquals([response.code, response.text()], [200, "hello"]);
 * ```
 */
export async function get(url: string | URL, options?: RequestOptions): Promise<ClientResponse> {
  return await request("GET", url, undefined, options);
}

/**
 * The same as `request("POST", url, body, options)` (RFC 9110 9.3.3).
 *
 * @param url The URL.
 * @param body The body: text, bytes, a stream, a Blob, a form, a file.
 * @param options What else the request wants.
 * @returns The response, of whatever status.
 * @throws {TypeError} When an argument is wrong.
 * @throws {HttpError} When the request fails: see `Client.request` for the kinds.
 *
 * @example Post a form
 * ```ts
 * import { post } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, async (con) => con.send(await con.readText()));
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await post(`http://127.0.0.1:${port}/`, new URLSearchParams({ a: "b c" }));
 * assertEquals(response.text(), "a=b+c");
 * ```
 */
export async function post(
  url: string | URL,
  body?: RequestBody | null,
  options?: RequestOptions,
): Promise<ClientResponse> {
  return await request("POST", url, body, options);
}

/**
 * Downloads to a file, which appears under its name when it is whole: a download that fails leaves what was
 * there as it was.
 *
 * @param url The URL; redirects are followed.
 * @param path The file. One that is there already is replaced.
 * @param options How: `resume` goes on with what an earlier attempt left, `sha256` checks the whole file.
 * @returns What was downloaded.
 * @throws {TypeError} When an argument is wrong.
 * @throws {HttpError} With code `refused` for a status that brings no file, `checksum`, `file`, or as `request`.
 *
 * @example Download a file and check it
 * ```ts
 * import { download } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
 * const { port } = server.addr as Deno.NetAddr;
 * const path = await Deno.makeTempFile();
 * const { size } = await download(`http://127.0.0.1:${port}/`, path, {
 *   sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
 * });
 * assertEquals([size, await Deno.readTextFile(path)], [5, "hello"]);
 * ```
 */
export async function download(
  url: string | URL,
  path: string,
  options?: DownloadOptions,
): Promise<DownloadResult> {
  return await once((engine) => downloadWith(engine, url, path, options));
}

/**
 * A multipart form (RFC 7578) as the body of a request: fields, and files that are sent from disk.
 *
 * @returns An empty form.
 *
 * @example Send a form with a file
 * ```ts
 * import { form, post } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assert } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, async (con) => con.send(await con.readText()));
 * const { port } = server.addr as Deno.NetAddr;
 * const path = await Deno.makeTempFile({ suffix: ".txt" });
 * await Deno.writeTextFile(path, "hello");
 * const body = form().add("name", "value").addFile("file", path);
 * const response = await post(`http://127.0.0.1:${port}/`, body);
 * assert(response.text().includes("hello"));
 * ```
 */
export function form(): MultipartForm {
  return new MultipartForm();
}
