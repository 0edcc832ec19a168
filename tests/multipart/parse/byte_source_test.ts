import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ByteSource, type MultipartBody } from "../../../multipart/parse/byte_source.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const PIECES = [bytesOf("ab"), bytesOf(""), bytesOf("c")];

async function readAll(source: ByteSource): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for (let chunk; (chunk = await source.read()) !== undefined;) chunks.push(chunk);
  return chunks;
}

async function* generate(): AsyncGenerator<Uint8Array> {
  yield* PIECES;
}

/** A stream that never gives anything, and what it was cancelled with. */
function silent(): { stream: ReadableStream<Uint8Array>; reasons: unknown[] } {
  const reasons: unknown[] = [];
  const stream = new ReadableStream<Uint8Array>({
    cancel: (reason) => {
      reasons.push(reason);
    },
  });
  return { stream, reasons };
}

Deno.test("a source is read from whatever gives bytes, chunk by chunk", async () => {
  const bodies: [MultipartBody, Uint8Array[]][] = [
    [ReadableStream.from(PIECES), PIECES],
    [generate(), PIECES],
    [PIECES, PIECES],
    [PIECES[0]!, [PIECES[0]!]],
    [new Blob(["abc"]).stream(), [bytesOf("abc")]],
    [null, []],
  ];
  for (const [body, chunks] of bodies) {
    const source = new ByteSource(body);
    assertEquals(source.isOver, false);
    assertEquals(await readAll(source), chunks);
    assertEquals(source.isOver, true);
    assertEquals(await source.read(), undefined);
  }
});

Deno.test("a source that gives no bytes is refused", async () => {
  const others: [unknown, string][] = [
    ["text", "String"],
    [5, "Number"],
    [undefined, "Undefined"],
    [new Request("http://localhost/"), "Request"],
    [new Blob(["x"]), "Blob"],
    [new ArrayBuffer(5), "ArrayBuffer"],
  ];
  for (const [body, kind] of others) {
    const message = `Cannot parse multipart: ${kind} is not a stream, bytes, or chunks of bytes`;
    assertThrows(() => new ByteSource(body as never), TypeError, message);
  }
  const source = new ByteSource(["text"] as never);
  await assertRejects(() => source.read(), TypeError, "the body gave a string, not bytes");
});

Deno.test("nothing is read before it is asked for", async () => {
  let asked = 0;
  const source = new ByteSource((function* () {
    asked++;
    yield bytesOf("a");
  })());
  assertEquals(asked, 0);
  await source.read();
  assertEquals(asked, 1);
});

Deno.test("a stream is let go of at its end, and cancelled with the reason before", async () => {
  const stream = ReadableStream.from(PIECES);
  await readAll(new ByteSource(stream));
  assertEquals(stream.locked, false);
  const { stream: other, reasons } = silent();
  const source = new ByteSource(other);
  await source.cancel("enough");
  assertEquals(reasons, ["enough"]);
  assertEquals(other.locked, false);
  assertEquals(await source.read(), undefined);
});

Deno.test("an iterator is told to return when the source is cancelled, but not after its end", async () => {
  let returned = 0;
  const body = () => ({
    at: 0,
    [Symbol.iterator]() {
      return this;
    },
    next() {
      return this.at < PIECES.length
        ? { done: false as const, value: PIECES[this.at++]! }
        : { done: true as const, value: undefined };
    },
    return() {
      returned++;
      return { done: true as const, value: undefined };
    },
  });
  const read = new ByteSource(body());
  await readAll(read);
  await read.cancel("late");
  assertEquals(returned, 0);
  const left = new ByteSource(body());
  await left.read();
  await left.cancel("early");
  assertEquals(returned, 1);
});

Deno.test("an abort ends a wait at once, with its reason, and cancels the source", async () => {
  const { stream, reasons } = silent();
  const aborter = new AbortController();
  const source = new ByteSource(stream, aborter.signal);
  const reading = source.read();
  const reason = new Error("enough");
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => reading), reason);
  assertStrictEquals(await assertRejects(() => source.read()), reason);
  assertEquals(reasons, [reason]);
  assert(source.wasAborted);
  assertStrictEquals(source.abortReason, reason);
});

Deno.test("a source with a signal that aborted before is not read", async () => {
  const { stream, reasons } = silent();
  const source = new ByteSource(stream, AbortSignal.abort("before"));
  assert(source.wasAborted);
  assertEquals(reasons, ["before"]);
  let thrown: unknown;
  await source.read().catch((error) => thrown = error);
  assertEquals(thrown, "before");
});

Deno.test("an abort after the end is of no interest, and nothing listens for it any more", async () => {
  const aborter = new AbortController();
  const { signal } = aborter;
  let listening = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listening++, add(...args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (listening--, remove(...args));
  const source = new ByteSource(PIECES, signal);
  assertEquals(listening, 1);
  await readAll(source);
  assertEquals(listening, 0);
  aborter.abort();
  assertEquals(source.wasAborted, false);
  assertEquals(await source.read(), undefined);
});

Deno.test("a source that fails, fails its reader", async () => {
  const failure = new Error("broken");
  const source = new ByteSource(new ReadableStream({ pull: () => Promise.reject(failure) }));
  assertStrictEquals(await assertRejects(() => source.read()), failure);
});
