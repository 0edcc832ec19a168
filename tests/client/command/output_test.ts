import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { OutputError } from "../../../client/command/errors.ts";
import { checkPrintable, openOutput } from "../../../client/command/output.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

Deno.test("openOutput() writes to a file that appears at the end", async () => {
  using tree = new TempTree();
  const nobody = { write: () => Promise.reject(new Error("not here")) };
  const output = await openOutput(`${tree.root}/file`, nobody, new AbortController().signal);
  await output.write(bytes("hello"));
  await output.commit();
  assertEquals(Deno.readTextFileSync(`${tree.root}/file`), "hello");
});

Deno.test("openOutput() writes to the standard output, on and on when it takes a part", async () => {
  let written = "";
  const stdout = {
    write: (piece: Uint8Array) => {
      written += new TextDecoder().decode(piece.subarray(0, 3));
      return Promise.resolve(Math.min(3, piece.length));
    },
  };
  const output = await openOutput(undefined, stdout, new AbortController().signal);
  await output.write(bytes("hello world"));
  await output.write(bytes(""));
  await output.commit();
  await output.discard();
  assertEquals(written, "hello world");
});

Deno.test("a write that stands still ends with the signal, and so does the next one", async () => {
  const aborter = new AbortController();
  const stdout = { write: () => new Promise<number>(() => {}) };
  const output = await openOutput(undefined, stdout, aborter.signal);
  const writing = output.write(bytes("hello"));
  const reason = new Error("enough");
  aborter.abort(reason);
  assertEquals(await assertRejects(() => writing), reason);
  assertEquals(await assertRejects(() => output.write(bytes("more"))), reason);
});

Deno.test("a failed write to the standard output keeps its cause", async () => {
  const cause = new Deno.errors.BrokenPipe("Broken pipe");
  const stdout = { write: () => Promise.reject(cause) };
  const output = await openOutput(undefined, stdout, new AbortController().signal);
  const error = await assertRejects(() => output.write(bytes("hello")), OutputError);
  assertEquals(error.message, "Cannot write to the standard output: Broken pipe");
  assertEquals(error.cause, cause);
});

Deno.test("checkPrintable() refuses bytes with NUL, as no text has it", () => {
  checkPrintable(bytes("text\x1b[1m\xff"));
  assertThrows(() => checkPrintable(bytes("a\0")), OutputError, 'use "-o FILE" to save it');
});
