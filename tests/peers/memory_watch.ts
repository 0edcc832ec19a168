// Watches the memory of this process while a body moves: whether it has the same at the end as when all was
// under way. Garbage is collected before each look: when the engine does so by itself depends on what else
// the machine does, and so do some 100 MiB. For a process of its own: in one as large as that of the tests the
// engine takes and gives back 50 MiB for collecting garbage.

import { assert } from "@std/assert";
import { collectGarbage } from "../collect_garbage.ts";

const MIB = 1024 * 1024;
/** After so many bytes memory is looked at again, unless it is said otherwise: a look takes some 20 ms. */
const STEP_BYTES = 16 * MIB;
/** How much more may be reachable at the end. */
const FLAT_HELD = 4 * MIB;

/** Bytes of memory, or how many more there are. */
export interface MemoryUse {
  /** What the program can reach, within the heap of the engine and outside of it. */
  readonly held: number;
  /** What the process has of the machine. */
  readonly resident: number;
}

/** Looks at the memory of this process as a body moves. */
export class MemoryWatch {
  /** Bytes of the body so far. */
  bytes = 0;
  #next: number;
  readonly #step: number;
  /** What the process had in memory after each step. */
  readonly #samples: MemoryUse[] = [];

  /** After `warmBytes` everything that will be going is; from then on memory is looked at each `stepBytes`. */
  constructor(warmBytes: number, stepBytes: number = STEP_BYTES) {
    this.#next = warmBytes;
    this.#step = stepBytes;
  }

  /** To be told how far the body is; fits a client's `onProgress`. */
  readonly onProgress = ({ bytes }: { bytes: number }): void => {
    this.bytes = bytes;
    if (bytes < this.#next) return;
    this.#next = bytes + this.#step;
    collectGarbage();
    const { heapUsed, external, rss } = Deno.memoryUsage();
    this.#samples.push({ held: heapUsed + external, resident: rss });
  };

  /** By how many bytes that which is usual at the end exceeds what was at first: garbage comes and goes. */
  growth(): MemoryUse {
    const quarter = Math.floor(this.#samples.length / 4);
    assert(quarter > 1, "too few samples");
    const grown = (of: keyof MemoryUse): number => {
      const bytes = this.#samples.map((sample) => sample[of]);
      return median(bytes.slice(-quarter)) - median(bytes.slice(0, quarter));
    };
    return { held: grown("held"), resident: grown("resident") };
  }
}

/** What was usual at the end must be what was usual at first; `flatBytes`: how much more the process may have. */
export function assertFlat({ held, resident }: MemoryUse, flatBytes: number): void {
  const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
  assert(held < FLAT_HELD, `${mib(held)} more are reachable`);
  assert(resident < flatBytes, `the process has ${mib(resident)} more`);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]!;
}
