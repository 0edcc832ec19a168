// The outer structure of zstd data (RFC 8878 3.1): where its frames and blocks end, so that data that was
// cut short is noticed, and that the decoder can be given no more than a block at once. What is in the
// blocks is left to the decoder. Pure.

/** Largest window of zstd as a content coding (RFC 9659 3): what a decoder has to keep in memory. */
export const MAX_WINDOW_BYTES: number = 8 * 1024 * 1024;

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;

/**
 * What comes next. All but what is in blocks and skippable frames is collected before it is looked at.
 *
 *   magic → descriptor → header → (head → content)… → checksum? → magic
 *   magic → size → skip → magic
 */
type State = "magic" | "descriptor" | "header" | "head" | "content" | "checksum" | "size" | "skip";

/** Follows zstd data. Throws RangeError with the reason when it is none. */
export class ZstdFrames {
  #state: State = "magic";
  /** Bytes of the present unit that are still to come. */
  #left = 4;
  /** The unit's bytes so far, where they matter. */
  #unit: number[] = [];
  #descriptor = 0;
  #lastBlock = false;

  /** Whether the data may end here: between two frames. */
  get complete(): boolean {
    return this.#state === "magic" && this.#unit.length === 0;
  }

  /**
   * Where the stretch of `bytes` ends that begins at `at`: with the content of a block, with a frame, or
   * with the bytes. So a stretch has one block at most, and nothing behind it.
   */
  next(bytes: Uint8Array, at: number): number {
    while (at < bytes.length) {
      const state = this.#state;
      const end = Math.min(bytes.length, at + this.#left);
      this.#left -= end - at;
      // Contents are not collected: they may be long, and say nothing about the structure.
      if (state !== "content" && state !== "skip") this.#unit.push(...bytes.subarray(at, end));
      at = end;
      if (this.#left > 0) break;
      this.#endUnit();
      if (state === "content" || this.#state === "magic") break;
    }
    return at;
  }

  #expect(state: State, bytes: number): void {
    this.#state = state;
    this.#left = bytes;
    this.#unit = [];
  }

  #endUnit(): void {
    const unit = this.#unit;
    switch (this.#state) {
      case "magic":
        return this.#endMagic(littleEndian(unit));
      case "descriptor":
        return this.#endDescriptor(unit[0]!);
      case "header":
        return this.#endHeader(unit);
      case "head":
        return this.#endBlockHead(littleEndian(unit));
      case "size": {
        const size = littleEndian(unit);
        return size === 0 ? this.#expect("magic", 4) : this.#expect("skip", size);
      }
      case "content":
        return this.#endBlock();
      default:
        this.#expect("magic", 4);
    }
  }

  #endMagic(magic: number): void {
    if (magic === MAGIC) this.#expect("descriptor", 1);
    else if (magic - magic % 16 === SKIPPABLE_MAGIC) this.#expect("size", 4);
    else throw new RangeError("no frame begins where one should");
  }

  #endDescriptor(descriptor: number): void {
    this.#descriptor = descriptor;
    const window = isSingleSegment(descriptor) ? 0 : 1;
    const dictionary = [0, 1, 2, 4][descriptor & 3]!;
    // At least one byte: a header without a window has a size.
    this.#expect("header", window + dictionary + sizeFieldBytes(descriptor));
  }

  #endHeader(header: number[]): void {
    const window = windowBytes(this.#descriptor, header);
    if (window > MAX_WINDOW_BYTES) {
      throw new RangeError(
        `a window of ${window} bytes is over the ${MAX_WINDOW_BYTES} of RFC 9659`,
      );
    }
    this.#expect("head", 3);
  }

  #endBlockHead(head: number): void {
    this.#lastBlock = (head & 1) === 1;
    const kind = head >> 1 & 3;
    if (kind === 3) throw new RangeError("a block is of the reserved kind");
    // A block of one repeated byte says how often, and holds that byte only.
    this.#expect("content", kind === 1 ? 1 : head >> 3);
    if (this.#left === 0) this.#endBlock();
  }

  #endBlock(): void {
    if (!this.#lastBlock) this.#expect("head", 3);
    else if ((this.#descriptor & 4) !== 0) this.#expect("checksum", 4);
    else this.#expect("magic", 4);
  }
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}

/** Length of the field with the size of the content. */
function sizeFieldBytes(descriptor: number): number {
  const flag = descriptor >> 6;
  return flag === 0 ? (isSingleSegment(descriptor) ? 1 : 0) : 1 << flag;
}

/** How much the decoder of a frame must keep (RFC 8878 3.1.1.1.2). */
function windowBytes(descriptor: number, header: number[]): number {
  if (isSingleSegment(descriptor)) {
    const field = header.slice(header.length - sizeFieldBytes(descriptor));
    return littleEndian(field) + (field.length === 2 ? 256 : 0);
  }
  const base = 2 ** (10 + (header[0]! >> 3));
  return base + base / 8 * (header[0]! & 7);
}

/** A number of up to eight bytes; rounded beyond 2^53, which is far over all limits. */
function littleEndian(bytes: number[]): number {
  return bytes.reduceRight((number, byte) => number * 256 + byte, 0);
}
