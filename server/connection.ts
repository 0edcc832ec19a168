// What a handler holds as `con`: the documented calls, each a thin step to the response under way,
// the request body, or a file. It is good for one request; afterwards its calls throw.

import { checkTrailers } from "../wire/body_writer.ts";
import type { MultipartEvent } from "../multipart/parser.ts";
import type { Channel } from "./channel.ts";
import { wholeNumber } from "./check_arguments.ts";
import { observed } from "./observed.ts";
import type { PeerAddr } from "./peer_addr.ts";
import { openForSending, sendFilePieces } from "./send_file.ts";
import { sendBody } from "./send_stream.ts";
import type { Piece } from "./files/multipart_ranges.ts";
import { serveFile } from "./files/serve_file.ts";
import type { ServerRequest } from "./request.ts";
import type { RequestBody } from "./request_body.ts";
import { takeOver, type UpgradedConn } from "./take_over.ts";
import type { OutgoingResponse, ResponseOutcome } from "./response.ts";
import { checkField, checkReason, checkStatus, statusLine } from "./response_head.ts";

/** What a connection is made of. */
export interface ConnectionParts {
  readonly channel: Channel;
  readonly response: OutgoingResponse;
  readonly body: RequestBody;
}

/** Gives that to those in this folder who stand between the handler and the connection. */
export let partsOf: (con: Connection) => ConnectionParts;

/**
 * The handler's side of one exchange: what it answers with, and the body of the request.
 *
 * @example Read a body and answer
 * ```ts
 * import { listen } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = listen("127.0.0.1", 0, async (con, req) => {
 *   if (req.method !== "POST") return con.sendError(405);
 *   const text = await con.readText();
 *   con.setStatus(201);
 *   con.addHeader("Content-Type", "text/plain; charset=utf-8");
 *   con.send(text.toUpperCase());
 * });
 * const { port } = server.addr as Deno.NetAddr;
 * const url = `http://127.0.0.1:${port}/`;
 * const response = await fetch(url, { method: "POST", body: "tea" });
 * assertEquals([response.status, await response.text()], [201, "TEA"]);
 * ```
 */
export class Connection {
  static {
    partsOf = (con) => ({ channel: con.#channel, response: con.#response, body: con.#body });
  }

  readonly #channel: Channel;
  readonly #request: ServerRequest;
  readonly #response: OutgoingResponse;
  readonly #body: RequestBody;

  /** @ignore Connections are made by the server. */
  constructor(
    channel: Channel,
    request: ServerRequest,
    response: OutgoingResponse,
    body: RequestBody,
  ) {
    this.#channel = channel;
    this.#request = request;
    this.#response = response;
    this.#body = body;
  }

  /** The peer's address; on a unix socket an empty `ipaddr` and port 0. */
  remoteAddr(): PeerAddr {
    return this.#channel.remoteAddr;
  }

  /**
   * Sets a response field, replacing one of the same name.
   *
   * `Content-Length` announces the body's length: sending more throws, sending less closes the
   * connection. `Connection: close` closes it after the response; other options of that field but
   * `keep-alive` and `upgrade`, which the server sets itself, are refused.
   *
   * @param name Field name, in any case.
   * @param value Field value: no controls, no characters above U+00FF, no blanks at its ends.
   * @throws {TypeError} if name or value are not valid, for `Transfer-Encoding`, and after the head
   * was sent.
   */
  addHeader(name: string, value: string): void {
    this.#beforeHead("add a field").fields.set(name, value);
  }

  /**
   * Adds a response field even if there is one of the same name, as `Set-Cookie` needs.
   *
   * @param name Field name, in any case.
   * @param value Field value, see `addHeader`.
   * @throws {TypeError} as `addHeader` does.
   */
  appendHeader(name: string, value: string): void {
    this.#beforeHead("add a field").fields.append(name, value);
  }

  /**
   * Sets the status of the response; it is 200 otherwise.
   *
   * @param code Status code, 200 to 599.
   * @param status Reason phrase. Default: the standard one.
   * @throws {RangeError} if the code is out of range.
   * @throws {TypeError} if the reason phrase is not valid, and after the head was sent.
   */
  setStatus(code: number, status?: string): void {
    const response = this.#beforeHead("set the status");
    checkStatus(code);
    if (status !== undefined) checkReason(status);
    response.status = code;
    response.reason = status;
  }

  /**
   * Answers with an error. What was sent before and did not leave yet is dropped; fields stay.
   *
   * @param code Status code, 400 to 599.
   * @param status Reason phrase. Default: the standard one.
   * @param content Body of the response. Default: empty.
   * @throws {RangeError} if the code is out of range.
   * @throws {TypeError} after the head was sent.
   */
  sendError(code: number, status?: string, content?: string): void {
    const response = this.#beforeHead("send an error");
    checkStatus(code, 400);
    this.setStatus(code, status);
    response.dropBody();
    if (content !== undefined) response.send(content);
  }

  /**
   * Redirects the client.
   *
   * @param code Status code, 300 to 399.
   * @param location Where to: a URI or a reference relative to the request's; characters that a URI
   * cannot hold are percent-encoded.
   * @throws {RangeError} if the code is out of range.
   * @throws {TypeError} if the location has control characters, and after the head was sent.
   */
  redirect(code: number, location: string): void {
    const response = this.#beforeHead("redirect");
    checkStatus(code, 300, 399);
    // deno-lint-ignore no-control-regex
    if (/[\0-\x1f\x7f]/.test(location)) {
      throw new TypeError(
        `Cannot redirect to ${JSON.stringify(location)}: it has control characters`,
      );
    }
    // What UTF-8 cannot hold is replaced before the rest is encoded.
    const encoded = location.toWellFormed().replace(/[^\x21-\x7e]+/gu, encodeURIComponent);
    response.fields.set("Location", encoded);
    this.setStatus(code);
    response.dropBody();
  }

  /**
   * Adds to the response body. What is sent stays in memory until `flush` or the end of the handler;
   * then a response that was never flushed leaves in one write with its Content-Length.
   *
   * @param values Text, sent as UTF-8, and bytes, which are copied.
   * @throws {RangeError} if the handler announced a Content-Length and this exceeds it.
   * @throws {TypeError} after the response has ended.
   */
  send(...values: (string | Uint8Array)[]): void {
    for (const value of values) {
      if (typeof value !== "string" && !(value instanceof Uint8Array)) {
        throw new TypeError(`Cannot send ${typeof value}: neither text nor bytes`);
      }
      this.#response.send(value);
    }
  }

  /**
   * Sends a file or a part of it as body. In memory while it is small and nothing was flushed, else
   * streamed, chunked unless a Content-Length was announced. Resolves when all but the last piece
   * was accepted by the socket; the response does not end before.
   *
   * @param path Path of a regular file.
   * @param count Bytes to send. Default: up to the end of the file.
   * @param offset Where to start. Default: 0.
   * @throws {HttpError} if there is no such regular file (status 404), it may not be read (403), or
   * it shrinks meanwhile (the connection is closed).
   * @throws {RangeError} if count or offset are not whole numbers within the file.
   */
  sendFile(path: string, count?: number, offset?: number): Promise<void> {
    return observed(this.#response.track(this.#sendFile(path, count, offset)));
  }

  async #sendFile(path: string, count?: number, offset?: number): Promise<void> {
    if (this.#response.ended) throw new TypeError("Cannot send file: the response has ended");
    const { file, size } = openForSending(path);
    try {
      offset = wholeNumber("offset", offset ?? 0, size);
      count = wholeNumber("count", count ?? size - offset, size - offset);
    } catch (error) {
      file.close();
      throw error;
    }
    await this.sendOpened(file, offset, count, path);
  }

  /** @ignore Sends bytes that nobody changes any more. */
  sendKept(bytes: Uint8Array<ArrayBuffer>): void {
    this.#response.sendKept(bytes);
  }

  /** @ignore Sends a part of an open file and closes it. */
  sendOpened(file: Deno.FsFile, offset: number, count: number, path: string): Promise<void> {
    return this.sendPieces(file, path, [{ offset, count }]);
  }

  /** @ignore Sends parts of an open file, and bytes between them, and closes it. */
  sendPieces(file: Deno.FsFile, path: string, pieces: readonly Piece[]): Promise<void> {
    const { writer, host } = this.#channel;
    const what = { file, path, pieces };
    return this.#response.track(sendFilePieces(this.#response, writer, host.counters, what));
  }

  /** @ignore Sends a stream, or cancels it. */
  sendStream(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    const { writer } = this.#channel;
    return this.#response.track(sendBody(this.#response, writer, this.#request.method, stream));
  }

  /**
   * Sends what is pending, the head first. Resolves when the socket has accepted it all: a handler
   * that awaits this never runs ahead of its client.
   *
   * @throws {HttpError} if the connection is lost or takes longer than `writeTimeout`.
   */
  flush(): Promise<void> {
    return observed(this.#flush());
  }

  async #flush(): Promise<void> {
    if (!this.#response.ended) this.#response.start();
    await this.#channel.writer.flush();
  }

  /**
   * Reads from the request body. A client that waits for `100 Continue` gets it with the first read.
   *
   * @param count Most bytes to read: resolves with as many as have arrived, at least one. Default: all
   * that remains, up to `maxBufferedBody`.
   * @param timeout Longest wait for an arrival, in seconds. Default: the option `bodyTimeout`.
   * @returns The bytes, which are the caller's; empty when the body is consumed.
   * @throws {HttpError} if the body is malformed (status 400), too large (413), late (408) or cut short.
   * @throws {RangeError} if count is not a whole number above 0.
   */
  readBody(count?: number, timeout?: number): Promise<Uint8Array<ArrayBuffer>> {
    return observed(this.#body.read(count, timeout));
  }

  /**
   * Reads the rest of the request body as UTF-8 text.
   *
   * @param timeout Longest wait for an arrival, in seconds. Default: the option `bodyTimeout`.
   * @throws {HttpError} as `readBody` does.
   */
  readText(timeout?: number): Promise<string> {
    return observed(
      this.#body.read(undefined, timeout).then((bytes) => new TextDecoder().decode(bytes)),
    );
  }

  /**
   * The request body as a stream, such as `parseMultipart` takes; reading it is reading the body. When it
   * is cancelled the rest of the body is left as if nobody had read it.
   */
  get readable(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#body.stream;
  }

  /**
   * Reads a form of the type `multipart/form-data` (RFC 7578), event by event, whatever the method: for
   * each part its fields, then its content in pieces as they arrive; at last, and ever after, the end.
   *
   * @param req The request that was given to the handler; `req.form` says how far its form was read.
   * @param timeout Longest wait for an arrival, in seconds. Default: the option `bodyTimeout`.
   * @returns The next event. Data in it is the caller's.
   * @throws {HttpError} with status 415 if the request has no such form, 400 if it is malformed or cut,
   * 413 if it exceeds a limit of the option `multipart`; and as `readBody` does.
   * @throws {TypeError} if the request is another one, or some of its body was read in another way.
   */
  readFormData(req: ServerRequest, timeout?: number): Promise<MultipartEvent> {
    return observed(this.#readFormData(req, timeout));
  }

  async #readFormData(req: ServerRequest, timeout?: number): Promise<MultipartEvent> {
    if (req !== this.#request) throw new TypeError("Cannot read form: it is of another request");
    const { multipart } = this.#channel.host.settings;
    return await req.form.read(this.#body, req.headers["content-type"], multipart, timeout);
  }

  /**
   * Reads and drops the rest of the request body, however long it is.
   *
   * @throws {HttpError} as `readBody` does.
   */
  discardBody(): Promise<void> {
    return observed(this.#body.discard());
  }

  /**
   * Serves a file of the folder `docroot` that the request's path names: index files, ETag,
   * Last-Modified, conditional requests, ranges; what else the options `files` and `gzip` ask for.
   *
   * @param req The request that was given to the handler.
   * @returns true; errors are answered too.
   */
  serveFile(req: ServerRequest): Promise<boolean> {
    return serveFile(this, req, this.#channel.host.folder);
  }

  /**
   * Sends an informational response ahead of the final one, such as 103 Early Hints (RFC 8297). Not
   * sent to HTTP/1.0 clients, who do not know them (RFC 9110 15.2).
   *
   * @param code Status code, 102 to 199.
   * @param headers Its fields.
   * @throws {RangeError} if the code is out of range.
   * @throws {TypeError} if a field is not valid, and after the head was sent.
   */
  sendInformational(code: number, headers: Record<string, string> = {}): Promise<void> {
    return observed(this.#sendInformational(code, headers));
  }

  async #sendInformational(code: number, headers: Record<string, string>): Promise<void> {
    this.#beforeHead("send an informational response");
    checkStatus(code, 102, 199);
    let text = statusLine(code, undefined);
    for (const [name, value] of Object.entries(headers)) {
      const key = checkField(name, value);
      if (key === "content-length" || key === "transfer-encoding" || key === "connection") {
        throw new TypeError(`Cannot send field "${name}" in an informational response`);
      }
      text += `${name}: ${value}\r\n`;
    }
    if (this.#request.minorVersion === 0) return;
    this.#channel.writer.putLatin1(`${text}\r\n`);
    await this.#channel.writer.flush();
  }

  /**
   * Sets the fields that follow the body (RFC 9110 6.5), which is then sent chunked. An HTTP/1.0
   * client does not get them.
   *
   * @param trailers The fields.
   * @throws {TypeError} if a field is not valid or not allowed in trailers, if a Content-Length was
   * announced, and after the response has ended.
   */
  sendTrailers(trailers: Record<string, string>): void {
    if (this.#response.ended) throw new TypeError("Cannot send trailers: the response has ended");
    if (this.#response.fields.contentLength !== undefined) {
      throw new TypeError("Cannot send trailers: the response has a Content-Length");
    }
    this.#response.trailers = checkTrailers(trailers);
  }

  /**
   * Takes the connection over: sends the head (101, or 200 to CONNECT) with the fields set before,
   * and hands the socket out. A 101 needs an `Upgrade` field, and a client that asked for an upgrade.
   *
   * @returns The connection, which is the caller's to close, and the bytes that were read ahead.
   * @throws {TypeError} if the head was sent, the request body was not read, the client did not ask for
   * an upgrade or speaks HTTP/1.0, or no `Upgrade` field was set.
   * @throws {HttpError} if the connection is lost.
   */
  upgrade(): Promise<UpgradedConn> {
    return observed(this.#upgrade());
  }

  async #upgrade(): Promise<UpgradedConn> {
    const response = this.#beforeHead("upgrade");
    if (!this.#body.done) throw new TypeError("Cannot upgrade: the request body was not read");
    return await takeOver(this.#channel, this.#request, response);
  }

  /** What really happened to the response; resolves when it was sent or could not be. Never rejects. */
  get done(): Promise<ResponseOutcome> {
    return this.#response.done;
  }

  #beforeHead(what: string): OutgoingResponse {
    if (!this.#response.unsent) throw new TypeError(`Cannot ${what}: the head was sent`);
    return this.#response;
  }
}
