// Random input that can be had again: every run of a fuzz test prints its seed when it fails, and
// `FUZZ_SEED=<seed>` runs that one alone. `FUZZ_SECONDS` is how long each test goes on, 0.5 by default.

import { bytesOf } from "../wire/fakes.ts";

const SECONDS = Number(Deno.env.get("FUZZ_SECONDS") ?? 0.5);
/** Seeds that always run first; those that once found something stay here. */
const FIXED = [1, 2, 3, 4, 5];

/** A generator of numbers (mulberry32), determined by its seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 up to `below`, without it. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  }

  /** One of several. */
  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** Text of random bytes, a character per byte. */
  bytes(length: number): string {
    let text = "";
    for (let i = 0; i < length; i++) text += String.fromCharCode(this.below(256));
    return text;
  }

  /** Cuts text into pieces of random lengths. */
  split(text: string): string[] {
    const longest = this.pick([1, 3, 30, 300, 3000]);
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + this.below(longest);
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    return pieces;
  }

  /** Changes text in a few places: bytes lost, doubled, moved, replaced, and pieces of `spare` added. */
  mutate(text: string, spare: readonly string[]): string {
    for (let times = this.below(4); times > 0; times--) {
      const at = this.below(text.length + 1);
      const length = this.below(this.pick([2, 8, 40]));
      const piece = text.slice(at, at + length);
      const rest = text.slice(at + length);
      const changed = [
        () => text.slice(0, at) + rest,
        () => text.slice(0, at) + piece + piece + rest,
        () => text.slice(0, at) + this.pick(spare) + text.slice(at),
        () => text.slice(0, at) + this.pick(spare) + rest,
        () => text.slice(0, at) + this.bytes(1 + this.below(3)) + text.slice(at + 1),
        () => text.slice(0, at),
        () => rest + text.slice(0, at),
      ];
      text = this.pick(changed)();
    }
    return text;
  }
}

/** What parsers trip over, to be strewn in. */
export const NASTY: readonly string[] = [
  ...'\r\n\t\0 :;,="\\#%*@[]\x7f\x80\xff',
  "\r\n",
  "\n\n",
  "\r\n\r\n",
  "\r\r\n",
  "\n\r\n",
  "\r\n ",
  " \r\n",
  "0",
  "0\r\n\r\n",
  "ffffffffffffffff",
  "9007199254740992",
  "Content-Length: 5\r\n",
  "Content-Length: 0\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Transfer-Encoding: gzip, chunked\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive\r\n",
  "Expect: 100-continue\r\n",
  "Host: b\r\n",
  "HTTP/1.1",
  "HTTP/1.0",
  "HEAD ",
  "http://c/",
  "x".repeat(50),
];

/**
 * Calls `attempt` with generators of the fixed seeds and then of random ones until the time is over.
 * What it throws is thrown on, with the seed in front.
 */
export async function fuzz(attempt: (random: Random) => unknown): Promise<void> {
  const only = Deno.env.get("FUZZ_SEED");
  const seeds = only === undefined ? [...FIXED] : [Number(only)];
  const until = performance.now() + SECONDS * 1000;
  while (seeds.length > 0) {
    const seed = seeds.shift()!;
    try {
      await attempt(new Random(seed));
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`FUZZ_SEED=${seed}: ${why}`, { cause });
    }
    if (seeds.length === 0 && only === undefined && performance.now() < until) {
      seeds.push(Math.floor(Math.random() * 2 ** 32));
    }
  }
}

/** Bytes of an input and nonsense behind them, as in a window that was used before. */
export function withStaleBytes(text: string, stale: string): Uint8Array<ArrayBuffer> {
  return bytesOf(text + stale);
}
