// Chunks that wait, in their order. Not an array with `shift`, which moves all that are left.

/** Chunks, first in, first out. */
export class ChunkQueue {
  #chunks: (Uint8Array | undefined)[] = [];
  #first = 0;

  /** Adds one at the end. */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  /** Takes the first one; undefined when there is none. */
  shift(): Uint8Array | undefined {
    if (this.#first === this.#chunks.length) return undefined;
    const chunk = this.#chunks[this.#first];
    // Whoever has it decides how long it lives.
    this.#chunks[this.#first++] = undefined;
    // What is taken goes when it is half of all: each is moved once at the most, on average.
    if (this.#first * 2 >= this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#first);
      this.#first = 0;
    }
    return chunk;
  }
}
