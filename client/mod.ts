/**
 * HTTP/1.1 client on raw TCP and TLS: `get`, `post` and `request` for one request each, `Client` for many that
 * share connections, `download` for files, `fetch` for standard requests and responses.
 *
 * @example Get a page
 * ```ts
 * import { get } from "@eco/http/client";
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, (con) => con.send("hello"));
 * const { port } = server.addr as Deno.NetAddr;
 * const response = await get(`http://127.0.0.1:${port}/`);
 * assertEquals([response.code, response.text()], [200, "hello"]);
 * ```
 *
 * @module
 */

export { Client } from "./client.ts";
export { closeIdleConnections, fetch } from "./fetch.ts";
export type { FetchInit } from "./fetch/fetch_init.ts";
export { FetchResponse } from "./fetch/fetch_response.ts";
export { download, form, get, post, request } from "./one_shot.ts";
export { bodyWithFile, FileBody } from "./file_body.ts";
export type { FormSegment } from "../multipart/encode/segments.ts";
export { MultipartForm } from "../multipart/form.ts";
export type { FormFieldOptions, FormFileOptions, FormStreamOptions } from "../multipart/form.ts";
export { ClientResponse } from "./response.ts";
export type { ConnectionInfo, Timings } from "./response.ts";
export { ClientSocket } from "./socket.ts";
export { CookieJar } from "./rules/cookies.ts";
export type { SavedCookies } from "./rules/cookies.ts";
export type { ClientStats } from "./engine.ts";
export type { PoolStats } from "./exchange/pool.ts";
export type { DownloadOptions, DownloadResult } from "./download/download.ts";
export type { RequestBody } from "./request_body.ts";
export type {
  Auth,
  ClientOptions,
  InformationalResponse,
  MinSpeed,
  Progress,
  RequestOptions,
  RetryOptions,
} from "./options.ts";
export type { HeaderRecord, RawHeader } from "../wire/headers.ts";
export {
  ClosedError,
  ConnectError,
  HttpError,
  LimitError,
  ProtocolError,
  TimeoutError,
} from "../wire/errors.ts";
export type { ClientPhase, HttpErrorCode, HttpErrorInit, TimeoutPhase } from "../wire/errors.ts";
