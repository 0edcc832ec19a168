// The heads of the requests of one connection, one after the other, as far as they have arrived; and whether
// the answer to the last one is known already.

import { HeadMemory } from "../wire/head_memory.ts";
import type { Channel } from "./channel.ts";
import type { HotAnswer, HotSlot } from "./hot/hot_answers.ts";
import { type ParsedRequest, parseRequest } from "./parsed_request.ts";

const CR = 13;
const LF = 10;

/** Finds and parses heads. */
export class RequestHeads {
  /** The whole answer to the last one, where that is in memory. */
  answer: HotAnswer | undefined;
  readonly #channel: Channel;
  readonly #memory = new HeadMemory<ParsedRequest>();
  /** What is known of the last one, where whole answers are kept. */
  #slot: HotSlot | undefined;
  /** Whether an empty line before the next one was skipped. */
  #emptyLine = false;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** The next head, if it is all there; it is consumed. Throws what `parseRequest` throws. */
  tryNext(): ParsedRequest | undefined {
    const { reader, host } = this.#channel;
    if (reader.end === reader.start || !this.#skipEmptyLine()) return undefined;
    const parsed = this.#memory.recall(reader) ?? this.#tryAnother();
    if (parsed === undefined) return undefined;
    if (this.#slot !== undefined) {
      this.#slot = host.hot!.renew(this.#slot);
      this.answer = host.hot!.answer(this.#slot);
    }
    reader.deadline.disarm();
    this.#emptyLine = false;
    return parsed;
  }

  /** The next head where it is not the last one again. */
  #tryAnother(): ParsedRequest | undefined {
    const { reader, host } = this.#channel;
    const end = reader.tryHeadEnd(host.settings.maxHeadBytes);
    if (end < 0) return undefined;
    const text = reader.headText(end);
    this.answer = undefined;
    this.#slot = host.hot?.find(text);
    const parsed = this.#slot?.request ??
      parseRequest(reader.bytes, reader.start, end, text, host.settings, host.scheme);
    this.#slot ??= host.hot?.learn(text, parsed);
    this.#memory.learn(reader, end, text, parsed);
    reader.endHead(end);
    return parsed;
  }

  /**
   * Ignores one empty line before a request (RFC 9112 2.2); a second one is left to be refused. False
   * when nothing is left to look at.
   */
  #skipEmptyLine(): boolean {
    const { reader } = this.#channel;
    if (reader.bytes[reader.start] !== CR || this.#emptyLine) return true;
    if (reader.end - reader.start < 2) return false;
    if (reader.bytes[reader.start + 1] !== LF) return true;
    this.#emptyLine = true;
    reader.start += 2;
    return reader.end > reader.start;
  }
}
