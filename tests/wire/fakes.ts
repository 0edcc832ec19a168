// What the wire's tests read from and write to instead of sockets: sources whose arrivals are
// scripted and sinks that take bytes as slowly, as partly or as badly as a test wants.

import type { ByteSink } from "../../wire/conn_writer.ts";
import type { ByteSource } from "../../wire/conn_reader.ts";

/** Bytes of text that has only characters below 0x100. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Text of bytes, a character per byte. */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The ways in which every parser must read the same message: whole, split in two, byte by byte. */
export function splitsOf(text: string): string[][] {
  const splits = [[text]];
  for (let i = 1; i < text.length; i++) splits.push([text.slice(0, i), text.slice(i)]);
  if (text.length > 2) splits.push([...text]);
  return splits;
}

type Arrival = Uint8Array | Error | null;

/** A source whose every read yields the next arrival, or waits until there is one. */
export class FakeSource implements ByteSource {
  /** Reads so far. */
  reads = 0;
  /** Whether a read waits. */
  waiting = false;
  /** The buffers that were read into. */
  readonly sizes: number[] = [];
  readonly #arrivals: Arrival[] = [];
  #wake: (() => void) | undefined;

  constructor(...arrivals: (string | Uint8Array | Error | null)[]) {
    this.push(...arrivals);
  }

  /** Adds arrivals: bytes, a failure, or null for the end. */
  push(...arrivals: (string | Uint8Array | Error | null)[]): void {
    for (const arrival of arrivals) {
      this.#arrivals.push(typeof arrival === "string" ? bytesOf(arrival) : arrival);
    }
    this.#wake?.();
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.waiting) throw new Error("Two reads at a time");
    if (into.length === 0) throw new Error("A read without room");
    this.reads++;
    this.sizes.push(into.length);
    this.waiting = true;
    while (this.#arrivals.length === 0) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    this.waiting = false;
    const arrival = this.#arrivals[0]!;
    if (arrival === null) return null;
    if (arrival instanceof Error) throw arrival;
    const count = Math.min(into.length, arrival.length);
    into.set(arrival.subarray(0, count));
    if (count === arrival.length) this.#arrivals.shift();
    else this.#arrivals[0] = arrival.subarray(count);
    return count;
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await Promise.resolve();
}

interface Write {
  readonly bytes: Uint8Array;
  finish(count: number): void;
  fail(reason: unknown): void;
}

/**
 * A sink that copies the bytes of a write only when it completes, so that whoever touches them
 * before is found out.
 */
export class FakeSink implements ByteSink {
  /** The bytes of each completed write, as text. */
  readonly writes: string[] = [];
  /** The write under way. */
  current: Write | undefined;
  closed = false;
  /** The most bytes that one write takes. */
  most: number = Infinity;
  /** Whether writes wait until `proceed` is called. */
  held = false;
  /** Number of writes after which all fail. */
  failAfter: number = Infinity;

  /** All that was accepted. */
  get text(): string {
    return this.writes.join("");
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.current !== undefined) return Promise.reject(new Error("Two writes at a time"));
    if (this.closed) return Promise.reject(new Error("Closed"));
    if (this.writes.length >= this.failAfter) return Promise.reject(new Error("Broken pipe"));
    return new Promise((resolve, reject) => {
      this.current = {
        bytes,
        finish: (count) => {
          this.current = undefined;
          this.writes.push(textOf(bytes.subarray(0, count)));
          resolve(count);
        },
        fail: (reason) => {
          this.current = undefined;
          reject(reason);
        },
      };
      if (!this.held) queueMicrotask(() => this.proceed());
    });
  }

  /** Completes the write under way. */
  proceed(): void {
    this.current?.finish(Math.min(this.most, this.current.bytes.length));
  }

  close(): void {
    this.closed = true;
    this.current?.fail(new Error("Interrupted"));
  }
}
