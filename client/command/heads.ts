// The heads of the responses on the way, redirects and challenges included, from the lines of a trace: for -i,
// -I and -D, which show them all, as curl does.

import type { InformationalResponse } from "../options.ts";
import type { TraceLine } from "../trace.ts";

/** A head: status line and fields. */
export interface SeenHead {
  readonly code: number;
  /** The fields by lowercase name; the last of repeated ones. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Watches heads, and keeps them. */
export class Heads {
  readonly #trace: TraceLine | undefined;
  #lines: string[] = [];
  #all = "";
  /** How much of that was taken. */
  #taken = 0;
  /** Called with each head of a final response. */
  onHead: (head: SeenHead) => void = () => {};

  /** `trace` gets what comes by. */
  constructor(trace: TraceLine | undefined) {
    this.#trace = trace;
  }

  /** Takes a line of a trace. */
  readonly line: TraceLine = (mark, line) => {
    this.#trace?.(mark, line);
    if (mark !== "<") return;
    this.#lines.push(line);
    if (line !== "") return;
    this.#all += `${this.#lines.join("\r\n")}\r\n`;
    const head = parse(this.#lines);
    this.#lines = [];
    this.onHead(head);
  };

  /** Takes the head of a response before the final one, which no trace tells. */
  readonly informational = ({ code, status, rawHeaders }: InformationalResponse): void => {
    const lines = [`HTTP/1.1 ${code} ${status}`];
    for (const [name, value] of rawHeaders) lines.push(`${name}: ${value}`);
    this.#all += `${lines.join("\r\n")}\r\n\r\n`;
  };

  /** The heads since the last call, as they came: a character was a byte. */
  take(): Uint8Array<ArrayBuffer> {
    const text = this.#all.slice(this.#taken);
    this.#taken = this.#all.length;
    return latin1Bytes(text);
  }

  /** All heads so far. */
  all(): Uint8Array<ArrayBuffer> {
    return latin1Bytes(this.#all);
  }
}

function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function parse([first, ...lines]: string[]): SeenHead {
  const fields: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon > 0) fields[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { code: Number(first!.split(" ", 2)[1]), fields };
}
