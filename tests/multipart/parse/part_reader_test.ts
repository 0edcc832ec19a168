// Reads that must wait, and those that come meanwhile.

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ByteSource } from "../../../multipart/parse/byte_source.ts";
import { LIMIT_DEFAULTS } from "../../../multipart/parse/limits.ts";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";
import type { MultipartPart } from "../../../multipart/parse/part.ts";
import { PartReader } from "../../../multipart/parse/part_reader.ts";
import { Scanner } from "../../../multipart/parse/scanner.ts";
import { LimitError } from "../../../wire/errors.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function partText(name: string, content: string): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${content}\r\n`;
}

/** A source that is fed by hand. */
class Feed {
  readonly stream: ReadableStream<Uint8Array>;
  readonly cancelled: unknown[] = [];
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: (reason) => {
        this.cancelled.push(reason);
      },
    });
  }

  give(text: string): void {
    this.#controller.enqueue(bytesOf(text));
  }

  close(): void {
    this.#controller.close();
  }

  fail(error: unknown): void {
    this.#controller.error(error);
  }
}

function readerOf(feed: Feed, signal?: AbortSignal, maxFieldBytes = 1000): PartReader {
  const scanner = new Scanner({ boundary: "b", isForm: true }, LIMIT_DEFAULTS);
  return new PartReader(scanner, new ByteSource(feed.stream, signal), maxFieldBytes);
}

const nextOf = (reader: PartReader): Promise<MultipartPart | undefined> => reader.next((it) => it);

Deno.test("parts and their content come as soon as their bytes do", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  const first = nextOf(reader);
  feed.give(partText("a", "one").slice(0, 20));
  feed.give(partText("a", "one").slice(20) + "--b");
  const part = (await first)!;
  assertEquals(part.name, "a");
  // The delimiter after it is not complete, but nothing of it can be content.
  assertEquals(textOf((await part.body.getReader().read()).value!), "one");
  feed.give("--\r\n");
  const end = nextOf(reader);
  feed.close();
  assertEquals(await end, undefined);
  assertEquals(await nextOf(reader), undefined);
});

Deno.test("reads that wait are served in their order", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  const reads = [nextOf(reader), nextOf(reader), nextOf(reader), nextOf(reader)];
  const order: number[] = [];
  reads.forEach((read, i) => read.then(() => order.push(i)));
  feed.give(`${partText("a", "one")}${partText("b", "two")}${partText("c", "three")}--b--`);
  feed.close();
  const names = (await Promise.all(reads)).map((part) => part?.name);
  assertEquals(names, ["a", "b", "c", undefined]);
  assertEquals(order, [0, 1, 2, 3]);
});

Deno.test("content that is waited for is given before the next part is looked for", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  feed.give(partText("a", "").slice(0, -2));
  const part = (await nextOf(reader))!;
  const reading = part.body.values().next();
  const next = nextOf(reader);
  feed.give(`one\r\n${partText("b", "two")}--b--`);
  feed.close();
  assertEquals((await next)?.name, "b");
  assertEquals(textOf((await reading).value!), "one");
});

Deno.test("an unread part cannot be read after the next one was asked for", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  feed.give(`${partText("a", "one")}${partText("b", "two")}--b--`);
  feed.close();
  const part = (await nextOf(reader))!;
  const { body } = part;
  assertEquals((await nextOf(reader))?.name, "b");
  const message = 'Cannot read body of part "a": the next part was asked for';
  await assertRejects(() => body.getReader().read(), TypeError, message);
  const again = readerOf(refilled());
  const late = (await nextOf(again))!;
  await nextOf(again);
  await assertRejects(() => late.text(), TypeError, message);
  await assertRejects(() => late.bytes(), TypeError, "it was read already");
});

function refilled(): Feed {
  const feed = new Feed();
  feed.give(`${partText("a", "one")}${partText("b", "two")}--b--`);
  feed.close();
  return feed;
}

Deno.test("a part that was read to its end is not disturbed by the next one", async () => {
  const reader = readerOf(refilled());
  const part = (await nextOf(reader))!;
  const body = part.body.getReader();
  assertEquals(textOf((await body.read()).value!), "one");
  assertEquals((await nextOf(reader))?.name, "b");
  assertEquals(await body.read(), { done: true, value: undefined });
});

Deno.test("content is collected up to the limit, and what exceeds it is skipped", async () => {
  const feed = new Feed();
  const reader = readerOf(feed, undefined, 5);
  for (const piece of ["12345", "123456", "x"]) feed.give(partText("a", piece));
  feed.give("--b--");
  feed.close();
  assertEquals(await (await nextOf(reader))!.text(), "12345");
  const part = (await nextOf(reader))!;
  const error = await assertRejects(() => part.bytes(), LimitError);
  assertEquals([error.limit, error.max, error.status], ["maxFieldBytes", 5, 413]);
  assertEquals(await (await nextOf(reader))!.text(), "x");
  assertEquals(await nextOf(reader), undefined);
});

Deno.test("the limit holds for content in many pieces", async () => {
  for (const size of [5, 6]) {
    const feed = new Feed();
    const reader = readerOf(feed, undefined, 5);
    for (const byte of `${partText("a", "ü".repeat(size).slice(0, size))}--b--`) feed.give(byte);
    feed.close();
    const part = (await nextOf(reader))!;
    await assertRejects(() => part.text(), LimitError);
  }
  const feed = new Feed();
  const reader = readerOf(feed, undefined, 5);
  for (const byte of `${partText("a", "12345")}--b--`) feed.give(byte);
  feed.close();
  assertEquals(await (await nextOf(reader))!.text(), "12345");
});

Deno.test("text is UTF-8 with its byte order mark, and what is none becomes U+FFFD", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  const texts = ["", "ascii", "naïve 😀", "\ufeffmark", "long ".repeat(100)];
  for (const text of texts) feed.give(partText("a", text));
  feed.give("--b--");
  feed.close();
  for (const text of texts) assertEquals(await (await nextOf(reader))!.text(), text);
  const invalid = [...bytesOf(partText("a", "")).slice(0, -2), 0xff, ...bytesOf("\r\n--b--")];
  const scanner = new Scanner({ boundary: "b", isForm: true }, LIMIT_DEFAULTS);
  const source = new ByteSource(Uint8Array.from(invalid));
  assertEquals(await (await nextOf(new PartReader(scanner, source, 10)))!.text(), "\ufffd");
});

Deno.test("bytes() gives bytes that nothing else refers to", async () => {
  const reader = readerOf(refilled());
  const bytes = await (await nextOf(reader))!.bytes();
  assertEquals(bytes.buffer.byteLength, 3, "nothing else of the form is in their memory");
  structuredClone(bytes, { transfer: [bytes.buffer] });
  assertEquals(await (await nextOf(reader))!.text(), "two");
});

Deno.test("a malformed form fails whoever reads it, the same way ever after, and cancels the source", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  feed.give(`${partText("a", "one")}--bad`);
  const part = (await nextOf(reader))!;
  const body = part.body.getReader();
  assertEquals(textOf((await body.read()).value!), "one");
  const error = await assertRejects(() => body.read(), MultipartError);
  assertEquals(error.offset, partText("a", "one").length + 3);
  assertStrictEquals(await assertRejects(() => nextOf(reader)), error);
  assertStrictEquals(await assertRejects(() => nextOf(reader)), error);
  assertEquals(feed.cancelled, [error]);
});

Deno.test("a source that fails, fails all reads", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  feed.give(partText("a", "one").slice(0, -2));
  const part = (await nextOf(reader))!;
  const body = part.body.values();
  await body.next();
  const reads = [body.next(), nextOf(reader)];
  const failure = new Error("broken");
  feed.fail(failure);
  const results = await Promise.allSettled(reads);
  assertEquals(results.map((it) => it.status === "rejected" && it.reason), [failure, failure]);
});

Deno.test("cancelling ends reads that wait, and the part at hand", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  feed.give(partText("a", "one").slice(0, -2));
  const part = (await nextOf(reader))!;
  const body = part.body.getReader();
  await body.read();
  const waiting = body.read();
  await reader.cancel("enough");
  assertEquals(feed.cancelled, ["enough"]);
  await assertRejects(() => waiting, TypeError, "the form was cancelled");
  await assertRejects(() => nextOf(reader), TypeError, "it was cancelled");
});

Deno.test("an abort fails all reads with its reason, also where bytes are there", async () => {
  const aborter = new AbortController();
  const feed = new Feed();
  const reader = readerOf(feed, aborter.signal);
  feed.give(`${partText("a", "one")}${partText("b", "two")}`);
  const part = (await nextOf(reader))!;
  const reason = new Error("enough");
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => part.text()), reason);
  assertStrictEquals(await assertRejects(() => nextOf(reader)), reason);
  assertEquals(feed.cancelled, [reason]);
});

Deno.test("an abort wakes who waits", async () => {
  const aborter = new AbortController();
  const feed = new Feed();
  const reader = readerOf(feed, aborter.signal);
  const waiting = nextOf(reader);
  aborter.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
});

Deno.test("what follows the form is read and dropped, and its failure is told", async () => {
  const feed = new Feed();
  const reader = readerOf(feed);
  feed.give(`${partText("a", "one")}--b--\r\nepilogue`);
  await nextOf(reader);
  const end = nextOf(reader);
  feed.give("more of it");
  feed.fail(new Error("cut"));
  await assertRejects(() => end, Error, "cut");
});
