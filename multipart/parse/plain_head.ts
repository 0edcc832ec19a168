// The header that browsers send for a text field, recognised as bytes: forms of many fields consist of
// little else. What it returns is what `parsePartHead` would; what it does not recognise is left to that.

import { tryAscii } from "./ascii.ts";
import type { HeaderEvent } from "./header_block.ts";
import type { PartHead } from "./part_head.ts";

const BEGIN = new TextEncoder().encode('Content-Disposition: form-data; name="');
const END = new TextEncoder().encode('"\r\n\r\n');
const QUOTE = 0x22;
const SPACE = 0x20;
const DELETE = 0x7f;

/** A part without file name and media type, and where its content begins. */
export interface PlainHead {
  head: PartHead;
  end: number;
}

/** The header at `at` if it is a plain one and all there; else undefined. */
export function tryPlainHead(chunk: Uint8Array, at: number): PlainHead | undefined {
  const start = at + BEGIN.length;
  if (start + END.length > chunk.length) return undefined;
  for (let i = 0; i < BEGIN.length; i++) if (chunk[at + i] !== BEGIN[i]) return undefined;
  let quote = start;
  let byte = 0;
  while (
    quote < chunk.length && (byte = chunk[quote]!) >= SPACE && byte < DELETE && byte !== QUOTE
  ) {
    quote++;
  }
  if (quote + END.length > chunk.length) return undefined;
  for (let i = 0; i < END.length; i++) if (chunk[quote + i] !== END[i]) return undefined;
  const name = tryAscii(chunk, start, quote);
  if (name === undefined) return undefined;
  return { head: new NameOnly(name), end: quote + END.length };
}

/** The header of a text field; its one field is made when somebody looks at it. */
class NameOnly implements PartHead {
  readonly name: string;
  readonly filename: undefined;
  readonly contentType: undefined;

  constructor(name: string) {
    this.name = name;
  }

  get fields(): HeaderEvent[] {
    const value = `form-data; name="${this.name}"`;
    return [{ type: "header", name: "content-disposition", value }];
  }
}
