// One request and its response on one connection. The response is read while the request is sent, so that an
// early answer is seen; what follows the answer decides whether the connection may serve another request.

import { BodyReader } from "../../wire/body_reader.ts";
import { concatBytes } from "../../wire/concat_bytes.ts";
import { ClosedError, ProtocolError, TimeoutError } from "../../wire/errors.ts";
import type { FieldSection } from "../../wire/field_section.ts";
import { type Framing, responseFraming } from "../../wire/framing.ts";
import type { ResponseHead } from "../../wire/response_head.ts";
import type { BodySource } from "../body_source.ts";
import { mayBeWhole, takeArrived } from "./arrived_body.ts";
import type { HttpConnection, Release } from "./connection.ts";
import { ContinueGate } from "./continue_gate.ts";
import type { Control } from "./control.ts";
import { oneTurn } from "../../wire/event_loop.ts";
import { describe, endedEarly, failureOf } from "./failure.ts";
import type { PreparedRequest } from "../prepare.ts";
import { ResponseHeads } from "./response_heads.ts";
import type { Progress } from "../options.ts";
import type { Settings } from "../settings.ts";
import { SpeedWatch, tooSlow } from "./speed_watch.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { Traffic } from "./traffic.ts";
import { Upload } from "./upload.ts";

/** Bodies in memory up to this size leave in one write with the head. */
const ONE_WRITE_BYTES = 65536;
/** What an answer that nobody wants may have left to be read, rather than closing its connection. */
const DISCARD_BYTES = 65536;
/** How long that may take, in milliseconds. */
const DISCARD_MS = 1000;

/** One request and its response. */
export class Exchange implements BodySource {
  readonly connection: HttpConnection;
  /** Whether that had served another request before. */
  readonly reused: boolean;
  /** The bytes that are its own. */
  readonly traffic: Traffic;
  readonly #request: PreparedRequest;
  readonly #settings: Settings;
  readonly #control: Control;
  readonly #stopwatch: Stopwatch;
  #upload: Upload | undefined;
  /** Settles, always well, when nothing more is sent. */
  #uploading: Promise<void> | undefined;
  /** Bytes of the body that the socket accepted, as `onProgress` was told. */
  #uploaded = 0;
  #gate: ContinueGate | undefined;
  /** How fast the response body arrives. */
  #speed: SpeedWatch | undefined;
  /** Whether it failed because the connection broke, and not for a reason of ours. */
  wasLost = false;
  /** Why we closed the connection. */
  #cause: { readonly cause: unknown } | undefined;
  #framing: Framing | undefined;
  #head: ResponseHead | undefined;
  #body: BodyReader | undefined;
  /** What was taken of the body when it seemed to be there whole. */
  #ahead: Uint8Array<ArrayBuffer> | undefined;
  /** Whether the connection is no longer ours. */
  #ended = false;
  readonly #release: Release;

  constructor(
    connection: HttpConnection,
    request: PreparedRequest,
    settings: Settings,
    control: Control,
    stopwatch: Stopwatch,
    release: Release,
  ) {
    this.connection = connection;
    this.#request = request;
    this.#settings = settings;
    this.#control = control;
    this.#stopwatch = stopwatch;
    this.#release = release;
    connection.use();
    this.reused = connection.reused;
    this.traffic = new Traffic(connection);
  }

  /** The fields after the body, once it has ended. */
  get trailers(): FieldSection | undefined {
    return this.#body?.trailers;
  }

  /** Sends the request and reads the head of the final response. A failure closes the connection. */
  async readHead(): Promise<ResponseHead> {
    const { connection } = this;
    const { reader } = connection;
    const control = this.#control;
    control.onFail = () => this.#abandon(control.failure);
    connection.onLate = () => {
      const { headTimeoutMs } = this.#settings;
      this.#abandon(new TimeoutError(control.phase, headTimeoutMs, "headTimeout"));
    };
    try {
      control.check();
      // What a kept connection brought since its last response is no answer to this request.
      if (connection.isStale) {
        throw new ClosedError("Cannot send request: the kept connection ended");
      }
      this.#send();
      const heads = new ResponseHeads(connection, this.#settings, {
        onContinue: () => this.#gate?.open(),
        onError: (error) => this.#callbackFailed(error),
      });
      for (let isFirst = true;; isFirst = false) {
        if (!await reader.fill()) throw endedEarly(this.traffic.bytesReceived);
        if (isFirst) {
          control.phase = "headers";
          this.#stopwatch.firstByte();
        }
        const head = heads.tryFinal();
        if (head !== undefined) return this.#begin(head);
      }
    } catch (error) {
      throw this.fail(error);
    }
  }

  /** Puts the request out, as far as that is one write; the rest goes on beside the reading. */
  #send(): void {
    const request = this.#request;
    const { writer, reader } = this.connection;
    const { headTimeoutMs, idleTimeoutMs } = this.#settings;
    const control = this.#control;
    writer.timeoutMs = idleTimeoutMs;
    if (request.isAscii) writer.putAscii(request.head);
    else writer.putLatin1(request.head);
    const { body, length } = request;
    if (body === undefined) {
      control.phase = "wait";
      reader.deadline.arm(headTimeoutMs);
      writer.settle();
      return;
    }
    control.phase = "send";
    if (request.expectContinue) this.#gate = new ContinueGate();
    const speed = this.#watchSpeed(() => writer.bytesWritten);
    const upload = new Upload(body, length, writer, (sent) => this.#accepted(sent), speed);
    this.#upload = upload;
    // A small body shares the write of the head: nothing is sent before the first flush.
    if (request.expectContinue || (body.bytes?.length ?? Infinity) > ONE_WRITE_BYTES) {
      writer.settle();
    }
    this.#uploading = upload.run(this.#gate?.opened, request.trailers).then(() => {
      // Nothing to wait for if it was stopped, or the head is there; if writing failed, that may come yet.
      if (this.#head !== undefined || !(upload.ended || writer.error !== undefined)) return;
      if (upload.ended && control.phase === "send") control.phase = "wait";
      reader.deadline.arm(headTimeoutMs);
    }, (error) => this.#abandon(error));
  }

  #accepted(sent: number): void {
    if (sent === this.#uploaded) return;
    this.#uploaded = sent;
    this.#report({ direction: "up", bytes: sent, total: this.#request.length });
  }

  /** The final head is there. */
  #begin(head: ResponseHead): ResponseHead {
    const { connection } = this;
    const request = this.#request;
    const { maxFields, maxChunkLineBytes, maxTrailerBytes } = this.#settings;
    if (head.status === 101 && !request.mayUpgrade) {
      const why = "101 to a request that asked for no upgrade";
      throw new ProtocolError("bad_framing", `Cannot read response: ${why}`);
    }
    this.#head = head;
    connection.reader.deadline.disarm();
    // The server does not want the body. What was not sent of it makes the connection unusable.
    if (head.status >= 300) this.#upload?.stop();
    else this.#gate?.open();
    const framing = this.#framing = responseFraming(head, request.method);
    const body = this.#body = new BodyReader(connection.reader, framing.kind, framing.length, {
      maxBodyBytes: request.maxBodyBytes,
      slackBytes: request.slackBytes,
      maxChunkLineBytes,
      maxTrailerBytes,
      maxFields,
    });
    this.#control.phase = "body";
    if (!body.done) this.#speed = this.#watchSpeed(() => body.received);
    return head;
  }

  /** Whether anything of the request's body has left. */
  get hasSentBody(): boolean {
    return this.#uploaded > 0;
  }

  /** Whether there is a body, or may be one. */
  get hasBody(): boolean {
    return !this.#body!.done;
  }

  /** Refuses a body that is announced to be longer than allowed; for one that somebody wants. */
  checkLength(): void {
    try {
      this.#body!.checkLength();
    } catch (error) {
      throw this.refuse(error);
    }
  }

  #watchSpeed(moved: () => number): SpeedWatch | undefined {
    const { minSpeed } = this.#settings;
    if (minSpeed === undefined) return undefined;
    return new SpeedWatch(minSpeed, moved, () => {
      this.#abandon(tooSlow(minSpeed, this.#control.phase));
    });
  }

  /** Ends it from outside: whoever waits for the connection fails, and says why. */
  #abandon(cause: unknown): void {
    this.#cause ??= { cause };
    this.#upload?.stop(cause);
    this.connection.close();
  }

  /** The next bytes of the body; undefined at its end, and then the connection is free again. */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#cause !== undefined) throw this.fail(this.#cause.cause);
    const body = this.#body!;
    const ahead = this.#ahead;
    this.#ahead = undefined;
    if (ahead?.length) return ahead;
    try {
      this.#speed?.resume();
      const piece = await body.take(Infinity, this.#settings.idleTimeoutMs);
      // What is there whole was fast enough.
      if (body.done) this.#speed?.stop();
      else this.#speed?.pause();
      if (piece.length > 0) {
        this.#noteReceived();
        return piece;
      }
    } catch (error) {
      throw this.fail(error);
    }
    await this.#finish();
    return undefined;
  }

  #noteReceived(): void {
    if (this.#settings.onProgress === undefined) return;
    const total = this.#framing!.kind === "length" ? this.#framing!.length : undefined;
    this.#report({ direction: "down", bytes: this.#body!.received, total });
  }

  /** Tells the caller; what an async callback rejects with ends the request. */
  #report(progress: Progress): void {
    const told: unknown = this.#settings.onProgress?.(progress);
    if (told instanceof Promise) told.catch((error) => this.#callbackFailed(error));
  }

  #callbackFailed(error: unknown): void {
    if (!this.#ended) this.#abandon(error); // else the connection may be another request's
  }

  /** The whole body at once, if it has arrived whole; then the connection is free again. */
  tryReadAll(): Uint8Array<ArrayBuffer> | undefined {
    const body = this.#body!;
    if (this.#upload?.ended === false || this.#cause !== undefined) return undefined;
    if (!mayBeWhole(body, this.connection.reader)) return undefined;
    try {
      this.#ahead = takeArrived(body, this.connection.reader);
    } catch (error) {
      throw this.fail(error);
    }
    if (!body.done) return undefined;
    this.#end(this.#mayReuse());
    return this.#ahead;
  }

  /** The whole body at once; then the connection is free again. */
  async readAll(): Promise<Uint8Array<ArrayBuffer>> {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      const rest = await this.#body!.readAll(Infinity, this.#settings.idleTimeoutMs);
      bytes = this.#ahead === undefined ? rest : concatBytes([this.#ahead, rest]);
    } catch (error) {
      throw this.fail(error);
    }
    await this.#finish();
    return bytes;
  }

  /** Reads what is left of an answer that nobody wants, if it is short; else the connection closes. */
  async discard(): Promise<void> {
    try {
      const isWorthIt = this.#framing!.keepAlive && !this.#request.close;
      if (isWorthIt && await this.#body!.discard(DISCARD_BYTES, DISCARD_MS, DISCARD_MS)) {
        await this.#finish();
      }
    } catch {
      // Nobody wanted it.
    }
    this.close();
  }

  /** Gives up what was not read. */
  close(): void {
    if (this.#ended) return;
    this.#abandon(new TypeError("Cannot read body: it was closed"));
    this.#end(false);
  }

  /** The body has ended, or there is none. */
  async #finish(): Promise<void> {
    if (this.#ended) return;
    const upload = this.#upload;
    // The last write may have succeeded without its promise being settled yet.
    if (upload?.ended === false) await oneTurn();
    // An error that ends before the request does stopped the upload. A success does not: what is still to be
    // sent may matter to the server, which closes the connection if it has heard enough.
    if (upload?.ended === false && this.#head!.status < 300) await this.#endUpload();
    if (this.#cause !== undefined) throw this.fail(this.#cause.cause);
    this.#end(this.#mayReuse());
  }

  /** Waits for the end of the upload behind a whole response, or for that of the connection. */
  async #endUpload(): Promise<void> {
    this.#control.phase = "send";
    const stop = (): void => this.#upload!.stop();
    this.connection.reader.fill().then((more) => more || stop(), stop);
    await this.#uploading;
  }

  #end(mayReuse: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#stopWatching();
    if (mayReuse) this.#release(this.connection, this.#head!.fields);
    else this.connection.close();
  }

  /** Every reason for not using the connection again (RFC 9112 9.3 and 9.5). */
  #mayReuse(): boolean {
    return this.#framing!.keepAlive && !this.#request.close && // both sides are willing
      this.#body!.done && (this.#upload?.ended ?? true) && // response and request have ended
      this.connection.isQuiet && this.#head!.status !== 101;
  }

  /** Takes the connection out of HTTP, after 101 and once the request has been sent (RFC 9110 7.8). */
  async endUpgraded(): Promise<void> {
    this.#control.phase = "send";
    await this.#uploading;
    if (this.#cause !== undefined) throw this.fail(this.#cause.cause);
    const { error } = this.connection.writer;
    if (error !== undefined) throw this.fail(error);
    this.connection.onLate = undefined;
    this.connection.reader.deadline.disarm();
    this.#stopWatching();
    this.#ended = true;
  }

  #stopWatching(): void {
    this.#control.onFail = undefined;
    this.#speed?.stop();
    this.#gate?.stop();
  }

  /** Gives up a response for what its head says, and gives the error to be thrown. */
  refuse(error: unknown): unknown {
    this.#control.phase = "headers";
    return this.fail(error);
  }

  /** Closes the connection after a failure, and gives the error to be thrown, with what is known here. */
  fail(error: unknown): unknown {
    const reason = this.#cause === undefined
      ? failureOf(error, {
        writeError: this.connection.writer.error,
        idleTimeoutMs: this.#settings.idleTimeoutMs,
        isAnswered: this.traffic.bytesReceived > 0 || this.#control.phase === "body",
      })
      : this.#cause.cause;
    this.wasLost = reason instanceof ClosedError;
    this.#upload?.stop(reason);
    this.connection.close();
    this.#end(false);
    return this.explain(reason);
  }

  /** Says of an error what is known here. */
  explain(error: unknown): unknown {
    return describe(error, {
      url: this.#request.url,
      phase: this.#control.phase,
      traffic: this.traffic,
      reused: this.reused,
      method: this.#request.method,
    });
  }
}
