import { assertEquals, assertStrictEquals } from "@std/assert";
import { HeadMemory } from "../../wire/head_memory.ts";
import { bytesOf } from "./fakes.ts";

/** Stands for what a head was parsed to. */
interface Parsed {
  readonly text: string;
}

function parse(text: string): Parsed {
  return { text };
}

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

function teach(memory: HeadMemory<Parsed>, head: string, times = 2): Parsed {
  const parsed = parse(head);
  for (let i = 0; i < times; i++) {
    memory.learn(new Window(`${head}rest`), head.length, head, parsed);
  }
  return parsed;
}

const HEAD = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";

Deno.test("HeadMemory recalls a head that came twice, and takes it out of the window", () => {
  const memory = new HeadMemory<Parsed>();
  assertStrictEquals(memory.recall(new Window(HEAD)), undefined);
  teach(memory, HEAD, 1);
  assertStrictEquals(memory.recall(new Window(HEAD)), undefined);
  const parsed = teach(memory, HEAD, 1);
  for (const rest of ["", "body", HEAD]) {
    const window = new Window(`xx${HEAD}${rest}`);
    window.start = 2;
    assertStrictEquals(memory.recall(window)?.text, parsed.text);
    assertEquals(window.start, 2 + HEAD.length);
  }
});

Deno.test("HeadMemory recalls nothing but the very same head", () => {
  const memory = new HeadMemory<Parsed>();
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
  const memory = new HeadMemory<Parsed>();
  const other = "GET /b HTTP/1.1\r\nHost: a\r\n\r\n";
  teach(memory, HEAD);
  teach(memory, other, 1);
  assertStrictEquals(memory.recall(new Window(HEAD)), undefined);
  assertStrictEquals(memory.recall(new Window(other)), undefined);
  teach(memory, HEAD, 1);
  teach(memory, other, 1);
  assertStrictEquals(memory.recall(new Window(other)), undefined);
  teach(memory, other, 1);
  assertStrictEquals(memory.recall(new Window(other))?.text, other);
});

Deno.test("HeadMemory does not depend on the window that it learned from", () => {
  const memory = new HeadMemory<Parsed>();
  const parsed = parse(HEAD);
  const window = new Window(HEAD);
  memory.learn(window, HEAD.length, HEAD, parsed);
  memory.learn(window, HEAD.length, HEAD, parsed);
  window.bytes.fill(0);
  assertStrictEquals(memory.recall(new Window(HEAD)), parsed);
  assertStrictEquals(memory.recall(window), undefined);
});

Deno.test("HeadMemory does not keep long heads, and forgets the last one over them", () => {
  const memory = new HeadMemory<Parsed>();
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
