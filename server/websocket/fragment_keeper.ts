// Keeps small what waits for the last fragment of a message: the library cuts fragments out of the pieces that it is
// given, and each, be it of one byte, would hold the whole of its piece until then. In memory only.

import { concatBytes } from "../../wire/concat_bytes.ts";

/** Watches the messages of one connection. */
export class FragmentKeeper {
  #seen: Uint8Array[] | undefined;
  /** How many of them are as they should be. */
  #count = 0;

  /**
   * Joins those of a message's fragments that are new since the last look, where they hold more than twice their
   * bytes.
   */
  look(fragments: Uint8Array[] | undefined): void {
    if (fragments === undefined) return;
    if (fragments !== this.#seen) {
      this.#seen = fragments;
      this.#count = 0;
    }
    const fresh = fragments.slice(this.#count);
    if (fresh.length > 0 && heldBy(fresh) > 2 * sizeOf(fresh)) {
      fragments.splice(this.#count, fresh.length, concatBytes(fresh));
    }
    this.#count = fragments.length;
  }
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** What is behind them; neighbours that are cut from the same hold it once. */
function heldBy(pieces: readonly Uint8Array[]): number {
  let held = 0;
  for (let i = 0; i < pieces.length; i++) {
    const { buffer } = pieces[i]!;
    if (i === 0 || buffer !== pieces[i - 1]!.buffer) held += buffer.byteLength;
  }
  return held;
}
