// Heads, mutated and random, through the reader and the parsers of both roles: only HttpErrors
// escape, and the outcome is the same however the bytes arrive.

import { assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import { parseRequest } from "../../server/parsed_request.ts";
import { findHeadEnd } from "../../wire/bytes.ts";
import { ConnReader } from "../../wire/conn_reader.ts";
import { HttpError } from "../../wire/errors.ts";
import { responseFraming } from "../../wire/framing.ts";
import { parseResponseHead } from "../../wire/response_head.ts";
import { FakeSource } from "../wire/fakes.ts";
import { fuzz, NASTY, type Random, withStaleBytes } from "./random.ts";

const LIMITS = { maxFields: 8, maxTargetBytes: 100 };
const MAX_HEAD_BYTES = 300;

const REQUESTS = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "GET /a/b?c=d&e=%20f HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\nUser-Agent: x (y; z)\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
  "PUT /x HTTP/1.0\r\nConnection: keep-alive, x\r\nContent-Length: 0\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n",
  "CONNECT a.b:443 HTTP/1.1\r\nHost: a.b:443\r\n\r\n",
  "GET http://u.v/w?x HTTP/1.1\r\nHost: a\r\nX-Latin: \xe4\xf6\r\nX-Empty:\r\n\r\n",
];
const RESPONSES = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\n\r\n',
  "HTTP/1.0 404 \r\nServer: x\r\n\r\n",
  "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\nX: a\r\n b\r\n\r\n",
];

function inputOf(random: Random, valid: readonly string[]): string {
  if (random.below(10) === 0) return random.bytes(random.below(400));
  const parts = Array.from({ length: 1 + random.below(3) }, () => random.pick(valid));
  return random.mutate(parts.join(""), NASTY);
}

/** Whatever comes of a parser, in a form that can be compared. */
function outcomeOf(parse: () => string): string {
  try {
    return parse();
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return `${error.name} ${error.code} ${error.status}`;
  }
}

/** Head after head through a reader, up to the first error or the end. */
async function readRequests(pieces: readonly string[]): Promise<string[]> {
  const source = new FakeSource(...pieces, null);
  const reader = new ConnReader(source, () => {});
  const outcomes: string[] = [];
  const next = (): boolean => {
    if (reader.end === reader.start) return false;
    const end = reader.tryHeadEnd(MAX_HEAD_BYTES);
    if (end < 0) return false;
    const { bytes, start } = reader;
    const text = reader.headText(end);
    const { head, framing, target, awaitsContinue } = parseRequest(
      bytes,
      start,
      end,
      text,
      LIMITS,
      "http",
    );
    const words = [head.method, head.target, head.minorVersion, target.rawPath, target.authority];
    const fields = JSON.stringify([head.fields.raw(), head.fields.record()]);
    outcomes.push([...words, JSON.stringify(framing), awaitsContinue, fields].join(" "));
    reader.endHead(end);
    return true;
  };
  try {
    while (true) {
      while (next());
      if (!await reader.fill()) break;
      assertLessOrEqual(source.reads, pieces.length + 1);
    }
    outcomes.push(`left ${reader.end - reader.start}`);
  } catch (error) {
    assertInstanceOf(error, HttpError);
    outcomes.push(`${error.name} ${error.code} ${error.status}`);
  } finally {
    reader.release();
  }
  return outcomes;
}

Deno.test("requests of any bytes give the same heads or errors, however they arrive", async () => {
  await fuzz(async (random) => {
    const input = inputOf(random, REQUESTS);
    const whole = await readRequests([input]);
    for (const pieces of [[...input], random.split(input), random.split(input)]) {
      assertEquals(await readRequests(pieces), whole, JSON.stringify(pieces));
    }
  });
});

Deno.test("a head is parsed by its own bytes alone, whatever stands around it", async () => {
  await fuzz((random) => {
    const input = inputOf(random, REQUESTS);
    const parse = (before: string, stale: string): string =>
      outcomeOf(() => {
        const bytes = withStaleBytes(before + input, stale);
        const start = before.length;
        const end = findHeadEnd(bytes, start, start, start + input.length);
        if (end < 0) return "more";
        const text = input.slice(0, end - start);
        const parsed = parseRequest(bytes, start, end, text, LIMITS, "http");
        return `${end - start} ${JSON.stringify([parsed, parsed.head.fields.raw()])}`;
      });
    const alone = parse("", "");
    for (const stale of ["\r\n\r\n", " HTTP/1.1\r\n\r\n", "\n", random.bytes(20)]) {
      assertEquals(
        parse(random.pick(["", "x", "\r\n", "\n"]), stale),
        alone,
        JSON.stringify(input),
      );
    }
  });
});

Deno.test("responses of any bytes give a head or an error, whatever stands around them", async () => {
  await fuzz((random) => {
    const input = inputOf(random, RESPONSES);
    const method = random.pick(["GET", "HEAD", "CONNECT"]);
    const parse = (before: string, stale: string): string =>
      outcomeOf(() => {
        const bytes = withStaleBytes(before + input, stale);
        const start = before.length;
        const end = findHeadEnd(bytes, start, start, start + input.length);
        if (end < 0) return "more";
        const head = parseResponseHead(bytes, start, end, LIMITS);
        const fields = head.fields.raw();
        return JSON.stringify([head.status, head.reason, fields, responseFraming(head, method)]);
      });
    const alone = parse("", "");
    for (const stale of ["\r\n\r\n", "00 OK\r\n\r\n", random.bytes(20)]) {
      assertEquals(parse(random.pick(["", "x", "\r\n"]), stale), alone, JSON.stringify(input));
    }
  });
});

Deno.test("a head that passes has nothing in it that another server could read otherwise", async () => {
  await fuzz(async (random) => {
    const input = inputOf(random, REQUESTS);
    const source = new FakeSource(input, null);
    const reader = new ConnReader(source, () => {});
    await reader.fill();
    outcomeOf(() => {
      const end = reader.tryHeadEnd(MAX_HEAD_BYTES);
      if (end < 0) return "more";
      const text = reader.headText(end);
      const { head } = parseRequest(reader.bytes, 0, end, text, LIMITS, "http");
      // Read the naive way, by lines and colons, it is the same.
      const lines = text.slice(0, -4).split("\r\n");
      assertEquals(lines[0], `${head.method} ${head.target} HTTP/1.${head.minorVersion}`);
      const fields = lines.slice(1).map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon), line.slice(colon + 1).replace(/^[\t ]+|[\t ]+$/g, "")];
      });
      assertEquals(head.fields.raw() as string[][], fields);
      // deno-lint-ignore no-control-regex
      assertEquals(/[\0-\x08\x0a-\x1f\x7f]/.test(lines.join("")), false);
      return "parsed";
    });
    reader.release();
  });
});
