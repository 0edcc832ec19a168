/**
 * HTTP/1.1 server on raw TCP, TLS or unix sockets: `listen` calls a handler with a connection to answer
 * on and the request; `serve` calls one with a standard `Request`, as `Deno.serve` does, and sends the
 * `Response` that it returns. For the latter there are `serveFiles` and `upgradeWebSocket`.
 *
 * @example Serve a folder, and something of one's own beside it
 * ```ts no-assert
 * import { listen } from "@eco/http/server";
 *
 * await using server = listen("127.0.0.1", 0, { docroot: "." }, (con, req) => {
 *   if (req.path !== "/time") return con.serveFile(req);
 *   con.addHeader("Content-Type", "text/plain");
 *   con.send(new Date().toISOString());
 * });
 * ```
 *
 * @module
 */

export { listen, Server } from "./listen.ts";
export type { ServerStats, ShutdownOptions, ShutdownReport } from "./listen.ts";
export type { ListenOptions } from "./bind.ts";
export type { ServerOptions } from "./options.ts";
export type { ErrorContext } from "./error_context.ts";
export type { Handler } from "./serve_connection.ts";
export { serve } from "./serve.ts";
export type { ServeInit, ServeOptions, ServeUnixOptions } from "./serve.ts";
export type { ErrorHandler, ServeHandler } from "./fetch/fetch_handler.ts";
export { ServeInfo } from "./fetch/serve_info.ts";
export type { Completion, RawUpgrade } from "./fetch/serve_info.ts";
export type { TrailerSource } from "./fetch/trailers.ts";
export { upgradeWebSocket } from "./websocket/upgrade.ts";
export type { ServerWebSocket, WebSocketUpgrade } from "./websocket/upgrade.ts";
export type { UpgradeWebSocketOptions } from "./websocket/options.ts";
export { serveFiles } from "./serve_files.ts";
export type { FilesHandler, ServeFilesOptions } from "./serve_files.ts";
export { serveEmbedded } from "./embedded/serve_embedded.ts";
export type { ServeEmbeddedOptions } from "./embedded/serve_embedded.ts";
export type { EmbeddedFileOptions, EmbeddedSiteOptions } from "./embedded/embedded_site.ts";
export { buildManifest } from "./embedded/build_manifest.ts";
export type { BuildManifestOptions } from "./embedded/build_manifest.ts";
export type { SiteFile, SiteManifest, StoredCoding } from "./embedded/manifest.ts";
export type {
  CacheRule,
  FileCacheOptions,
  FileOptions,
  FolderOptions,
} from "./files/file_options.ts";
export type { Coding } from "./files/file_source.ts";
export { evaluatePreconditions } from "./files/conditional.ts";
export type {
  ConditionalRequest,
  CurrentRepresentation,
  RequestFields,
  Verdict,
} from "./files/conditional.ts";
export type { ByteRange } from "./files/byte_ranges.ts";
export { Connection } from "./connection.ts";
export type { UpgradedConn } from "./take_over.ts";
export type { PeerAddr } from "./peer_addr.ts";
export type { ResponseOutcome } from "./response.ts";
export { ServerRequest } from "./request.ts";
export type { RequestForm } from "./request_form.ts";
export type { BodyEvent, EndEvent, MultipartEvent } from "../multipart/parser.ts";
export type { HeaderEvent } from "../multipart/parse/header_block.ts";
export type { MultipartLimits } from "../multipart/parse/limits.ts";
export { MultipartError } from "../multipart/parse/multipart_error.ts";
export type { HeaderRecord, RawHeader } from "../wire/headers.ts";
export { ClosedError, HttpError, LimitError, ProtocolError, TimeoutError } from "../wire/errors.ts";
export type { HttpErrorCode, HttpErrorInit, TimeoutPhase } from "../wire/errors.ts";
