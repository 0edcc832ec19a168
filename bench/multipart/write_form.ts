/**
 * Writes a form to a file as browsers do, and says what every parser has to find in it. That comes
 * from the plan of the form, never from a parser.
 */

import { createHash } from "node:crypto";
import type { PlannedForm, PlannedPart } from "./bodies.ts";
import type { Right } from "./job.ts";
import { witnessLine } from "./tally.mjs";

/** A form on disk. */
export interface WrittenForm {
  file: string;
  boundary: string;
  /** Of the whole body, with boundaries and headers. */
  bodyBytes: number;
  right: Right;
  /** As a notary takes it. */
  digest: string;
}

/** Writes a form to `file`, which must not be there yet. */
export function writeForm(file: string, { boundary, parts }: PlannedForm): WrittenForm {
  const all = createHash("sha256");
  const right: Right = { parts: 0, bytes: 0, nameChars: 0 };
  let bodyBytes = 0;
  using output = Deno.openSync(file, { write: true, createNew: true });
  const write = (piece: Uint8Array) => {
    for (let at = 0; at < piece.length;) at += output.writeSync(piece.subarray(at));
    bodyBytes += piece.length;
  };
  const writeText = (text: string) => write(new TextEncoder().encode(text));
  for (const part of parts) {
    const { name, filename } = part;
    writeText(`--${boundary}\r\n${headersOf(part)}\r\n`);
    const hash = createHash("sha256");
    for (const piece of part.content) {
      write(piece);
      hash.update(piece);
      right.bytes += piece.length;
    }
    writeText("\r\n");
    right.parts++;
    right.nameChars += name.length + (filename?.length ?? 0);
    all.update(witnessLine(name, filename, hash.digest("hex")));
  }
  writeText(`--${boundary}--\r\n`);
  return { file, boundary, bodyBytes, right, digest: all.digest("hex") };
}

function headersOf({ name, filename }: PlannedPart): string {
  const disposition = `Content-Disposition: form-data; name="${name}"`;
  return filename === undefined
    ? `${disposition}\r\n`
    : `${disposition}; filename="${filename}"\r\nContent-Type: application/octet-stream\r\n`;
}
