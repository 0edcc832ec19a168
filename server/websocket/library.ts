// The library that knows frames and their compression, npm:ws, loaded when the first WebSocket needs it; and what
// this package uses of it.

import type { DeflateParams } from "./extension_offers.ts";

type Done = (error: Error | null, bytes: Uint8Array<ArrayBuffer>) => void;

/** Compresses and inflates the messages of one connection. */
export interface PerMessageDeflate {
  /** Takes parameters for agreed. */
  accept(offers: DeflateParams[]): unknown;
  /** Compresses the whole of a message. */
  compress(data: Uint8Array, isLast: true, done: Done): void;
  /** Inflates a fragment of one. Must not call back before it has returned. */
  decompress(data: Uint8Array, isLast: boolean, done: Done): void;
}

/** What of `node:zlib` is in use. */
export interface Zlib {
  deflateRaw(data: Uint8Array, options: DeflateOptions, done: Done): void;
  inflateRaw(data: Uint8Array, options: InflateOptions, done: Done): void;
  readonly constants: { readonly Z_SYNC_FLUSH: number };
}

/** How to compress. */
export interface DeflateOptions {
  readonly finishFlush: number;
  readonly windowBits: number;
}

/** How to inflate. */
export interface InflateOptions {
  readonly finishFlush: number;
  readonly maxOutputLength: number;
}

/** The extensions of a connection, by name. */
export type Extensions = Record<string, PerMessageDeflate>;

/** Makes messages of bytes: a stream to be written to. */
export interface Receiver {
  on(event: "message", listener: (data: Uint8Array<ArrayBuffer>, isBinary: boolean) => void): void;
  on(event: "ping" | "pong", listener: (data: Uint8Array<ArrayBuffer>) => void): void;
  on(event: "conclude", listener: (code: number, reason: Uint8Array<ArrayBuffer>) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  /** Calls back when the bytes are used. */
  write(bytes: Uint8Array, done: (error?: Error | null) => void): void;
  /** The parts of the message under way, which another version may keep elsewhere; another array for each message. */
  readonly _fragments?: Uint8Array[];
}

/** Where a sender puts frames. */
export interface FrameSink {
  /** Whether the connection is gone. */
  readonly destroyed: boolean;
  /** What is written until `uncork` belongs together. */
  cork(): void;
  uncork(): void;
  /** Calls back when the bytes were accepted. */
  write(bytes: Uint8Array<ArrayBuffer>, done?: (error?: Error) => void): void;
}

type Sent = (error?: Error) => void;

/** Makes frames of messages. */
export interface Sender {
  onerror: (error: Error) => void;
  send(
    data: Uint8Array | Blob,
    options: { binary: boolean; compress: boolean; fin: true; mask: false },
    done: Sent,
  ): void;
  ping(data: Uint8Array, mask: false): void;
  pong(data: Uint8Array, mask: false, done: Sent): void;
  close(code: number | undefined, reason: string, mask: false, done: Sent): void;
}

/** The classes in use. */
export interface Library {
  readonly Receiver: new (options: {
    isServer: true;
    extensions: Extensions;
    maxPayload: number;
    maxFragments: number;
  }) => Receiver;
  readonly Sender: new (sink: FrameSink, extensions: Extensions) => Sender;
  readonly PerMessageDeflate: new (options: { isServer: true }) => PerMessageDeflate;
  readonly zlib: Zlib;
}

let loading: Promise<Library> | undefined;

/** The library; what failed once is tried again by the next one who asks. */
export function loadLibrary(): Promise<Library> {
  return loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
}

/**
 * Lends the library the functions for masking that newer versions of Node have in `node:http` while it loads. Without
 * them it would look for another implementation, for which it needs the permission to read an environment variable,
 * and would work byte by byte in the end.
 */
async function load(): Promise<Library> {
  const { default: http } = await import("node:http");
  const { default: zlib } = await import("node:zlib");
  const lent = { websocketMask, websocketUnmask };
  const isLent = !Object.hasOwn(http, "websocketMask");
  if (isLent) Object.assign(http, lent);
  try {
    const { PerMessageDeflate, Receiver, Sender } = await import("ws");
    return { PerMessageDeflate, Receiver, Sender, zlib } as unknown as Library;
  } finally {
    if (isLent) { for (const name of Object.keys(lent)) Reflect.deleteProperty(http, name); }
  }
}

/** Puts `source` into `output`, masked (RFC 6455 5.3). */
export function websocketMask(
  source: Uint8Array,
  mask: Uint8Array,
  output: Uint8Array,
  offset: number,
  length: number,
): void {
  output.set(length === source.length ? source : source.subarray(0, length), offset);
  websocketUnmask(output.subarray(offset, offset + length), mask);
}

/** Undoes a mask in place, four bytes at a time. */
export function websocketUnmask(bytes: Uint8Array, mask: Uint8Array): void {
  // Up to the first whole word; in few bytes there may be none.
  const head = bytes.length < 8 ? bytes.length : -bytes.byteOffset & 3;
  for (let i = 0; i < head; i++) bytes[i]! ^= mask[i & 3]!;
  if (head === bytes.length) return;
  const count = (bytes.length - head) >> 2;
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, count);
  // The mask as it stands at the first word, in whatever order the machine has its bytes.
  const turned = new Uint8Array(4).map((_, i) => mask[(head + i) & 3]!);
  const word = new Uint32Array(turned.buffer)[0]!;
  for (let i = 0; i < count; i++) words[i]! ^= word;
  for (let i = head + count * 4; i < bytes.length; i++) bytes[i]! ^= mask[i & 3]!;
}
