import { assert, assertEquals, assertRejects } from "@std/assert";
import { BULK_BYTES } from "../../wire/buffer_pool.ts";
import { BodyWriter, type OutgoingKind } from "../../wire/body_writer.ts";
import { ConnWriter } from "../../wire/conn_writer.ts";
import { copyFile, type FileSource } from "../../wire/copy_file.ts";
import { ClosedError, HttpError } from "../../wire/errors.ts";
import { bytesOf, FakeSink, turns } from "./fakes.ts";

/** A file in memory, that gives at most so many bytes with each read. */
class FakeFile implements FileSource {
  reads = 0;
  #at = 0;
  readonly #bytes: Uint8Array;
  readonly #most: number;

  constructor(text: string, most: number = Infinity) {
    this.#bytes = bytesOf(text);
    this.#most = most;
  }

  readSync(into: Uint8Array): number | null {
    this.reads++;
    if (this.#at === this.#bytes.length) return null;
    const count = Math.min(into.length, this.#most, this.#bytes.length - this.#at);
    into.set(this.#bytes.subarray(this.#at, this.#at + count));
    this.#at += count;
    return count;
  }
}

function content(length: number): string {
  let text = "";
  while (text.length < length) text += `${text.length} `;
  return text.slice(0, length);
}

interface Copied {
  readonly text: string;
  readonly writes: number;
  readonly body: BodyWriter;
}

async function copy(
  file: FileSource,
  count: number,
  kind: OutgoingKind,
  length: number,
): Promise<Copied> {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 1000);
  try {
    writer.putAscii("head|");
    const body = new BodyWriter(writer, kind, length);
    await copyFile(file, "a.txt", count, body, writer);
    body.end();
    await writer.flush();
    return { text: sink.text, writes: sink.writes.length, body };
  } finally {
    writer.release();
  }
}

Deno.test("copyFile() copies exactly as many bytes as it is told", async () => {
  const sizes = [0, 1, 1000, BULK_BYTES - 1024, BULK_BYTES - 1023, BULK_BYTES, 700_000];
  for (const size of sizes) {
    const file = content(size);
    for (const kind of ["length", "close"] as const) {
      const { text, body } = await copy(new FakeFile(file), size, kind, size);
      assert(text === `head|${file}`, `${size} bytes, ${kind}`);
      assertEquals([body.sent, body.complete], [size, true]);
    }
  }
});

Deno.test("copyFile() cuts a file that grew", async () => {
  const { text } = await copy(new FakeFile("hello world"), 5, "length", 5);
  assertEquals(text, "head|hello");
});

Deno.test("copyFile() cuts the file into chunks where the body is chunked", async () => {
  const small = await copy(new FakeFile("hello"), 5, "chunked", 0);
  assertEquals(small.text, "head|5\r\nhello\r\n0\r\n\r\n");
  const size = 600_000;
  const file = content(size);
  const { text } = await copy(new FakeFile(file), size, "chunked", 0);
  let decoded = "";
  let at = "head|".length;
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    const length = parseInt(text.slice(at, lineEnd), 16);
    if (length === 0) break;
    decoded += text.slice(lineEnd + 2, lineEnd + 2 + length);
    at = lineEnd + 2 + length + 2;
  }
  assert(decoded === file);
  assertEquals(text.slice(at), "0\r\n\r\n");
});

Deno.test("copyFile() puts up with reads that give less than asked for", async () => {
  const file = content(10_000);
  const { text } = await copy(new FakeFile(file, 999), 10_000, "length", 10_000);
  assert(text === `head|${file}`);
});

Deno.test("copyFile() sends head and file in one write where they fit, and in few where not", async () => {
  const one = await copy(new FakeFile(content(100_000)), 100_000, "length", 100_000);
  assertEquals(one.writes, 1);
  const large = await copy(new FakeFile(content(2_000_000)), 2_000_000, "length", 2_000_000);
  // Neither many small ones nor a buffer as large as the file.
  assert(large.writes >= 4 && large.writes <= 32, `${large.writes} writes`);
});

Deno.test("copyFile() fails when the file shrank, and tells by how much", async () => {
  for (const kind of ["length", "chunked"] as const) {
    const error = await assertRejects(() => copy(new FakeFile("hello"), 8, kind, 8), HttpError);
    assertEquals([error.code, error.status], ["file", 500]);
    assertEquals(error.message, 'Cannot send file "a.txt": it shrank, 3 bytes are missing');
  }
  const size = BULK_BYTES + 1000;
  const error = await assertRejects(
    () => copy(new FakeFile(content(size - 10)), size, "length", size),
    HttpError,
  );
  assertEquals(error.message, 'Cannot send file "a.txt": it shrank, 10 bytes are missing');
});

Deno.test("copyFile() refuses more than the body may have before it reads", async () => {
  const file = new FakeFile("hello");
  await assertRejects(() => copy(file, 5, "length", 4), RangeError);
  assertEquals(file.reads, 0);
});

Deno.test("copyFile() does not read ahead of the client", async () => {
  const sink = new FakeSink();
  sink.held = true;
  const writer = new ConnWriter(sink, 1000);
  const file = new FakeFile(content(2_000_000));
  const body = new BodyWriter(writer, "length", 2_000_000);
  const copied = copyFile(file, "a.txt", 2_000_000, body, writer);
  await turns();
  assertEquals(file.reads, 1);
  sink.proceed();
  await turns();
  assertEquals(file.reads, 2);
  sink.close();
  await assertRejects(() => copied, ClosedError);
  assertEquals(file.reads, 2);
  writer.release();
});
