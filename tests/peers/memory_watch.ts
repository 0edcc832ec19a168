// Watches the memory of this process while a body moves: whether it has the same at the end as when all was
// under way. With `--v8-flags=--expose-gc` garbage is collected before each look: when the engine does so
// by itself depends on what else the machine does, and so do some 50 MiB.

import { assert } from "@std/assert";

const MIB = 1024 * 1024;
/** After each of these many bytes memory is looked at. */
const STEP_BYTES = 16 * MIB;
/** How much more memory may be in use at the end. */
const FLAT_BYTES = 32 * MIB;

const { gc } = globalThis as { gc?: () => void };

/** Looks at the memory of this process as a body moves. */
export class MemoryWatch {
  /** Bytes of the body so far. */
  bytes = 0;
  #next: number;
  /** What the process had in memory after each step. */
  readonly #samples: number[] = [];

  /** After `warmBytes` everything that will be going is. */
  constructor(warmBytes: number) {
    this.#next = warmBytes;
  }

  /** To be told how far the body is; fits a client's `onProgress`. */
  readonly onProgress = ({ bytes }: { bytes: number }): void => {
    this.bytes = bytes;
    if (bytes < this.#next) return;
    this.#next = bytes + STEP_BYTES;
    gc?.();
    this.#samples.push(Deno.memoryUsage().rss);
  };

  /** By how many bytes that which is usual at the end exceeds what was at first: garbage comes and goes. */
  growth(): number {
    const quarter = Math.floor(this.#samples.length / 4);
    assert(quarter > 1, "too few samples");
    return median(this.#samples.slice(-quarter)) - median(this.#samples.slice(0, quarter));
  }

  /** What was usual at the end must be what was usual at first. */
  assertFlat(): void {
    const growth = this.growth();
    assert(growth < FLAT_BYTES, `memory grew by ${(growth / MIB).toFixed(1)} MiB`);
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
