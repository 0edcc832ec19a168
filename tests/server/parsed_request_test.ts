import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { HeadMemory, type ParsedRequest, parseRequest } from "../../server/parsed_request.ts";
import { HttpError } from "../../wire/errors.ts";
import { bytesOf } from "../wire/fakes.ts";

const LIMITS = { maxFields: 128, maxTargetBytes: 8192 };

function parse(text: string): ParsedRequest {
  return parseRequest(bytesOf(text), 0, text.length, text, LIMITS, "http");
}

function describe({ head, framing, target, awaitsContinue }: ParsedRequest): string {
  const { kind, length, keepAlive } = framing;
  const words = [head.method, target.rawPath, target.authority, kind, length, keepAlive];
  return [...words, awaitsContinue].join(" ");
}

Deno.test("parseRequest() gathers what follows from a head", () => {
  const cases = [
    ["GET /a?b HTTP/1.1\r\nHost: c\r\n\r\n", "GET /a?b c none 0 true false"],
    ["GET http://d/a HTTP/1.1\r\nHost: c\r\n\r\n", "GET /a d none 0 true false"],
    ["GET / HTTP/1.0\r\n\r\n", "GET /  none 0 false false"],
    ["PUT / HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\n\r\n", "PUT / c length 5 true false"],
    [
      "PUT / HTTP/1.1\r\nHost: c\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
      "PUT / c chunked 0 true true",
    ],
    // Without a body there is nothing to continue with.
    ["GET / HTTP/1.1\r\nHost: c\r\nExpect: 100-continue\r\n\r\n", "GET / c none 0 true false"],
    [
      "PUT / HTTP/1.1\r\nHost: c\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
      "PUT / c none 0 true false",
    ],
    [
      "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
      "PUT /  length 5 false false",
    ],
  ];
  for (const [text, expected] of cases) assertEquals(describe(parse(text!)), expected, text);
});

Deno.test("parseRequest() refuses what any part of it refuses", () => {
  const cases: [string, string][] = [
    ["GET / HTTP/1.1\r\n\r\n", "bad_host 400"],
    ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "bad_host 400"],
    ["GET a HTTP/1.1\r\nHost: a\r\n\r\n", "bad_target 400"],
    ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", "bad_version 505"],
    ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "bad_framing 400"],
    ["GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", "unsupported_coding 501"],
    ["GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "bad_expectation 417"],
    ["GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", "bad_field 400"],
  ];
  for (const [text, expected] of cases) {
    try {
      parse(text);
      throw new Error(`"${text}" was not refused`);
    } catch (error) {
      assertInstanceOf(error, HttpError, text);
      assertEquals(`${error.code} ${error.status}`, expected, text);
    }
  }
});

/** The window of a memory. */
class Window {
  readonly bytes: Uint8Array;
  start = 0;
  readonly end: number;

  constructor(text: string, end = text.length) {
    this.bytes = bytesOf(text);
    this.end = end;
  }

  endHead(end: number): void {
    this.start = end;
  }
}

function teach(memory: HeadMemory, head: string, times = 2): ParsedRequest {
  const parsed = parse(head);
  for (let i = 0; i < times; i++) {
    memory.learn(new Window(`${head}rest`), head.length, head, parsed);
  }
  return parsed;
}

const HEAD = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("HeadMemory recalls a head that came twice, and takes it out of the window", () => {
  const memory = new HeadMemory();
  assertStrictEquals(memory.recall(new Window(HEAD)), undefined);
  teach(memory, HEAD, 1);
  assertStrictEquals(memory.recall(new Window(HEAD)), undefined);
  const parsed = teach(memory, HEAD, 1);
  for (const rest of ["", "body", HEAD]) {
    const window = new Window(`xx${HEAD}${rest}`);
    window.start = 2;
    assertStrictEquals(memory.recall(window)?.target.rawPath, parsed.target.rawPath);
    assertEquals(window.start, 2 + HEAD.length);
  }
});

Deno.test("HeadMemory recalls nothing but the very same head", () => {
  const memory = new HeadMemory();
  teach(memory, HEAD);
  const others = [
    "",
    "GET /a HTTP/1.1\r\nHost: a\r\n\r",
    "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: b\r\n\r\n",
    "GET /a HTTP/1.1\r\nHost: A\r\n\r\n",
    "GET /b HTTP/1.1\r\nHost: a\r\n\r\n",
    "PUT /a HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a HTTP/1.0\r\nHost: a\r\n\r\n",
    "GET /ab HTTP/1.1\r\nHost: a\r\n\r\n",
    ` ${HEAD}`,
    `\r\n${HEAD}`,
  ];
  for (const other of others) {
    const window = new Window(other);
    assertStrictEquals(memory.recall(window), undefined, JSON.stringify(other));
    assertEquals(window.start, 0);
  }
  // Bytes behind the end are stale, even if they would complete the head.
  for (let end = 0; end < HEAD.length; end++) {
    assertStrictEquals(memory.recall(new Window(HEAD, end)), undefined);
  }
});

Deno.test("HeadMemory keeps the last head only", () => {
  const memory = new HeadMemory();
  const other = "GET /b HTTP/1.1\r\nHost: a\r\n\r\n";
  teach(memory, HEAD);
  teach(memory, other, 1);
  assertStrictEquals(memory.recall(new Window(HEAD)), undefined);
  assertStrictEquals(memory.recall(new Window(other)), undefined);
  teach(memory, HEAD, 1);
  teach(memory, other, 1);
  assertStrictEquals(memory.recall(new Window(other)), undefined);
  teach(memory, other, 1);
  assertStrictEquals(memory.recall(new Window(other))?.target.rawPath, "/b");
});

Deno.test("HeadMemory does not depend on the window that it learned from", () => {
  const memory = new HeadMemory();
  const parsed = parse(HEAD);
  const window = new Window(HEAD);
  memory.learn(window, HEAD.length, HEAD, parsed);
  memory.learn(window, HEAD.length, HEAD, parsed);
  window.bytes.fill(0);
  assertStrictEquals(memory.recall(new Window(HEAD)), parsed);
  assertStrictEquals(memory.recall(window), undefined);
});

Deno.test("HeadMemory does not keep long heads, and forgets the last one over them", () => {
  const memory = new HeadMemory();
  const head = (bytes: number): string => {
    const start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return `${start}${"x".repeat(bytes - start.length - 4)}\r\n\r\n`;
  };
  teach(memory, head(1024));
  assertEquals(memory.recall(new Window(head(1024))) !== undefined, true);
  teach(memory, head(1025));
  assertStrictEquals(memory.recall(new Window(head(1025))), undefined);
  assertStrictEquals(memory.recall(new Window(head(1024))), undefined);
});
