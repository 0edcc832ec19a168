// The loop over the requests of one connection, from its first byte to its close. Everything that
// decides about the connection's life is here; channel.ts draws the states.

import { latin1 } from "../wire/bytes.ts";
import { BodyReader, NO_BODY } from "../wire/body_reader.ts";
import { ClosedError, HttpError, ProtocolError, TimeoutError } from "../wire/errors.ts";
import type { Channel } from "./channel.ts";
import { Connection } from "./connection.ts";
import { type ErrorContext, ReportedError } from "./error_context.ts";
import { isThenable } from "./observed.ts";
import type { HotAnswer } from "./hot/hot_answers.ts";
import { sendWatched } from "./hot/send_watched.ts";
import { fillErrorResponse, putOwnAnswer } from "./own_answer.ts";
import { ServerRequest } from "./request.ts";
import { RequestBody } from "./request_body.ts";
import { OutgoingResponse } from "./response.ts";
import type { ParsedRequest } from "./parsed_request.ts";
import { RequestHeads } from "./request_heads.ts";

/**
 * Handles one request. Returning `false` closes the connection after the response.
 *
 * @param con What to answer with.
 * @param req What is asked for.
 */
export type Handler = (con: Connection, req: ServerRequest) => unknown;

/** Output above this size is sent before the next pipelined request is looked at. */
const BATCH_BYTES = 65536;
/** Never added to. */
const NO_RESPONSES: OutgoingResponse[] = [];

/** Serves a connection until it closes or is taken over. Never rejects. */
export async function serveConnection(channel: Channel, handler: Handler): Promise<void> {
  const loop = new ConnectionLoop(channel, handler);
  try {
    await loop.run();
  } catch (error) {
    // The peer leaving, at any point, is no defect; everything else is.
    if (!(error instanceof ClosedError || error instanceof TimeoutError)) {
      channel.host.settings.onError(error, { source: "connection" });
    }
  } finally {
    channel.close();
    loop.settle();
  }
}

class ConnectionLoop {
  readonly #channel: Channel;
  readonly #handler: Handler;
  /** Responses that are put, but perhaps not yet accepted by the socket. */
  #unsettled: OutgoingResponse[] = NO_RESPONSES;
  /** Whether the last response broke off: the connection must close without another word. */
  #cutShort = false;
  readonly #heads: RequestHeads;

  constructor(channel: Channel, handler: Handler) {
    this.#channel = channel;
    this.#handler = handler;
    this.#heads = new RequestHeads(channel);
    channel.onLate = () => this.#answerLate();
    channel.onClosed = () => this.settle();
  }

  async run(): Promise<void> {
    const { conn, host, reader, writer } = this.#channel;
    if ("handshake" in conn) {
      this.#channel.state = "handshake";
      reader.deadline.arm(host.settings.tlsMs);
      await conn.handshake().catch((cause: unknown) => {
        throw new ClosedError("Cannot complete the TLS handshake", { cause });
      });
      this.#channel.state = "idle";
    }
    while (true) {
      let parsed: ParsedRequest | undefined;
      let exchange: Exchange;
      try {
        while ((parsed = this.#heads.tryNext()) === undefined) {
          // What is answered so far leaves before any wait, but not between pipelined requests.
          if (writer.pending > 0 || this.#unsettled.length > 0) {
            await writer.settle();
            this.#checkFlushed();
          }
          if (!this.#startWait()) return;
          const more = await reader.fill();
          if (this.#gone) return;
          if (this.#late) return more ? await this.#swallow() : undefined;
          if (!more) return this.#checkEnd();
        }
        host.counters.requests++;
        const { answer } = this.#heads;
        if (answer !== undefined && this.#mayBeHot) {
          const sending = this.#sendHot(answer, parsed);
          if (sending !== undefined) {
            this.#channel.state = "finishing";
            await sending;
            this.#checkFlushed();
            if (this.#gone) return;
          }
          this.#channel.state = "idle";
          continue;
        }
        exchange = this.#begin(parsed);
      } catch (error) {
        if (this.#gone || error instanceof ClosedError) throw error;
        const isHead = parsed === undefined ? this.#isHead() : parsed.head.method === "HEAD";
        return await this.#refuse(error, !isHead);
      }
      this.#channel.state = "handler";
      const handled = this.#handle(exchange);
      const reuse = typeof handled === "boolean" ? handled : await handled;
      if (this.#gone) return;
      this.#channel.state = "finishing";
      // Answers to earlier requests are still to be delivered; then closing is all that is left.
      if (this.#cutShort) return await this.#flush();
      const { body } = exchange;
      const wasRead = body.done;
      const drained = wasRead || (reuse && await this.#drainBody(body));
      body.close(wasRead);
      if (!reuse || !drained) return await this.#linger();
      this.#channel.state = "idle";
      if (writer.pending > BATCH_BYTES) await this.#flush();
    }
  }

  /** Whether an answer may be sent without asking the handler. */
  get #mayBeHot(): boolean {
    const { draining, settings, hot } = this.#channel.host;
    return !draining && settings.keepaliveMs > 0 && hot!.watcher?.full !== true;
  }

  /** Whether the connection is no longer this loop's to use. */
  get #gone(): boolean {
    return this.#channel.state === "closed" || this.#channel.state === "upgraded";
  }

  /** Sends an answer that is in memory; nothing to wait for when it goes with others. */
  #sendHot(answer: HotAnswer, request: ParsedRequest): Promise<void> | undefined {
    const { reader, writer, host } = this.#channel;
    const { watcher } = host.hot!;
    if (watcher !== undefined) return sendWatched(this.#channel, answer, request, watcher);
    const { bytes } = answer;
    const isAlone = reader.start === reader.end && writer.pending === 0;
    if (!isAlone && writer.pending + bytes.length <= BATCH_BYTES) {
      writer.putBytes(bytes);
      return undefined;
    }
    return writer.pending === 0
      ? writer.settleKept(bytes)
      : writer.settle().then(() => writer.settleKept(bytes));
  }

  /** Sets the deadline of the wait for a head: idle until its first byte, then that of the head. */
  #startWait(): boolean {
    const channel = this.#channel;
    const { reader, host } = channel;
    const { keepaliveMs, headMs } = host.settings;
    if (channel.state !== "idle") return true;
    if (reader.end > reader.start) {
      channel.state = "head";
      reader.deadline.arm(headMs);
      return true;
    }
    if (host.draining) return false;
    reader.narrow();
    reader.deadline.arm(keepaliveMs || headMs);
    return true;
  }

  /** The client will send nothing more: well between requests, an error within one. */
  #checkEnd(): void {
    const { reader } = this.#channel;
    if (reader.end === reader.start) return;
    throw new ProtocolError("bad_request_line", "Cannot read head: the connection ended in it");
  }

  /** Whether the head was late, so that the answer to that is under way. */
  get #late(): boolean {
    return this.#channel.state === "lingering";
  }

  /** Answers 408 at once, while the read that waits for the head goes on, and lingers. */
  #answerLate(): void {
    const channel = this.#channel;
    const { reader, writer, host, conn } = channel;
    channel.state = "lingering";
    const error = new TimeoutError("head", host.settings.headMs);
    this.#report(error, "request");
    putOwnAnswer(writer, error);
    reader.deadline.arm(host.settings.lingerMs || 1);
    writer.settle().then(() => conn.closeWrite()).catch(() => channel.close());
  }

  #begin({ head, framing, target, awaitsContinue }: ParsedRequest): Exchange {
    const channel = this.#channel;
    const { settings } = channel.host;
    const body = framing.kind === "none"
      ? NO_BODY
      : new BodyReader(channel.reader, framing.kind, framing.length, settings);
    body.checkLength();
    // Every reason not to reuse the connection that is known when a head is written.
    const mayPersist = (): boolean =>
      framing.keepAlive && settings.keepaliveMs > 0 && !channel.host.draining &&
      requestBody.mayPersist();
    const response = new OutgoingResponse(
      channel.writer,
      head.method,
      head.minorVersion,
      mayPersist,
    );
    const request = new ServerRequest(head, target);
    const requestBody: RequestBody = new RequestBody(channel, response, body, awaitsContinue);
    const con = new Connection(channel, request, response, requestBody);
    return { con, request, response, body };
  }

  /** Runs the handler and completes its response; whether the connection may be used again. */
  #handle(exchange: Exchange): boolean | Promise<boolean> {
    if (this.#unsettled.length === 0) this.#unsettled = [exchange.response];
    else this.#unsettled.push(exchange.response);
    try {
      const result = this.#handler(exchange.con, exchange.request);
      return isThenable(result)
        ? this.#handleLater(result, exchange)
        : this.#complete(result, exchange);
    } catch (error) {
      return this.#fail(error, exchange);
    }
  }

  async #handleLater(result: PromiseLike<unknown>, exchange: Exchange): Promise<boolean> {
    const { writer } = this.#channel;
    // Answers to earlier requests do not wait for this one.
    if (writer.pending > 0) {
      const earlier = this.#unsettled.splice(0, this.#unsettled.length - 1);
      writer.settle().then(() => this.#settleAll(earlier));
    }
    try {
      return await this.#complete(await result, exchange);
    } catch (error) {
      return this.#fail(error, exchange);
    }
  }

  #complete(result: unknown, exchange: Exchange): boolean | Promise<boolean> {
    if (this.#gone) return false;
    const { response } = exchange;
    const { sending } = response;
    if (sending !== undefined) return this.#handleLater(sending.then(() => result), exchange);
    try {
      if (result === false) response.fields.close = true;
      const complete = response.finish();
      if (!complete) {
        const error = new RangeError("Cannot end response: less was sent than was announced");
        this.#report(error, "handler", exchange.request);
      }
      return complete && response.keepAlive && result !== false &&
        this.#channel.writer.error === undefined;
    } catch (error) {
      return this.#fail(error, exchange);
    }
  }

  #fail(error: unknown, exchange: Exchange): boolean {
    if (error instanceof ReportedError) error = error.cause;
    else this.#report(error, "handler", exchange.request);
    return this.#gone ? false : this.#answerError(error, exchange);
  }

  #report(error: unknown, source: ErrorContext["source"], request?: ServerRequest): void {
    const { host, remoteAddr } = this.#channel;
    host.settings.onError(error, {
      source,
      remoteAddr,
      ...(request === undefined ? {} : { request }),
    });
  }

  /** Turns what a handler threw into a response, if nothing of another one left yet. */
  #answerError(error: unknown, { response, body }: Exchange): boolean {
    if (!response.unsent) {
      // Closing short of its end is the only way left to say that the response is not whole.
      response.abandon();
      response.settle(error ?? new TypeError("Cannot send response: it failed with no error"));
      this.#cutShort = true;
      return false;
    }
    response.reset(error);
    if (body.failed) response.fields.close = true;
    fillErrorResponse(response, error);
    response.finish();
    return response.keepAlive && this.#channel.writer.error === undefined;
  }

  /** Reads what the handler left of the body, within the limits; whether that was all of it. */
  async #drainBody(body: BodyReader): Promise<boolean> {
    const { settings } = this.#channel.host;
    await this.#flush();
    if (body.failed) return false;
    // A read that the handler gave up on must not go on beside this one.
    this.#channel.reader.abandonWait();
    try {
      const { lingerBytes, lingerMs } = settings;
      return await body.discard(lingerBytes, lingerMs, lingerMs);
    } catch {
      // A body that is malformed, late or cut short: the connection closes, after a linger.
      return false;
    }
  }

  /** Whether the head that is next, and may be malformed, is one of HEAD: its answer has no body. */
  #isHead(): boolean {
    const { reader } = this.#channel;
    return latin1(reader.bytes, reader.start, Math.min(reader.end, reader.start + 5)) === "HEAD ";
  }

  /** Answers a request that no handler can be given, and closes. */
  async #refuse(error: unknown, withBody: boolean): Promise<void> {
    // Anything else is a defect of ours, met while parsing.
    this.#report(error, error instanceof HttpError ? "request" : "connection");
    // No deadline of the head may put a second answer behind this one.
    this.#channel.state = "finishing";
    this.#channel.reader.deadline.disarm();
    putOwnAnswer(this.#channel.writer, error, withBody);
    await this.#linger();
  }

  /** Sends what is left and closes, in a way that lets the client read it (RFC 9112 9.6). */
  async #linger(): Promise<void> {
    const channel = this.#channel;
    const { reader, host } = channel;
    await this.#flush();
    if (this.#gone || host.settings.lingerMs === 0) return;
    channel.state = "lingering";
    reader.deadline.arm(host.settings.lingerMs);
    // Without half-close a client that waits for the end of the response would wait for ours.
    await channel.conn.closeWrite().catch((cause: unknown) => {
      throw new ClosedError("Cannot end response: the connection is closed", { cause });
    });
    await this.#swallow();
  }

  /** Drops whatever still arrives, until the client closes or the deadline that is armed passes. */
  async #swallow(): Promise<void> {
    const { reader } = this.#channel;
    do reader.consume(reader.end - reader.start); while (await reader.fill());
  }

  /** Sends all that is put; throws when the peer is gone. */
  async #flush(): Promise<void> {
    await this.#channel.writer.settle();
    this.#checkFlushed();
  }

  #checkFlushed(): void {
    const { error } = this.#channel.writer;
    if (error !== undefined) throw error;
    this.settle();
  }

  /** Tells what became of the responses that were put. */
  settle(): void {
    const responses = this.#unsettled;
    if (responses.length === 0) return;
    this.#unsettled = NO_RESPONSES;
    this.#settleAll(responses);
  }

  #settleAll(responses: readonly OutgoingResponse[]): void {
    const { writer } = this.#channel;
    const error = writer.error ??
      (this.#channel.state === "closed" && writer.bytesWritten < writer.bytesPut
        ? new ClosedError("Cannot send response: the connection was closed")
        : undefined);
    for (const response of responses) {
      response.settle(
        error ??
          (response.complete && response.ended
            ? undefined
            : new ClosedError("Cannot send response: it was cut short")),
      );
    }
  }
}

interface Exchange {
  readonly con: Connection;
  readonly request: ServerRequest;
  readonly response: OutgoingResponse;
  readonly body: BodyReader;
}
