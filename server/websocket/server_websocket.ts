// The standard's WebSocket interface (https://websockets.spec.whatwg.org/#the-websocket-interface) over a session.

import { encoder } from "../../wire/bytes.ts";
import { checkClose } from "./close_codes.ts";
import type { DeflateAgreement } from "./extension_offers.ts";
import { type EventHandler, EventHandlers } from "./event_handlers.ts";
import type { WebSocketSettings } from "./options.ts";
import { type SessionState, WebSocketSession } from "./session.ts";

const READY_STATES: Record<SessionState, number> = {
  connecting: 0,
  open: 1,
  closing: 2,
  lingering: 3,
  closed: 3,
};

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** What is known of a socket before it is open. */
export interface SocketFacts {
  readonly url: string;
  readonly protocol: string;
  readonly deflate: DeflateAgreement | undefined;
}

/** A WebSocket of the server's. */
export class SocketObject extends EventTarget {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly #session: WebSocketSession;
  readonly #facts: SocketFacts;
  readonly #handlers: EventHandlers;
  /** As Deno's sockets of servers have it, which unlike those of clients do not begin with "blob". */
  #binaryType: BinaryType = "arraybuffer";

  /** `target` is where the events are dispatched, if not here. */
  constructor(settings: WebSocketSettings, facts: SocketFacts, target?: EventTarget) {
    super();
    this.#facts = facts;
    this.#handlers = new EventHandlers(this);
    const dispatch = (event: Event): boolean => (target ?? this).dispatchEvent(event);
    this.#session = new WebSocketSession(settings, facts.deflate, {
      opened: () => dispatch(new Event("open")),
      message: (data, isBinary) => {
        const value = isBinary ? this.#binary(data) : utf8.decode(data);
        dispatch(new MessageEvent("message", { data: value }));
      },
      failed: (error) => {
        const message = error instanceof Error ? error.message : String(error);
        dispatch(new ErrorEvent("error", { error, message }));
      },
      closed: (code, reason, wasClean) => {
        dispatch(new CloseEvent("close", { code, reason, wasClean }));
      },
    });
  }

  /** The session of one. */
  static sessionOf(socket: SocketObject): WebSocketSession {
    return socket.#session;
  }

  get readyState(): number {
    return READY_STATES[this.#session.state];
  }

  get url(): string {
    return this.#facts.url;
  }

  get protocol(): string {
    return this.#facts.protocol;
  }

  get extensions(): string {
    return this.#facts.deflate?.field ?? "";
  }

  get bufferedAmount(): number {
    return this.#session.bufferedAmount;
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(value: BinaryType) {
    // As all enumerations of the web: what is not one of its values changes nothing.
    if (value === "blob" || value === "arraybuffer") this.#binaryType = value;
  }

  get onopen(): EventHandler {
    return this.#handlers.get("open");
  }

  set onopen(value: EventHandler) {
    this.#handlers.set("open", value);
  }

  get onmessage(): EventHandler {
    return this.#handlers.get("message");
  }

  set onmessage(value: EventHandler) {
    this.#handlers.set("message", value);
  }

  get onerror(): EventHandler {
    return this.#handlers.get("error");
  }

  set onerror(value: EventHandler) {
    this.#handlers.set("error", value);
  }

  get onclose(): EventHandler {
    return this.#handlers.get("close");
  }

  set onclose(value: EventHandler) {
    this.#handlers.set("close", value);
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (arguments.length === 0) throw new TypeError("Cannot send: nothing was given");
    if (this.#session.state === "connecting") {
      throw new DOMException("Cannot send: the WebSocket is not open yet", "InvalidStateError");
    }
    if (data instanceof Blob) return this.#session.send(data, true);
    const bytes = copyOf(data);
    if (bytes !== undefined) return this.#session.send(bytes, true);
    this.#session.send(encoder.encode(String(data)), false);
  }

  close(code?: number, reason?: string): void {
    const clamped = code === undefined ? undefined : clamp(Number(code));
    const text = reason === undefined ? "" : String(reason).toWellFormed();
    checkClose(clamped, text);
    this.#session.close(clamped, text);
  }

  flush(): Promise<void> {
    return this.#session.flush();
  }

  #binary(data: Uint8Array<ArrayBuffer>): ArrayBuffer | Blob {
    if (this.#binaryType === "blob") return new Blob([data]);
    const { buffer, byteOffset, length } = data;
    if (length === buffer.byteLength) return buffer;
    return buffer.slice(byteOffset, byteOffset + length);
  }
}

/** The bytes of a buffer as they are now: its owner may change them before they leave. */
function copyOf(data: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
  }
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) {
    return new Uint8Array(data).slice();
  }
  return undefined;
}

/** `[Clamp] unsigned short` of Web IDL: the nearest whole number from 0 to 65535. */
function clamp(code: number): number {
  return Number.isNaN(code) ? 0 : Math.round(Math.min(Math.max(code, 0), 65535));
}

/**
 * Makes the sockets instances of the global WebSocket, which is loaded with that: not before the first one is
 * needed.
 */
export function makeStandard(): void {
  const { prototype } = SocketObject;
  if (prototype instanceof WebSocket) return;
  Object.setPrototypeOf(prototype, WebSocket.prototype);
  // What is printed of them is what others print.
  Object.defineProperty(SocketObject, "name", { value: "WebSocket" });
}
