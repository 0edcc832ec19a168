// Every option of a WebSocket, with its default; and their checked form, in milliseconds and bytes.

import { isToken } from "../../wire/headers.ts";

/** What a WebSocket agrees to, and its limits. Sizes are bytes, times are seconds. */
export interface UpgradeWebSocketOptions {
  /** The subprotocol to speak. Default: none. A client that does not offer it: TypeError. */
  protocol?: string;
  /**
   * Subprotocols that may be spoken, the preferred one first: the first that the client offers is. Default: none.
   * A client that offers none of them gets none, and most then leave.
   */
  protocols?: readonly string[];
  /**
   * Which pages may connect: their origins, such as `"https://example.com"`, or a function that is asked with the
   * origin. Default: all, which is dangerous where cookies let a client in, since browsers send those for
   * every page. A list lets clients without an Origin pass: they are no browsers; a function is asked with
   * null. Otherwise: HttpError, status 403.
   */
  allowOrigin?: readonly string[] | ((origin: string | null) => boolean);
  /**
   * How long a client may be silent before it is sent a ping, and how long it may then take to answer, in
   * seconds. Default: 30. 0: no limit. When it passes a second time the connection is cut.
   */
  idleTimeout?: number;
  /**
   * How long the client may take to answer a close frame, and to close the connection then, in seconds.
   * Default: 10. 0: it is not waited for. When it passes the connection is cut.
   */
  closeTimeout?: number;
  /**
   * Longest message accepted, in bytes, after it was inflated. Default: 16 MiB. Beyond it the connection
   * closes with code 1009.
   */
  maxMessageBytes?: number;
  /**
   * How much sent data may wait for a client that does not read, in bytes. Default: 16 MiB. `Infinity`: no limit.
   * Does not limit the size of a message: sending while more than this waits cuts the connection, and while
   * more than half of it does nothing is read. Messages count about 64 bytes more than they have, beyond the first
   * few thousand.
   */
  maxBufferedAmount?: number;
  /**
   * Whether messages may be compressed (permessage-deflate, RFC 7692), if the client offers it. Default: false,
   * as it costs time, and, where messages mix secrets with what others chose,
   * secrecy. Each message is compressed by itself, those below 1 KiB not at all.
   */
  compression?: boolean;
}

/** The checked options: every one set, times in milliseconds; 0: none. */
export interface WebSocketSettings {
  readonly protocol: string | undefined;
  readonly protocols: readonly string[];
  readonly allowOrigin: readonly string[] | ((origin: string | null) => boolean) | undefined;
  readonly idleMs: number;
  readonly closeMs: number;
  readonly maxMessageBytes: number;
  readonly maxBufferedAmount: number;
  readonly compression: boolean;
}

const NAMES: ReadonlySet<string> = new Set(
  [
    "protocol",
    "protocols",
    "allowOrigin",
    "idleTimeout",
    "closeTimeout",
    "maxMessageBytes",
    "maxBufferedAmount",
    "compression",
  ] satisfies (keyof UpgradeWebSocketOptions)[],
);

/** The most that a message may be allowed to have: its bytes are counted in 31 bits. */
const MOST_MESSAGE_BYTES = 2 ** 31 - 1;

/** Checks options and fills in the defaults. Throws TypeError or RangeError naming the option. */
export function resolveWebSocketOptions(options: UpgradeWebSocketOptions): WebSocketSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot upgrade: the options are not an object");
  }
  // What is misspelt must not leave a limit, or an origin, unchecked.
  const unknown = Object.keys(options).find((name) => !NAMES.has(name));
  if (unknown !== undefined) throw new TypeError(`Cannot upgrade: no option "${unknown}"`);
  const { protocol, protocols = [], allowOrigin, compression = false } = options;
  if (!isListOf(protocols, isProtocol)) refuse("protocols", "is not a list of tokens");
  // Deno takes the empty one for none, too.
  if (protocol !== undefined && protocol !== "" && !isProtocol(protocol)) {
    refuse("protocol", "is not a token");
  }
  if (
    allowOrigin !== undefined && typeof allowOrigin !== "function" && !isListOf(allowOrigin, isText)
  ) {
    refuse("allowOrigin", "is neither a list of origins nor a function");
  }
  if (typeof compression !== "boolean") refuse("compression", "is neither true nor false");
  const number = (name: keyof UpgradeWebSocketOptions, byDefault: number): number => {
    const value = options[name] ?? byDefault;
    if (typeof value !== "number") refuse(name, "is not a number");
    return value;
  };
  const ms = (name: keyof UpgradeWebSocketOptions, byDefault: number): number => {
    const seconds = number(name, byDefault);
    if (seconds >= 0) return seconds * 1000;
    throw new RangeError(`Cannot upgrade: option "${name}" is ${seconds}, not 0 or more seconds`);
  };
  const size = (name: keyof UpgradeWebSocketOptions, byDefault: number, most: number): number => {
    const bytes = number(name, byDefault);
    if (bytes === most || (Number.isInteger(bytes) && bytes >= 1 && bytes <= most)) return bytes;
    throw new RangeError(`Cannot upgrade: option "${name}" is ${bytes}, not from 1 to ${most}`);
  };
  return {
    protocol: protocol === "" ? undefined : protocol,
    protocols: [...protocols],
    allowOrigin: typeof allowOrigin === "object" ? [...allowOrigin] : allowOrigin,
    idleMs: ms("idleTimeout", 30),
    closeMs: ms("closeTimeout", 10),
    maxMessageBytes: size("maxMessageBytes", 16 * 1024 * 1024, MOST_MESSAGE_BYTES),
    maxBufferedAmount: size("maxBufferedAmount", 16 * 1024 * 1024, Infinity),
    compression,
  };
}

function isListOf<T>(value: unknown, isElement: (it: unknown) => it is T): value is T[] {
  return Array.isArray(value) && value.every(isElement);
}

function isProtocol(value: unknown): value is string {
  return typeof value === "string" && isToken(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function refuse(name: keyof UpgradeWebSocketOptions, why: string): never {
  throw new TypeError(`Cannot upgrade: option "${name}" ${why}`);
}
