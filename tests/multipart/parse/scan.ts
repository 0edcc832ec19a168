// Bodies scanned in pieces: the tokens as text that can be compared, however the pieces were cut.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type MultipartLimits, resolveLimits } from "../../../multipart/parse/limits.ts";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";
import { Scanner } from "../../../multipart/parse/scanner.ts";
import { LimitError } from "../../../wire/errors.ts";
import { bytesOf, splitsOf, textOf } from "../../wire/fakes.ts";

/** The fields of a text field and of a file, with the empty line. */
export const FIELD = 'Content-Disposition: form-data; name="a"\r\n\r\n';
export const FILE = 'Content-Disposition: form-data; name="a"; filename="f"\r\n\r\n';

/** How a body is scanned. */
export interface Manner {
  limits?: MultipartLimits;
  /** Default: true. */
  isForm?: boolean;
  /** Default: `b`. */
  boundary?: string;
  /** Ask for tokens only when all was pushed. */
  isQueued?: boolean;
  /** What is done with content: look at it, make it one's own, or take its buffer away as well. */
  take?: "view" | "own" | "transfer";
}

/** What came of a body. */
export interface Scanned {
  /** `part a`, `"content"` of a part that is complete, `"content…` of one that is not, `end`. */
  tokens: string[];
  error?: { name: string; message: string; status: number | undefined; offset?: number };
}

/** A scanner of a body. */
export function scannerOf({ limits = {}, isForm = true, boundary = "b" }: Manner = {}): Scanner {
  return new Scanner({ boundary, isForm }, resolveLimits(limits));
}

/** Scans pieces, a character per byte, and checks the order of the tokens, and that errors stay. */
export function scan(pieces: readonly string[], manner: Manner = {}): Scanned {
  const scanner = scannerOf(manner);
  const tokens: string[] = [];
  let content: string | undefined;
  const complete = (): void => {
    tokens.push(JSON.stringify(content));
    content = undefined;
  };
  const drain = (): void => {
    while (true) {
      const token = scanner.next();
      if (token === "need") return;
      assert(tokens.at(-1) !== "end", `${token} behind the end`);
      if (token === "part") {
        assertEquals(content, undefined, "a part within a part");
        content = "";
        tokens.push(`part ${scanner.head!.name}`);
      } else if (token === "end") {
        assertEquals(content, undefined, "the end within a part");
        tokens.push("end");
      } else {
        assert(content !== undefined, `${token} outside of a part`);
        if (token === "data") content += contentOf(scanner, manner.take);
        if (token === "done" || scanner.last) complete();
      }
    }
  };
  try {
    for (const piece of pieces) {
      scanner.push(bytesOf(piece));
      if (!manner.isQueued) drain();
    }
    scanner.finish();
    drain();
  } catch (error) {
    if (content !== undefined) tokens.push(`${JSON.stringify(content).slice(0, -1)}…`);
    for (let again = 0; again < 2; again++) assertStrictEquals(thrownBy(scanner), error);
    return { tokens, error: describe(error) };
  }
  assertEquals(tokens.at(-1), "end", "a body that was not refused has an end");
  return { tokens };
}

function contentOf(scanner: Scanner, take: Manner["take"] = "view"): string {
  assert(scanner.view.length > 0, "data without bytes");
  if (take === "view") return textOf(scanner.view);
  const view = textOf(scanner.view);
  const bytes = scanner.own();
  const text = textOf(bytes);
  assertEquals(text, view);
  // Whoever owns them may overwrite them as well.
  bytes.fill(0x2d);
  if (take === "transfer") {
    structuredClone(bytes, { transfer: [bytes.buffer] });
    assertEquals(bytes.length, 0, "it was transferred");
  }
  return text;
}

function thrownBy(scanner: Scanner): unknown {
  try {
    return scanner.next();
  } catch (error) {
    return error;
  }
}

function describe(error: unknown): Scanned["error"] {
  assert(error instanceof MultipartError || error instanceof LimitError, String(error));
  const { name, message, status } = error;
  return error instanceof MultipartError
    ? { name, message, status, offset: error.offset }
    : { name, message, status };
}

const TAKES = ["view", "own", "transfer"] as const;

/** Scans a body in every split and manner, all of which must come to the same; gives that. */
export function scanAll(body: string, manner: Manner = {}): Scanned {
  const whole = scan([body], manner);
  const expected = JSON.stringify(whole);
  for (const pieces of splitsOf(body)) {
    for (const take of TAKES) {
      for (const isQueued of [false, true]) {
        const scanned = scan(pieces, { ...manner, take, isQueued });
        if (JSON.stringify(scanned) === expected) continue;
        assertEquals(scanned, whole, JSON.stringify({ pieces, take, isQueued }));
      }
    }
  }
  return whole;
}
