// Multipart bodies, mutated and random, through the parser and its streams: only HttpErrors escape, the outcome is the
// same however the bytes arrive, and what passes has one meaning.

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type MultipartLimits,
  MultipartParser,
  parseContentDisposition,
  parseMultipart,
} from "../../multipart/mod.ts";
import { HttpError } from "../../wire/errors.ts";
import { CAPTURES } from "../conformance/multipart/captures.ts";
import { type Outcome, play, read } from "../conformance/multipart/support.ts";
import { bytesOf, textOf } from "../wire/fakes.ts";
import { fuzz, NASTY, type Random } from "./random.ts";

/** Small, so that bodies of a few hundred bytes reach them. */
const LIMITS: readonly MultipartLimits[] = [
  {},
  { maxParts: 2 },
  { maxHeaderBytes: 120, maxHeaders: 3 },
  { maxPreambleBytes: 10 },
  { maxFileBytes: 20, maxTotalBytes: 500 },
];

interface Input {
  contentType: string;
  boundary: string;
  body: string;
  limits: MultipartLimits;
}

const BOUNDARIES = [
  "x",
  "--",
  "aaa",
  "aab",
  "a".repeat(70),
  "-x",
  "----WebKitFormBoundary7MA4YWxkTrZu0gWb",
];

function spareOf(boundary: string): string[] {
  return [
    ...NASTY,
    `\r\n--${boundary}`,
    `\r\n--${boundary}\r\n`,
    `\r\n--${boundary}--`,
    `\r\n--${boundary}--\r\n`,
    `--${boundary}`,
    `\n--${boundary}\n`,
    boundary,
    boundary.slice(1),
    boundary.slice(0, -1),
    "--",
    "\r\n--",
    "\r\n\r\n--",
    "a".repeat(60),
    'Content-Disposition: form-data; name="b"\r\n',
    'Content-Disposition: form-data; name="b"; filename="f"\r\n\r\n',
    "Content-Type: text/plain\r\n",
    "; name=c",
    '; filename="',
    "; filename*=UTF-8''%",
    " \t",
  ];
}

/** A body that is well-formed, of random parts. */
function form(random: Random, boundary: string): string {
  let body = random.pick(["", "", "\r\n", "pre\r\n", "\r\n\r\n-\r\n"]);
  for (let parts = random.below(4); parts > 0; parts--) {
    const file = random.pick(["", '; filename="f"', '; filename=""', "; filename=f.txt;"]);
    const type = random.pick(["", "Content-Type: text/plain\r\n", "X: \t y\r\n"]);
    const content = Array.from(
      { length: random.below(8) },
      () => random.pick(["\r\n", "\r", "\n", "--", "-", "a", "aa", boundary, "text", "\xff\0"]),
    ).join("").replace(/(^|\r\n)--+/g, "$1-");
    const padding = random.pick(["", "", " ", "\t "]);
    body +=
      `--${boundary}${padding}\r\nContent-Disposition: form-data; name="n"${file}\r\n${type}\r\n` +
      `${content}\r\n`;
  }
  return `${body}--${boundary}--${random.pick(["", "\r\n", " \r\n", "\r\nepilogue", "\r\n\r\n"])}`;
}

function inputOf(random: Random): Input {
  const limits = random.pick(LIMITS);
  if (random.below(3) === 0) {
    const { contentType, body } = random.pick(CAPTURES);
    const boundary = /boundary="?([^"]*)/.exec(contentType)![1]!;
    return { contentType, boundary, body: random.mutate(body, spareOf(boundary)), limits };
  }
  const boundary = random.pick(BOUNDARIES);
  const type = random.pick(["form-data", "form-data", "mixed"]);
  const contentType = `multipart/${type}; boundary=${boundary}`;
  if (random.below(10) === 0) {
    const body = Array.from({ length: random.below(30) }, () => random.pick(spareOf(boundary)))
      .join("");
    return { contentType, boundary, body, limits };
  }
  const body = random.mutate(form(random, boundary), spareOf(boundary));
  return { contentType, boundary, body, limits };
}

Deno.test("bodies of any bytes give the same events or errors, however they arrive", async () => {
  await fuzz((random) => {
    const { contentType, body, limits } = inputOf(random);
    const whole = play([body], contentType, limits);
    for (const pieces of [[body], [...body], random.split(body), random.split(body)]) {
      const manner = { isQueued: random.below(2) === 0, isTransferred: random.below(2) === 0 };
      const outcome = play(pieces, contentType, limits, manner);
      assertEquals(outcome, whole, JSON.stringify({ contentType, limits, pieces, manner }));
    }
  });
});

Deno.test("empty pieces among the others change nothing", async () => {
  await fuzz((random) => {
    const { contentType, body, limits } = inputOf(random);
    const pieces = random.split(body).flatMap((piece) =>
      random.below(2) === 0 ? [piece] : ["", piece, ""]
    );
    assertEquals(
      play(pieces, contentType, limits),
      play([body], contentType, limits),
      JSON.stringify(pieces),
    );
  });
});

/** The parts of events that are complete: fields, and content at last. */
function partsOf({ events }: Outcome): string[][] {
  const parts: string[][] = [];
  let part: string[] = [];
  for (const event of events) {
    part.push(event);
    if (!event.startsWith('"') || !event.endsWith('"')) continue;
    parts.push(part);
    part = [];
  }
  return parts;
}

Deno.test("the streams give the parts of the events, and their error", async () => {
  await fuzz(async (random) => {
    const { contentType, body, limits } = inputOf(random);
    const whole = play([body], contentType, limits);
    const { parts, error } = await read(random.split(body), contentType, limits);
    const what = JSON.stringify({ contentType, body, limits });
    assertEquals(error, whole.error, what);
    const contents = parts.map((part) => JSON.stringify(part.body));
    assertEquals(contents, partsOf(whole).map((part) => part.at(-1)!), what);
  });
});

/** Reads what it likes of each part; what it read in full of how many, and the error. */
async function readSome(
  random: Random,
  pieces: readonly string[],
  input: Input,
): Promise<{ read: Map<number, string>; parts: number; error: unknown }> {
  const read = new Map<number, string>();
  let parts = 0;
  try {
    for await (const part of parseMultipart(pieces.map(bytesOf), input.contentType, input.limits)) {
      const how = random.pick(["bytes", "stream", "some", "nothing", "cancel"]);
      const at = parts++;
      if (how === "bytes") read.set(at, textOf(await part.bytes()));
      if (how === "stream") read.set(at, textOf(await new Response(part.body).bytes()));
      if (how === "some") await part.body.getReader().read();
      if (how === "cancel") await part.body.cancel();
    }
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return { read, parts, error: error.message };
  }
  return { read, parts, error: undefined };
}

Deno.test("however much of the parts is read, they are the same", async () => {
  await fuzz(async (random) => {
    const input = inputOf(random);
    const { contentType, body, limits } = input;
    const whole = play([body], contentType, limits);
    const contents = partsOf(whole).map((part) => part.at(-1)!);
    const { read, parts, error } = await readSome(random, random.split(body), input);
    const what = JSON.stringify({ contentType, body, limits });
    assertEquals(error, whole.error?.message, what);
    // The last one may have begun and not been complete.
    assert(parts === contents.length || error !== undefined && parts === contents.length + 1, what);
    for (const [at, content] of read) assertEquals(JSON.stringify(content), contents[at], what);
  });
});

Deno.test("a body that passes has nothing in it that another parser could read otherwise", async () => {
  await fuzz((random) => {
    const { contentType, boundary, body } = inputOf(random);
    const limits = { maxPreambleBytes: Infinity, maxHeaders: Infinity };
    const outcome = play([body], contentType, limits);
    if (outcome.error !== undefined) return;
    // Read the naive way, by splitting, it is the same.
    const what = JSON.stringify({ contentType, body });
    const delimiter = `\r\n--${boundary}`;
    const [, ...pieces] = `\r\n${body}`.split(delimiter);
    const closing = pieces.findIndex((piece) => piece.startsWith("--"));
    assert(closing >= 0, what);
    assert(/^--[\t ]*(?:\r\n|$)/.test(pieces[closing]!), what);
    const read = pieces.slice(0, closing).map((piece) => {
      const match = /^[\t ]*\r\n((?:[^\r\n]+\r\n)*)(?:\r\n([^]*))?$/.exec(piece);
      assert(match !== null, what);
      const lines = match[1]!.split("\r\n").slice(0, -1);
      return [...lines.map(fieldOf), JSON.stringify(match[2] ?? "")];
    });
    assertEquals(partsOf(outcome), read, what);
    assertEquals(outcome.events.at(-1), "end");
  });
});

/** A line of a header, read the naive way. */
function fieldOf(line: string): string {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(line));
  const colon = text.indexOf(":");
  assert(colon > 0 && !/^[\t ]|[\t ]$/.test(text.slice(0, colon)), line);
  return `${text.slice(0, colon).toLowerCase()}: ${
    text.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "")
  }`;
}

Deno.test("every beginning of a body that passes is an error, or has all its parts", async () => {
  await fuzz((random) => {
    const boundary = random.pick(BOUNDARIES);
    const body = form(random, boundary);
    const whole = play([body], boundary);
    assertEquals(whole.error, undefined, body);
    for (let times = 0; times < 20; times++) {
      const cut = body.slice(0, random.below(body.length));
      const { events, error } = play(random.split(cut), boundary);
      if (error === undefined) assertEquals(events, whole.events, cut);
      else assertEquals(error.offset, cut.length, cut);
    }
  });
});

Deno.test("parseContentDisposition() and Content-Types of any text give values or errors of ours", async () => {
  const dispositions = [
    'form-data; name="a"; filename="b.txt"',
    "form-data; name=a; filename=b; filename*=UTF-8''%c3%bc",
    'attachment; filename="C:\\x\\y"; size=5;',
  ];
  const types = [
    "multipart/form-data; boundary=abc",
    'multipart/mixed; charset="a;b"; boundary="a b"; x=y',
    "----boundary",
  ];
  const spare = [
    ...NASTY,
    "boundary=",
    "name=",
    "filename=",
    "; ",
    '"',
    "multipart/",
    "name*=",
    "\u{1f600}",
  ];
  await fuzz((random) => {
    const disposition = random.mutate(random.pick(dispositions), spare);
    const type = random.mutate(random.pick(types), spare);
    for (
      const parse of [() => parseContentDisposition(disposition), () => new MultipartParser(type)]
    ) {
      try {
        parse();
      } catch (error) {
        assertInstanceOf(error, HttpError, `${disposition} ${type}`);
      }
    }
    try {
      const { name, filename } = parseContentDisposition(disposition);
      // What was found stands there, as a value of its name.
      for (const [key, value] of Object.entries({ name, filename })) {
        if (value === undefined) continue;
        const found = disposition.toLowerCase().split(`${key}=`).length > 1;
        assert(found && disposition.includes(value), disposition);
        assert(!value.includes('"'), disposition);
      }
    } catch (error) {
      assertInstanceOf(error, HttpError, disposition);
    }
  });
});
