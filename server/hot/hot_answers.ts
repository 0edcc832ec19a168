// Whole answers in memory, head and body, for requests that come again to the byte: what a site of files hears
// most. A request whose head came twice within a second is answered for the rest of that second with bytes made
// once. With the next value of Date everything starts anew, so that no answer is older than that, and what nobody
// asks for any more is let go.

import { httpDate } from "../../wire/date.ts";
import type { ParsedRequest } from "../parsed_request.ts";
import type { PeerAddr } from "../peer_addr.ts";

/** An answer to a client that keeps its connection, ready to be sent. */
export interface HotAnswer {
  readonly status: number;
  /** Head and body; nobody changes them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many of them are the body. */
  readonly bodyBytes: number;
}

/** Who knows the answers. */
export interface HotSource {
  /** What all answers of a second may have together, in bytes. */
  readonly maxBytes: number;
  /** Another number than before makes all answers void. */
  readonly version: number;
  /** The answer to a request without a body, if it is in memory; whether it is still true is looked at first. */
  makeAnswer(request: ParsedRequest): HotAnswer | undefined;
  /** Who wants to hear of every answer. */
  readonly watcher?: HotWatcher;
}

/** Hears of answers that were sent. */
export interface HotWatcher {
  /** Whether it cannot hear of more just now. */
  readonly full: boolean;
  sent(answer: SentAnswer): void;
}

/** An answer that was sent, or on its way when the client left. */
export interface SentAnswer {
  readonly request: ParsedRequest;
  readonly peer: PeerAddr;
  readonly status: number;
  /** Bytes of the body that the socket took. */
  readonly bytesSent: number;
  /** Whether it took all. */
  readonly completed: boolean;
  /** How long that took, in milliseconds. */
  readonly durationMs: number;
}

/** A request, and its answer once it came again. */
export interface HotSlot {
  /** The text of its head. */
  readonly text: string;
  readonly request: ParsedRequest;
  answer: HotAnswer | undefined;
  /** Which second it belongs to. */
  second: number;
  /** How often it came in that second. */
  times: number;
}

/** Longer heads are not kept, in characters. */
const MAX_HEAD = 1024;
/** Most heads that are kept. */
const MAX_SLOTS = 1024;

/** The answers of a server. */
export class HotAnswers {
  /** Who wants to hear of every answer. */
  readonly watcher: HotWatcher | undefined;
  readonly #source: HotSource;
  readonly #slots = new Map<string, HotSlot>();
  #bytes = 0;
  #date = "";
  #version = 0;
  #second = 0;

  constructor(source: HotSource) {
    this.#source = source;
    this.watcher = source.watcher;
  }

  /** What is known of a head by its text, if it came in this second. */
  find(text: string): HotSlot | undefined {
    this.#turn();
    return this.#slots.get(text);
  }

  /** Takes note of a head that came for the first time in this second. */
  learn(text: string, request: ParsedRequest): HotSlot | undefined {
    if (text.length > MAX_HEAD || !mayBeHot(request)) return undefined;
    this.#turn();
    return this.#enter({ text, request, answer: undefined, second: 0, times: 0 });
  }

  /** The slot of this second for one that may be of an earlier one. */
  renew(slot: HotSlot): HotSlot {
    this.#turn();
    if (slot.second === this.#second) return slot;
    return this.#slots.get(slot.text) ?? this.#enter(slot);
  }

  /** The answer to a request, if it came before in this second; `slot` is one of this second. */
  answer(slot: HotSlot): HotAnswer | undefined {
    if (slot.times > 1) return slot.answer;
    if (++slot.times < 2) return undefined;
    const answer = this.#source.makeAnswer(slot.request);
    if (answer === undefined) return undefined;
    if (this.#bytes + answer.bytes.length > this.#source.maxBytes) return undefined;
    this.#bytes += answer.bytes.length;
    return slot.answer = answer;
  }

  #enter(slot: HotSlot): HotSlot {
    slot.second = this.#second;
    const hasRoom = this.#slots.size < MAX_SLOTS;
    if (hasRoom) this.#slots.set(slot.text, slot);
    // One that is not kept here gets no answer, which nobody would take from it later.
    slot.times = hasRoom ? 0 : 2;
    return slot;
  }

  /** Begins anew with another second, or version. */
  #turn(): void {
    const date = httpDate();
    const { version } = this.#source;
    if (date === this.#date && version === this.#version) return;
    // Connections keep their slots, but not what is in them.
    for (const slot of this.#slots.values()) slot.answer = undefined;
    this.#slots.clear();
    this.#bytes = 0;
    this.#date = date;
    this.#version = version;
    this.#second++;
  }
}

/** Whether nothing but its head decides about the answer, and the connection is kept. */
function mayBeHot({ head, framing }: ParsedRequest): boolean {
  return (head.method === "GET" || head.method === "HEAD") && head.minorVersion === 1 &&
    framing.kind === "none" && framing.keepAlive;
}
