// One WebSocket connection after its handshake (RFC 6455 5 to 7): messages both ways, pings, and everything that
// decides about its end.
//
//   connecting ──> open ──> closing ──> lingering ──> closed
//       └────────────┴─────────┴───────────────────────┘
//
// closing: a close frame is on its way, here or there; lingering: both were exchanged, or one told of an error, and
// the client has yet to end the connection, which is dropped when it does not.

import { ClosedError, HttpError, TimeoutError } from "../../wire/errors.ts";
import { Deadline } from "../../wire/deadline.ts";
import type { Guest } from "../guests.ts";
import { observed } from "../observed.ts";
import type { UpgradedConn } from "../take_over.ts";
import { closeCodeOf, failureOf } from "./close_codes.ts";
import type { DeflateAgreement } from "./extension_offers.ts";
import { type Extensions, type Library, loadLibrary, type Receiver } from "./library.ts";
import { makeDeflate } from "./message_deflate.ts";
import { MessageReader } from "./message_reader.ts";
import { MessageWriter } from "./message_writer.ts";
import type { WebSocketSettings } from "./options.ts";

/** Where it stands. */
export type SessionState = "connecting" | "open" | "closing" | "lingering" | "closed";

/** Who is told of it. */
export interface SessionEvents {
  opened(): void;
  message(data: Uint8Array<ArrayBuffer>, isBinary: boolean): void;
  /** It fails; `closed` follows. */
  failed(error: unknown): void;
  closed(code: number, reason: string, isClean: boolean): void;
}

/** The most fragments of one message. */
const MAX_FRAGMENTS = 16 * 1024;
/** RFC 6455 7.4.1: what an interface shows for a frame without a code, and for an end without a frame. */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const GOING_AWAY = 1001;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

interface CloseFrame {
  readonly code: number | undefined;
  readonly reason: string;
}

/** One connection. */
export class WebSocketSession implements Guest {
  /** Where it stands. */
  state: SessionState = "connecting";
  /** Resolves when the connection is gone. */
  readonly ended: Promise<void>;
  readonly #onEnded: () => void;
  readonly #settings: WebSocketSettings;
  readonly #agreement: DeflateAgreement | undefined;
  readonly #events: SessionEvents;
  #conn: UpgradedConn["conn"] | undefined;
  #writer: MessageWriter | undefined;
  #reader: MessageReader | undefined;
  #deadline: Deadline | undefined;
  /** Bytes given to `send` that will never be sent. */
  #dropped = 0;
  /** The close frame to send once there is a connection. */
  #wanted: CloseFrame | undefined;
  #isCloseSent = false;
  #received: { code: number; reason: string } | undefined;
  #failure: { error: unknown } | undefined;
  #isTold = false;
  /** Whether the client ended its side while our close frame was on its way. */
  #hasPeerEnded = false;
  #isPinged = false;
  /** Of the writer, when the deadline was armed last. */
  #wasPending = false;
  #acceptedBefore = 0;

  constructor(
    settings: WebSocketSettings,
    agreement: DeflateAgreement | undefined,
    events: SessionEvents,
  ) {
    this.#settings = settings;
    this.#agreement = agreement;
    this.#events = events;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#onEnded = resolve;
  }

  /** Bytes of messages that were given to `send` and not accepted by the socket. */
  get bufferedAmount(): number {
    return (this.#writer?.bufferedAmount ?? 0) + this.#dropped;
  }

  /** Begins to speak on a connection. */
  start({ conn, buffered }: UpgradedConn): void {
    this.#conn = conn;
    this.#deadline = new Deadline(() => this.#passed());
    this.#run(conn, buffered).catch((error) => this.#fail(error));
  }

  /** There will be no connection. */
  abandon(error: unknown): void {
    if (this.state === "closed" || this.#conn !== undefined) return;
    this.#failure = { error };
    this.#lose();
  }

  /** Sends a message, whose bytes must not change any more. */
  send(data: Uint8Array | Blob, isBinary: boolean): void {
    const { maxBufferedAmount } = this.#settings;
    if (this.state === "open" && !this.#writer!.exceeds(maxBufferedAmount)) {
      return this.#writer!.send(data, isBinary);
    }
    this.#dropped += data instanceof Blob ? data.size : data.length;
    if (this.state !== "open") return;
    const { bufferedAmount, waiting } = this.#writer!;
    const most = `more than "maxBufferedAmount" allows (${maxBufferedAmount})`;
    const state = `${bufferedAmount} bytes in ${waiting} messages wait for the client, ${most}`;
    this.#fail(new HttpError(`Cannot send: ${state}`, { code: "limit" }));
  }

  /** Resolves when what was sent is accepted by the socket; rejects when it will not be. */
  flush(): Promise<void> {
    if (this.state === "closed" || this.state === "connecting") {
      return observed(Promise.reject(notOpen()));
    }
    return observed(this.#writer?.flush() ?? Promise.reject(notOpen()));
  }

  /** Begins the closing handshake. */
  close(code?: number, reason = ""): void {
    // A reason needs a code before it.
    const frame = { code: code ?? (reason === "" ? undefined : 1000), reason };
    if (this.state === "connecting") this.#wanted = frame;
    else if (this.state === "open") this.#sendClose(frame);
    else return;
    this.state = "closing";
  }

  goAway(): void {
    this.close(GOING_AWAY);
  }

  cut(): void {
    this.#lose();
  }

  async #run(conn: UpgradedConn["conn"], buffered: Uint8Array): Promise<void> {
    const library = await loadLibrary();
    if (this.#isClosed) return;
    const extensions: Extensions = {};
    const receiver = this.#makeReceiver(library, extensions);
    const writer = this.#writer = new MessageWriter(
      library,
      conn,
      extensions,
      { broken: () => this.#lose(), failed: (error) => this.#fail(error) },
    );
    const reader = this.#reader = new MessageReader(conn, receiver, {
      arrived: () => this.#arrived(),
      ready: () => this.#ready(writer),
      refused: (error) => {
        const { maxMessageBytes } = this.#settings;
        this.#fail(failureOf(error, maxMessageBytes, MAX_FRAGMENTS), closeCodeOf(error));
      },
    });
    if (this.#wanted === undefined) {
      this.state = "open";
      this.#arm(this.#settings.idleMs);
      this.#events.opened();
    } else {
      this.#sendClose(this.#wanted);
    }
    // A connection that breaks has ended, too.
    await reader.run(buffered).catch(() => {});
    this.#peerEnded();
  }

  get #isClosed(): boolean {
    return this.state === "closed";
  }

  #makeReceiver(library: Library, extensions: Extensions): Receiver {
    const maxPayload = this.#settings.maxMessageBytes;
    if (this.#agreement !== undefined) {
      const { params } = this.#agreement;
      const deflate = makeDeflate(library, params, maxPayload, (error) => this.#fail(error));
      extensions["permessage-deflate"] = deflate;
    }
    const receiver = new library.Receiver({
      isServer: true,
      extensions,
      maxPayload,
      maxFragments: MAX_FRAGMENTS,
    });
    receiver.on("message", (data, isBinary) => {
      if (this.state === "open") this.#events.message(data, isBinary);
    });
    receiver.on("ping", (data) => {
      if (this.state === "open") this.#writer!.pong(data);
    });
    receiver.on("conclude", (code, reason) => this.#concluded(code, utf8.decode(reason)));
    return receiver;
  }

  #arrived(): void {
    if (this.state !== "open") return;
    this.#isPinged = false;
    this.#arm(this.#settings.idleMs);
  }

  /** Who does not read what is sent will not be read either: nothing piles up in between. */
  async #ready(writer: MessageWriter): Promise<void> {
    const most = this.#settings.maxBufferedAmount / 2;
    const isFull = (): boolean => writer.pending > most || writer.exceeds(most);
    while (this.state === "open" && isFull()) await writer.progress();
  }

  #sendClose({ code, reason }: CloseFrame): void {
    this.#arm(this.#settings.closeMs || 1);
    this.#writer!.close(code, reason, () => {
      this.#isCloseSent = true;
      if (this.state === "closing") this.#arm(this.#settings.closeMs || 1);
      this.#tryFinish();
    });
  }

  /** The client's close frame has arrived. */
  #concluded(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.#reader!.discards = true;
    this.#received = { code, reason };
    if (this.state === "open") {
      this.state = "closing";
      this.#sendClose({ code: code === NO_STATUS ? undefined : code, reason: "" });
    } else {
      this.#tryFinish();
    }
  }

  /** Ends the closing handshake when it is complete, or cannot be. */
  #tryFinish(): void {
    if (!this.#isCloseSent || this.state !== "closing") return;
    if (this.#received === undefined && this.#failure === undefined) return;
    this.state = "lingering";
    const { code, reason } = this.#received ?? { code: ABNORMAL, reason: "" };
    this.#tell(code, reason, this.#received !== undefined);
    if (this.#hasPeerEnded || this.#settings.closeMs === 0) return this.#release();
    this.#arm(this.#settings.closeMs);
    // Closing at once would drop what the client has not read, if it has sent anything meanwhile.
    this.#conn!.closeWrite().catch(() => this.#release());
  }

  /** The client sends nothing more, or nothing that arrives. */
  #peerEnded(): void {
    if (this.state === "lingering") this.#release();
    else if (this.state === "closing" && this.#received !== undefined) this.#hasPeerEnded = true;
    else this.#lose();
  }

  /** Ends it because of an error, with a close frame if that has a code and one may be sent. */
  #fail(error: unknown, code?: number): void {
    if (this.#isClosed || this.state === "lingering") return;
    this.#failure ??= { error };
    if (code === undefined || this.state !== "open") return this.#lose();
    this.state = "closing";
    this.#sendClose({ code, reason: "" });
  }

  /** Ends it without another word. */
  #lose(): void {
    if (this.#isClosed) return;
    const { code, reason } = this.#received ?? { code: ABNORMAL, reason: "" };
    this.#tell(code, reason, false);
    this.#release();
  }

  #release(): void {
    if (this.#isClosed) return;
    this.state = "closed";
    this.#deadline?.remove();
    this.#writer?.destroy(notOpen());
    // Who keeps the socket does not keep the half of a message that was read.
    if (this.#reader !== undefined) this.#reader.discards = true;
    this.#reader = undefined;
    try {
      this.#conn?.close();
    } catch {
      // It was closed already, with the listener or by an error.
    }
    this.#onEnded();
  }

  #tell(code: number, reason: string, isClean: boolean): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const failure = this.#failure;
    // Never within a call of the user's own.
    queueMicrotask(() => {
      if (failure !== undefined) this.#events.failed(failure.error);
      this.#events.closed(code, reason, isClean);
    });
  }

  #arm(ms: number): void {
    this.#acceptedBefore = this.#writer!.accepted;
    this.#wasPending = this.#writer!.pending > 0;
    this.#deadline!.arm(ms);
  }

  /** Whether the client has taken something of what was waiting for it. */
  get #moves(): boolean {
    return this.#wasPending && this.#writer!.accepted > this.#acceptedBefore;
  }

  #passed(): void {
    const { idleMs, closeMs } = this.#settings;
    switch (this.state) {
      case "open":
        if (this.#isPinged && !this.#moves) {
          const fault = `the client did not answer a ping in ${idleMs / 1000} s`;
          return this.#fail(new TimeoutError("idle", idleMs, "idleTimeout", fault));
        }
        this.#arm(idleMs);
        if (!this.#isPinged) this.#writer!.ping();
        this.#isPinged = true;
        return;
      case "closing":
        if (!this.#moves) return this.#lose();
        return this.#arm(closeMs || 1);
      default:
        return this.#release();
    }
  }
}

function notOpen(): ClosedError {
  return new ClosedError("Cannot send: the WebSocket is not open");
}
