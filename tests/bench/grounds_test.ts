import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { findProgram, type Grounds, prepareOrSkip } from "../../bench/grounds.ts";

function groundsFor(signal: AbortSignal): { grounds: Grounds; notes: string[] } {
  const notes: string[] = [];
  const makeScratch = () => Promise.reject(new Error("not needed"));
  const onNote = (note: string) => void notes.push(note);
  return { grounds: { docroot: "", makeScratch, connections: 1, signal, onNote }, notes };
}

const NEVER = new AbortController().signal;

Deno.test("findProgram() tells the version of a program, or notes who is skipped for lack of it", () => {
  const { grounds, notes } = groundsFor(NEVER);
  assertMatch(findProgram("curl", ["uname", "-r"], "get it", grounds) ?? "", /^\d+\./);
  assertEquals(notes, []);
  assertEquals(findProgram("curl", ["no_such_program", "-v"], "get it", grounds), undefined);
  assertEquals(notes, ['Skipping curl: "no_such_program" is not installed; get it']);
});

Deno.test("prepareOrSkip() gives what was prepared, and notes in one line why it was not", async () => {
  const { grounds, notes } = groundsFor(NEVER);
  const prepare = (work: () => Promise<number>) => prepareOrSkip("std", "it failed", grounds, work);
  assertEquals(await prepare(() => Promise.resolve(5)), 5);
  assertEquals(await prepare(() => Promise.reject(new Error("one\ntwo"))), undefined);
  assertEquals(notes, ["Skipping std: it failed: one"]);
});

Deno.test("prepareOrSkip() skips nobody when the bench is ended", async () => {
  const { grounds, notes } = groundsFor(AbortSignal.abort(new Error("enough")));
  const fail = () => Promise.reject(new Error("no"));
  await assertRejects(() => prepareOrSkip("std", "it failed", grounds, fail), Error, "enough");
  assertEquals(notes, []);
});
