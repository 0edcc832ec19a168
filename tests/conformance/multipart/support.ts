/**
 * Multipart bodies as text, a character per byte, and every way to hand them to the parser: whole, cut in two
 * anywhere, in three, byte by byte, through the core and through the streams. All of them must come to the same.
 */

import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  MultipartError,
  type MultipartEvent,
  type MultipartLimits,
  MultipartParser,
  parseMultipart,
} from "../../../multipart/mod.ts";
import { HttpError, LimitError } from "../../../wire/errors.ts";
import { bytesOf, textOf } from "../../wire/fakes.ts";
import { type Row, testRows } from "../table.ts";

/** Stands in a body where an error is to be: at the byte behind it. It is not sent. */
export const HERE = "\u2038";

/** The boundary of what follows is `x` unless it says another. */
export const FORM = "multipart/form-data; boundary=x";
export const MIXED = "multipart/mixed; boundary=x";

/** Lines of a body, joined by CRLF. */
export function lines(...all: string[]): string {
  return all.join("\r\n");
}

/** The field that names a part. */
export function named(name: string, filename?: string): string {
  const file = filename === undefined ? "" : `; filename="${filename}"`;
  return `Content-Disposition: form-data; name="${name}"${file}`;
}

/** Text as the bytes of its UTF-8 form, a character each. */
export function utf8(text: string): string {
  return textOf(new TextEncoder().encode(text));
}

/** A part as it is to come out. */
export interface Part {
  name: string;
  filename?: string;
  contentType?: string;
  /** Its fields as `name: value`. Default: a disposition of the form-data kind, in quotes, then Content-Type. */
  fields?: string[];
  /** Its bytes, a character each. */
  body: string;
}

/** All that came of a body, in a form that can be compared. */
export interface Outcome {
  /** `name: value` of fields, `"…"` of a whole part, `"…` of one that was cut, `end`. */
  events: string[];
  /** What ended it, if not the end. */
  error?: { name: string; message: string; status: number | undefined; offset?: number };
}

/** An error in a form that can be compared; throws what may not escape. */
function describe(error: unknown): Outcome["error"] {
  assertInstanceOf(error, HttpError);
  const { name, message, status } = error;
  if (!(error instanceof MultipartError)) {
    assertInstanceOf(error, LimitError);
    return { name, message, status };
  }
  const { code, offset } = error;
  assertEquals<string>(code, "bad_multipart");
  if (offset !== undefined) {
    assert(Number.isSafeInteger(offset) && offset >= 0, `offset ${offset}`);
    assert(message.endsWith(` at byte ${offset}`), message);
  }
  assert(message.startsWith("Cannot parse multipart: "), message);
  return { name, message, status, offset };
}

/** How pieces are given to a parser. */
export interface Manner {
  /** Pull only when everything was pushed. */
  isQueued?: boolean;
  /** Take the buffer of each piece of a body away from the parser, as whoever transfers it does. */
  isTransferred?: boolean;
}

/** The events of pieces pushed into a parser one by one, with the rules that every sequence of events obeys. */
export function play(
  pieces: readonly string[],
  contentType: string,
  limits: MultipartLimits = {},
  manner: Manner = {},
): Outcome {
  const events: string[] = [];
  let body: string | undefined;
  let hasEnded = false;
  const note = (event: MultipartEvent): void => {
    assert(!hasEnded, "nothing comes behind the end");
    if (event.type === "header") {
      assertStrictEquals(body, undefined, "the fields of a part come before its body");
      assertEquals(event.name, event.name.toLowerCase());
      events.push(`${event.name}: ${event.value}`);
    } else if (event.type === "body") {
      assert(event.done || event.data.length > 0, "no piece of a body is empty but the last");
      body = (body ?? "") + textOf(event.data);
      if (manner.isTransferred) event.data.buffer.transfer();
      if (!event.done) return;
      events.push(JSON.stringify(body));
      body = undefined;
    } else {
      assertStrictEquals(body, undefined, "the end is not within a body");
      assertEquals(event, { type: "end" });
      events.push("end");
      hasEnded = true;
    }
  };
  const failed = (error: unknown, again?: () => unknown): Outcome => {
    const described = describe(error);
    if (again !== undefined) {
      for (let i = 0; i < 2; i++) assertStrictEquals(thrownBy(again), error, "it fails for good");
    }
    if (body !== undefined) events.push(`${JSON.stringify(body).slice(0, -1)}…`);
    return { events, error: described };
  };
  let parser: MultipartParser;
  try {
    parser = new MultipartParser(contentType, limits);
  } catch (error) {
    return failed(error);
  }
  try {
    const pull = (): void => {
      for (let event = parser.pull(); event !== undefined; event = parser.pull()) note(event);
    };
    for (const piece of pieces) {
      parser.push(bytesOf(piece));
      if (!manner.isQueued) pull();
    }
    parser.end();
    pull();
  } catch (error) {
    return failed(error, () => parser.pull());
  }
  assert(hasEnded, "a body that was not refused has an end");
  assertStrictEquals(parser.pull(), undefined);
  return { events };
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** The parts that the streams give, up to the error if there is one. */
export async function read(
  pieces: readonly string[],
  contentType: string,
  limits: MultipartLimits = {},
): Promise<{ parts: Part[]; error?: Outcome["error"] }> {
  const parts: Part[] = [];
  try {
    for await (const part of parseMultipart(sourceOf(pieces), contentType, limits)) {
      const { name, filename, contentType, headers } = part;
      const fields = Array.from(headers, ([name, value]) => `${name}: ${value}`);
      const body = textOf(await part.bytes());
      parts.push({ name, filename, contentType, fields, body });
    }
  } catch (error) {
    return { parts, error: describe(error) };
  }
  return { parts };
}

let sources = 0;

/** The pieces as a body of one kind or another, in turn. */
function sourceOf(
  pieces: readonly string[],
): ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> {
  const chunks = pieces.map(bytesOf);
  if (sources++ % 2 === 0) return ReadableStream.from(chunks);
  return async function* () {
    yield* chunks;
  }();
}

/** The events of parts that come out whole. */
export function eventsOf(parts: readonly Part[], isWhole: boolean): string[] {
  const events = parts.flatMap((part) => [...fieldsOf(part), JSON.stringify(part.body)]);
  return isWhole ? [...events, "end"] : events;
}

function fieldsOf({ name, filename, contentType, fields }: Part): string[] {
  if (fields !== undefined) return fields;
  const type = contentType === undefined ? [] : [`content-type: ${contentType}`];
  return [named(name, filename).replace("Content-D", "content-d"), ...type];
}

/** A case: a body and what must come of it. */
export interface Case extends Row {
  /** Default: `FORM`. */
  contentType?: string;
  /** The body, a character per byte, with `HERE` where the error is to be. */
  send: string;
  /** The parts; before an error, those that are complete. */
  parts: Part[];
  /** What is to be in the message of the error. The offset is that of `HERE`, if it stands in the body. */
  error?: { words: string; status?: number } | { limit: keyof MultipartLimits; status: number };
  limits?: MultipartLimits;
}

/** Makes the tests of cases: whole and in every two and some three pieces, and all of them byte by byte. */
export function testCases(topic: string, cases: readonly Case[]): void {
  testRows(`${topic}: all of that, byte by byte`, cases, async (row, isBytewise) => {
    const body = row.send.replace(HERE, "");
    const whole = play([body], row.contentType ?? FORM, row.limits);
    if (!isBytewise) assertExpected(whole, row);
    const splits = isBytewise ? [[...body]] : [[body], ...cutsInTwo(body), ...cutsInThree(body)];
    await assertAllSame(splits, row, whole);
  });
}

/** Checks an outcome against what a case says. */
function assertExpected(outcome: Outcome, row: Case): void {
  const { error } = row;
  if (error === undefined) {
    assertEquals(outcome, { events: eventsOf(row.parts, true) });
    return;
  }
  const told = outcome.error;
  assert(told !== undefined, `it passed: ${JSON.stringify(outcome.events)}`);
  // Fields of the part that is broken, or a piece of its body, may have come before.
  const complete = eventsOf(row.parts, false);
  assertEquals(outcome.events.slice(0, complete.length), complete);
  const more = outcome.events.slice(complete.length).filter((event) => event.endsWith('"'));
  assertEquals(more.filter((event) => event.startsWith('"')), [], "no part more than expected");
  assertEquals(told.status, error.status ?? 400, told.message);
  if ("limit" in error) {
    assertEquals([told.name, told.message.includes(`"${error.limit}"`)], ["LimitError", true]);
    return;
  }
  assertEquals(told.name, "MultipartError", told.message);
  assert(told.message.includes(error.words), told.message);
  const at = row.send.indexOf(HERE);
  if (at >= 0) assertEquals(told.offset, at, told.message);
}

/** Plays each split of a body in each manner, and reads it through the streams. */
export async function assertAllSame(
  splits: readonly (readonly string[])[],
  row: Pick<Case, "contentType" | "limits" | "parts" | "error">,
  whole: Outcome,
): Promise<void> {
  const contentType = row.contentType ?? FORM;
  for (const pieces of splits) {
    for (const manner of [{}, { isQueued: true }, { isTransferred: true }]) {
      const outcome = play(pieces, contentType, row.limits, manner);
      assertSame(outcome, whole, () => JSON.stringify({ pieces, ...manner }));
    }
    const { parts, error } = await read(pieces, contentType, row.limits);
    const what = () => JSON.stringify({ pieces, streamed: true });
    assertSame(error, whole.error, what);
    assertSame(parts.map(comparable), row.parts.map(comparable), what);
  }
}

function comparable(part: Part): unknown[] {
  const { name, filename, contentType, body } = part;
  return [name, filename ?? null, contentType ?? null, fieldsOf(part), body];
}

function assertSame(actual: unknown, expected: unknown, what: () => string): void {
  // Most of them are the same, and this tells so faster.
  if (JSON.stringify(actual) !== JSON.stringify(expected)) assertEquals(actual, expected, what());
}

/** A body in two pieces, cut at each position, or at some if it is long. */
export function* cutsInTwo(body: string): Generator<string[]> {
  const step = body.length < 1500 ? 1 : 17;
  for (let at = 1; at < body.length; at += step) yield [body.slice(0, at), body.slice(at)];
}

/** A body in three pieces, cut at a sample of positions: all distances between both cuts up to 12 come up. */
export function* cutsInThree(body: string): Generator<string[]> {
  for (let at = 1; at < body.length; at += 3) {
    const second = at + 1 + Math.floor(at / 3) % 12;
    if (second >= body.length) return;
    yield [body.slice(0, at), body.slice(at, second), body.slice(second)];
  }
}
