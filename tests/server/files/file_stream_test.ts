import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { streamFile, streamPieces, takeFile } from "../../../server/files/file_stream.ts";
import { factsOf, type FileFacts } from "../../../server/files/locate.ts";
import { HttpError } from "../../../wire/errors.ts";
import { collectGarbage } from "../../collect_garbage.ts";
import { until } from "../../conformance/waiting.ts";
import { TempTree } from "./temp_tree.ts";

const SIZE = 800_000;
const bytes = Uint8Array.from({ length: SIZE }, (_, at) => at * 7 + (at >> 8));

/** A file for a test, as it was found. */
function found(tree: TempTree, content: Uint8Array<ArrayBuffer> = bytes): FileFacts {
  const path = tree.write("file", content);
  return factsOf(path, Deno.lstatSync(path));
}

/** How often files are opened while `action` runs. */
async function countOpens(action: () => unknown): Promise<number> {
  const real = Deno.openSync;
  let opens = 0;
  Deno.openSync = (...of) => {
    opens++;
    return real(...of);
  };
  try {
    await action();
    return opens;
  } finally {
    Deno.openSync = real;
  }
}

Deno.test("streamFile() gives exactly the part that was asked for, in pieces", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  for (const [offset, count] of [[0, SIZE], [0, 1], [SIZE - 1, 1], [65530, 65540], [3, 262145]]) {
    const stream = streamFile({ facts, offset: offset!, count: count! });
    const pieces = await Array.fromAsync(stream);
    assert(pieces.every(({ length }) => length > 0 && length <= 262144));
    const whole = await new Blob(pieces).bytes();
    assertEquals(whole, bytes.slice(offset, offset! + count!));
  }
});

Deno.test("streamFile() opens the file when it is first read, and closes it with the last byte", async () => {
  using tree = new TempTree();
  const facts = found(tree, bytes.slice(0, 100));
  const opens = await countOpens(async () => {
    const stream = streamFile({ facts, offset: 0, count: 100 });
    await undefined;
    assertEquals(await countOpens(() => streamFile({ facts, offset: 0, count: 100 })), 0);
    const reader = stream.getReader();
    assertEquals((await reader.read()).value?.length, 100);
    // The sanitizer for resources would find it open: its end was not asked for.
  });
  assertEquals(opens, 1);
});

Deno.test("streamFile() fills the buffers of a reader that brings its own", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const reader = streamFile({ facts, offset: 10, count: 1000 }).getReader({ mode: "byob" });
  const seen: number[] = [];
  while (true) {
    const { done, value } = await reader.read(new Uint8Array(300));
    if (done) break;
    seen.push(...value);
  }
  assertEquals(seen, [...bytes.subarray(10, 1010)]);
});

Deno.test("streamFile() closes the file when it is cancelled, before and while it is read", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  await streamFile({ facts, offset: 0, count: SIZE }).cancel();
  const reader = streamFile({ facts, offset: 0, count: SIZE }).getReader();
  await reader.read();
  await reader.cancel("enough");
});

Deno.test("streamFile() fails when the file is another one by then, and never sends it", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const start = (): ReadableStreamDefaultReader =>
    streamFile({ facts, offset: 0, count: SIZE }).getReader();
  const before = start();
  tree.write("other", bytes);
  Deno.renameSync(`${tree.root}/other`, facts.path);
  const error = await assertRejects(() => before.read(), HttpError, "it changed meanwhile");
  assertEquals([error.code, error.status], ["file", 503]);
  Deno.removeSync(facts.path);
  const gone = await assertRejects(() => start().read(), HttpError, "Cannot send file");
  assertEquals(gone.status, 404);
});

Deno.test("streamFile() fails when the file shrinks while it is read, and cuts one that grows", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const shrinking = streamFile({ facts, offset: 0, count: SIZE }).getReader();
  await shrinking.read();
  Deno.truncateSync(facts.path, 300_000);
  await shrinking.read();
  await assertRejects(() => shrinking.read(), HttpError, "it shrank, 500000 bytes are missing");

  const later = found(tree);
  const growing = streamFile({ facts: later, offset: 0, count: SIZE });
  const [head] = growing.tee();
  const reader = head.getReader();
  let size = (await reader.read()).value!.length;
  Deno.writeFileSync(later.path, bytes, { append: true });
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
  }
  assertEquals(size, SIZE);
});

Deno.test("takeFile() takes the part over once, without opening it, and the stream is used then", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const stream = streamFile({ facts, offset: 5, count: 10 });
  // As middleware does that adds fields to the Response of another.
  const response = new Response(new Response(stream).body, { headers: { "X-Other": "1" } });
  assertEquals(response.body, stream);
  const taken = takeFile(stream)!;
  assertEquals([taken.facts, taken.offset, taken.count], [facts, 5, 10]);
  assertEquals(response.bodyUsed, true);
  assertEquals(takeFile(stream), undefined);
  assertEquals((await Array.fromAsync(stream)).length, 0);
  {
    using file = taken.open();
    const into = new Uint8Array(10);
    file.readSync(into);
    assertEquals(into, bytes.slice(5, 15));
  }
  Deno.removeSync(facts.path);
  assertThrows(() => taken.open(), HttpError, "Cannot send file");
});

Deno.test("takeFile() leaves a stream alone that somebody reads, and other streams", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const locked = streamFile({ facts, offset: 0, count: 10 });
  const reader = locked.getReader();
  assertEquals(takeFile(locked), undefined);
  await reader.read();
  reader.releaseLock();
  assertEquals(takeFile(locked), undefined);
  const cancelled = streamFile({ facts, offset: 0, count: 10 });
  await cancelled.cancel();
  assertEquals(takeFile(cancelled), undefined);
  assertEquals(takeFile(new ReadableStream()), undefined);

  const cloned = new Response(streamFile({ facts, offset: 0, count: 10 }));
  const clone = cloned.clone();
  assertEquals([takeFile(cloned.body!), takeFile(clone.body!)], [undefined, undefined]);
  assertEquals(await clone.bytes(), await cloned.bytes());
});

Deno.test("the file of a stream that was read in part and dropped is closed when that is collected", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const real = Deno.openSync;
  let closed = false;
  Deno.openSync = (...of) => {
    const file = real(...of);
    const close = file.close.bind(file);
    file.close = () => {
      closed = true;
      close();
    };
    return file;
  };
  try {
    await (async () => {
      await streamFile({ facts, offset: 0, count: SIZE }).getReader().read();
    })();
    assertEquals(closed, false);
    await until("it is closed", () => {
      collectGarbage();
      return closed;
    });
  } finally {
    Deno.openSync = real;
  }
});

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

Deno.test("streamPieces() gives bytes and parts of the file, one after the other", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const kept = encode("<>");
  const pieces = [kept, { offset: 500_000, count: 300_000 }, encode("|"), { offset: 5, count: 3 }];
  const whole = await new Response(streamPieces(facts, [...pieces, kept])).bytes();
  const expected = [kept, bytes.slice(500_000), encode("|"), bytes.slice(5, 8), kept];
  assertEquals(whole, await new Blob(expected).bytes());
  assertEquals(kept, encode("<>"), "what was given is still there");
});

Deno.test("streamPieces() opens nothing before it is read, and leaves nothing open", async () => {
  using tree = new TempTree();
  const facts = found(tree);
  const pieces = [{ offset: 0, count: 300_000 }, { offset: 400_000, count: 10 }];
  assertEquals(await countOpens(() => streamPieces(facts, pieces)), 0);
  assertEquals(await countOpens(() => streamPieces(facts, pieces).cancel()), 0);
  const reader = streamPieces(facts, pieces).getReader();
  assertEquals((await reader.read()).value?.length, 262144);
  // The sanitizer for resources would find the file open.
  await reader.cancel();

  const shrunk = streamPieces(facts, pieces).getReader();
  await shrunk.read();
  Deno.truncateSync(facts.path, 10);
  await assertRejects(() => shrunk.read(), HttpError, "it shrank");
});
