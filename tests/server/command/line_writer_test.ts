import { assert, assertEquals } from "@std/assert";
import { LineWriter } from "../../../server/command/line_writer.ts";

const decoder = new TextDecoder();

/** A stream that takes at most `most` bytes at a time, and tells what it was given. */
function recorder(
  most = Infinity,
): { written: string[]; write: (b: Uint8Array) => Promise<number> } {
  const written: string[] = [];
  return {
    written,
    write: (bytes) => {
      const taken = bytes.subarray(0, Math.min(bytes.length, most));
      written.push(decoder.decode(taken));
      return Promise.resolve(taken.length);
    },
  };
}

function unexpected(error: unknown): void {
  throw error;
}

Deno.test("LineWriter writes the lines of one tick at once", async () => {
  const { written, write } = recorder();
  const lines = new LineWriter(write, unexpected);
  lines.put("one");
  await Promise.resolve();
  lines.put("two");
  assertEquals(written, []);
  await lines.flush();
  assertEquals(written, ["one\ntwo\n"]);
});

Deno.test("LineWriter.flush() resolves at once when nothing is waiting", async () => {
  const { written, write } = recorder();
  await new LineWriter(write, unexpected).flush();
  assertEquals(written, []);
});

Deno.test("LineWriter goes on where a partial write ended", async () => {
  const { written, write } = recorder(3);
  const lines = new LineWriter(write, unexpected);
  lines.put("abcdef");
  lines.put("gh");
  await lines.flush();
  assertEquals(written, ["abc", "def", "\ngh", "\n"]);
});

Deno.test("LineWriter writes one thing at a time, and what was put meanwhile afterwards", async () => {
  const first = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const written: string[] = [];
  const lines = new LineWriter(async (bytes) => {
    written.push(decoder.decode(bytes));
    started.resolve();
    if (written.length === 1) await first.promise;
    return bytes.length;
  }, unexpected);
  lines.put("one");
  await started.promise;
  lines.put("two");
  lines.put("three");
  assertEquals(written, ["one\n"]);
  const flushed = lines.flush();
  first.resolve();
  await flushed;
  assertEquals(written, ["one\n", "two\nthree\n"]);
});

Deno.test("LineWriter is full while more than 1 MiB is waiting", async () => {
  const { written, write } = recorder();
  const lines = new LineWriter(write, unexpected);
  const line = "x".repeat(1023);
  for (let i = 0; i < 1024; i++) lines.put(line);
  assert(!lines.full);
  lines.put("");
  assert(lines.full);
  await lines.flush();
  assert(!lines.full);
  assertEquals(written.join("").length, 1024 * 1024 + 1);
});

Deno.test("LineWriter tells its first failure, then drops what is put", async () => {
  const errors: unknown[] = [];
  let writes = 0;
  const broken = new Error("Broken pipe");
  const lines = new LineWriter(() => {
    writes++;
    return Promise.reject(broken);
  }, (error) => errors.push(error));
  lines.put("one");
  await lines.flush();
  lines.put("two");
  await lines.flush();
  assertEquals({ errors, writes, full: lines.full }, { errors: [broken], writes: 1, full: false });
});
