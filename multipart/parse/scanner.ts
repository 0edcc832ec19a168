// What a multipart body consists of, token by token: the state machine under everything that parses. It
// makes no copy of content; whoever keeps the content of a token takes it with `own`.

import { LimitError } from "../../wire/errors.ts";
import type { MultipartType } from "./content_type.ts";
import { ChunkQueue } from "./chunk_queue.ts";
import { Delimiter } from "./delimiter.ts";
import { DelimiterLine } from "./delimiter_line.ts";
import { findBareLineFeed, findBlockEnd } from "./header_block.ts";
import { HeaderStash } from "./header_stash.ts";
import type { MultipartLimits } from "./limits.ts";
import { MultipartError } from "./multipart_error.ts";
import { tryPlainHead } from "./plain_head.ts";
import { type HeadRules, parsePartHead, type PartHead } from "./part_head.ts";

/**
 * `need`: give more bytes. `part`: a part begins, `head` is its header. `data`: some of its content, `view`;
 * with `last` set, all that was left of it. `done`: its content is complete, and nothing was left. `end`:
 * the close delimiter was there; whatever follows is dropped, so that all further tokens are `need`.
 */
export type Token = "need" | "part" | "data" | "done" | "end";

/**
 * preamble → line → (header → content → line)* → closed → epilogue; `line` is what follows a delimiter,
 * `closed` is left with the token that says so.
 */
type State = "preamble" | "line" | "header" | "content" | "closed" | "epilogue";

const EMPTY = new Uint8Array(0);
const CR = 13;
const LF = 10;
const DASH = 0x2d;
/** A delimiter begins with a line break that is not there, or stood there as the end of a header. */
const IMPLIED_BYTES = 2;

/** Scans one body. */
export class Scanner {
  /** After `part`: its header. */
  head: PartHead | undefined;
  /** After `data`: its content is `bytes[start, end)`. */
  bytes: Uint8Array = EMPTY;
  start = 0;
  end = 0;
  /** After `data`: whether it was the last of its part, for which no `done` comes. */
  last = false;

  readonly #delimiter: Delimiter;
  readonly #limits: Required<MultipartLimits>;
  readonly #headRules: HeadRules;
  #state: State = "preamble";
  #failure: unknown;

  /** What is being scanned, and where the scanner stands in it. */
  #chunk: Uint8Array = EMPTY;
  #at = 0;
  /** How long the chunk was: its memory may have been transferred. */
  #size = 0;
  readonly #queue: ChunkQueue = new ChunkQueue();
  #ended = false;
  /** Bytes of the body before the current chunk. */
  #base = 0;
  /** Bytes that may still be pushed; and whether more were. */
  #room: number;
  #overflown = false;

  /** Bytes of a delimiter that the chunks so far end with; the implied ones are content of nothing. */
  #matched = IMPLIED_BYTES;
  #implied = IMPLIED_BYTES;
  readonly #line = new DelimiterLine();
  readonly #stash: HeaderStash;
  /** Whether a part is complete as soon as the line of the delimiter after it is. */
  #isOpen = false;
  #parts = 0;
  #preambleBytes = 0;
  /** Bytes that the content of this part may still have. */
  #contentRoom = Infinity;

  constructor(type: MultipartType, limits: Required<MultipartLimits>) {
    this.#delimiter = new Delimiter(type.boundary);
    this.#limits = limits;
    this.#headRules = {
      isForm: type.isForm,
      maxHeaders: limits.maxHeaders,
      dashBoundary: `--${type.boundary}`,
    };
    this.#stash = new HeaderStash(limits.maxHeaderBytes);
    this.#room = limits.maxTotalBytes;
  }

  /** Gives bytes to scan, which belong to the scanner from now on. */
  push(chunk: Uint8Array): void {
    if (!(chunk instanceof Uint8Array)) {
      throw new TypeError(`Cannot push ${typeof chunk}: it is not a Uint8Array`);
    }
    if (this.#ended) throw new TypeError("Cannot push: the body has ended");
    if (chunk.length === 0 && isDetached(chunk.buffer)) throw transferredError();
    // Memory that others may write to meanwhile is neither scanned nor given out; nor are other classes.
    if (!(chunk.buffer instanceof ArrayBuffer)) chunk = copy(chunk);
    else if (chunk.constructor !== Uint8Array) {
      chunk = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
    }
    if (chunk.length > this.#room) {
      this.#overflown = true;
      chunk = chunk.subarray(0, this.#room);
    }
    this.#room -= chunk.length;
    if (chunk.length > 0) this.#queue.push(chunk);
  }

  /** Says that nothing follows. */
  finish(): void {
    this.#ended = true;
  }

  /** After `data`: content, valid until the next call; `own` makes it one's own. */
  get view(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** How many bytes that are. */
  get length(): number {
    return this.end - this.start;
  }

  /** The next token. Throws a MultipartError or LimitError, and the same one again ever after. */
  next(): Token {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (this.#state === "closed") return this.#close()!;
      while (this.#at < this.#chunk.length || this.#nextChunk()) {
        const token = this.#step();
        if (token !== undefined) return token;
      }
      return this.#starve();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** The content of the last token, which nothing here refers to any more: it may be transferred. */
  own(): Uint8Array<ArrayBuffer> {
    const { view } = this;
    const rest = this.#chunk.length - this.#at;
    // The smaller one is copied: content, or what is left of the chunk. And content of the delimiter's own
    // bytes, or of a chunk that is not alone in its memory.
    const isShared = this.bytes !== this.#chunk || view.buffer.byteLength > this.#chunk.length;
    if (view.length <= rest || isShared) return copy(view);
    this.#base += this.#at;
    this.#chunk = rest === 0 ? EMPTY : copy(this.#chunk.subarray(this.#at));
    this.#size = rest;
    this.#at = 0;
    return view as Uint8Array<ArrayBuffer>;
  }

  #nextChunk(): boolean {
    const next = this.#queue.shift();
    if (this.#at < this.#size || next?.length === 0) {
      throw transferredError();
    }
    if (next === undefined) return false;
    this.#base += this.#size;
    this.#chunk = next;
    this.#size = next.length;
    this.#at = 0;
    return true;
  }

  /** One step, in a chunk with at least one byte left; undefined when it gave no token. */
  #step(): Token | undefined {
    switch (this.#state) {
      case "preamble":
        return this.#skipPreamble();
      case "content":
        return this.#readContent();
      case "line":
        return this.#readLine();
      case "header":
        return this.#readHeader();
      default:
        // Whatever it is, delimiters included (RFC 2046 5.1.1).
        this.#at = this.#chunk.length;
        return undefined;
    }
  }

  #skipPreamble(): undefined {
    const isOver = this.#seek();
    this.#preambleBytes += this.length;
    if (this.#preambleBytes > this.#limits.maxPreambleBytes) {
      throw new LimitError("maxPreambleBytes", this.#limits.maxPreambleBytes, 400);
    }
    if (isOver) this.#state = "line";
  }

  #readContent(): Token | undefined {
    const isOver = this.#seek();
    const { length } = this;
    if (isOver) {
      this.#state = "line";
      this.#isOpen = true;
    }
    if (length === 0) return undefined;
    if (length > this.#contentRoom) return this.#cutContent();
    this.#contentRoom -= length;
    this.last = isOver && this.#takePlainLine();
    return "data";
  }

  /** Gives what the limit allows, and fails with the next call. */
  #cutContent(): Token {
    const error = new LimitError("maxFileBytes", this.#limits.maxFileBytes, 413);
    if (this.#contentRoom === 0) throw error;
    this.end = this.start + this.#contentRoom;
    this.last = false;
    this.#failure = error;
    return "data";
  }

  /**
   * Looks for the delimiter. Whether it was found, and the scanner stands after it; the view is what is
   * content, since it cannot be part of a delimiter.
   */
  #seek(): boolean {
    const chunk = this.#chunk;
    const { bytes } = this.#delimiter;
    if (this.#matched > 0) {
      // Nothing but the implied line break, and the next byte is not a dash: the usual beginning.
      const isNone = this.#matched === this.#implied && chunk[this.#at] !== DASH;
      if (!isNone) return this.#resume();
      this.#matched = this.#implied = 0;
    }
    const found = this.#delimiter.find(chunk, this.#at);
    if (found >= 0) {
      this.#show(chunk, this.#at, found);
      this.#at = found + bytes.length;
      return true;
    }
    this.#matched = this.#delimiter.suffix(chunk, this.#at);
    this.#show(chunk, this.#at, chunk.length - this.#matched);
    this.#at = chunk.length;
    return false;
  }

  #show(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** The same, where a delimiter may have begun in the chunks before. */
  #resume(): boolean {
    const chunk = this.#chunk;
    const { bytes } = this.#delimiter;
    let at = this.#at;
    let matched = this.#matched;
    while (matched < bytes.length && at < chunk.length && chunk[at] === bytes[matched]) {
      matched++;
      at++;
    }
    const isWhole = matched === bytes.length;
    if (isWhole || at === chunk.length) {
      this.#show(EMPTY, 0, 0);
      this.#at = at;
    } else {
      // It was none: what the chunks before ended with is content after all.
      this.#show(bytes, this.#implied, this.#matched);
      matched = 0;
    }
    this.#matched = isWhole ? 0 : matched;
    if (this.#matched === 0) this.#implied = 0;
    return isWhole;
  }

  /** Takes the rest of a delimiter's line if it is all in this chunk and has no blanks: the usual. */
  #takePlainLine(): boolean {
    const chunk = this.#chunk;
    const isClosing = chunk[this.#at] === DASH && chunk[this.#at + 1] === DASH;
    const end = this.#at + (isClosing ? 2 : 0);
    if (chunk[end] !== CR || chunk[end + 1] !== LF) return false;
    this.#at = end + 2;
    this.#state = isClosing ? "closed" : "header";
    this.#isOpen = false;
    return true;
  }

  #readLine(): Token | undefined {
    const line = this.#line;
    this.#at = line.read(this.#chunk, this.#at, this.#base);
    if (!line.isComplete) return undefined;
    this.#state = line.isClosing ? "closed" : "header";
    line.reset();
    return this.#close();
  }

  /** What there is to tell when the line of a delimiter is complete. */
  #close(): Token | undefined {
    if (this.#isOpen) {
      this.#isOpen = false;
      return "done";
    }
    if (this.#state !== "closed") return undefined;
    this.#state = "epilogue";
    return "end";
  }

  #readHeader(): Token | undefined {
    const chunk = this.#chunk;
    const at = this.#at;
    const { maxParts, maxHeaderBytes } = this.#limits;
    const stashed = this.#stash.length;
    if (stashed === 0) {
      if (this.#parts === maxParts) throw new LimitError("maxParts", maxParts, 413);
      const plain = tryPlainHead(chunk, at);
      if (plain !== undefined && plain.end - at <= maxHeaderBytes && this.#limits.maxHeaders > 0) {
        this.#at = plain.end;
        return this.#beginPart(plain.head);
      }
      const end = findBlockEnd(chunk, at, at, Math.min(chunk.length, at + maxHeaderBytes));
      if (end >= 0) {
        this.#at = end;
        return this.#beginPart(
          parsePartHead(chunk.subarray(at, end), this.#base + at, this.#headRules),
        );
      }
    }
    const used = this.#stash.add(chunk, at);
    if (used < 0) {
      this.#at = chunk.length;
      return undefined;
    }
    this.#at = at + used;
    const block = this.#stash.bytes;
    this.#stash.clear();
    return this.#beginPart(parsePartHead(block, this.#base + at - stashed, this.#headRules));
  }

  #beginPart(head: PartHead): Token {
    this.head = head;
    this.#parts++;
    this.#contentRoom = head.filename === undefined ? Infinity : this.#limits.maxFileBytes;
    this.#state = "content";
    this.#matched = this.#implied = IMPLIED_BYTES;
    return "part";
  }

  /** What there is to say when all that was pushed is scanned. */
  #starve(): Token {
    const { maxTotalBytes } = this.#limits;
    if (this.#overflown) throw new LimitError("maxTotalBytes", maxTotalBytes, 413);
    if (!this.#ended || this.#state === "epilogue") return "need";
    if (this.#state === "line" && this.#line.mayEnd) {
      this.#line.reset();
      this.#state = "closed";
      return this.#close()!;
    }
    throw new MultipartError(this.#whatIsMissing(), this.#base + this.#at);
  }

  #whatIsMissing(): string {
    switch (this.#state) {
      case "preamble":
        return "the body ends without a delimiter";
      case "content":
        return "the body ends without a close delimiter, in a part";
      case "header":
        return findBareLineFeed(this.#stash.bytes) < 0
          ? "the body ends in the header of a part"
          : "the body ends in the header of a part, whose lines do not end with CRLF";
      default:
        return "the body ends in the line of a delimiter";
    }
  }
}

/** Whether it was transferred. Older engines have no member that says so. */
function isDetached(buffer: ArrayBufferLike): boolean {
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}

function transferredError(): TypeError {
  return new TypeError("Cannot scan chunk: its memory was transferred");
}

function copy(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
