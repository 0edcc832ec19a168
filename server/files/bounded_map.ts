// A map that never holds more than a fixed number of entries: when it is full it starts anew.
// For values that are cheap to compute again and keys that a client may choose.

/** A map of at most `max` entries; keys longer than `maxKeyLength` are never kept. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, V>();
  readonly #max: number;
  readonly #maxKeyLength: number;

  constructor(max: number, maxKeyLength: number) {
    this.#max = max;
    this.#maxKeyLength = maxKeyLength;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value of `key`, computed and kept when it is not known yet. */
  get(key: string, compute: (key: string) => V): V {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const value = compute(key);
    if (key.length > this.#maxKeyLength) return value;
    if (this.#entries.size >= this.#max) this.#entries.clear();
    this.#entries.set(key, value);
    return value;
  }
}
