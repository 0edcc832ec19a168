import { assert, assertRejects, assertStrictEquals } from "@std/assert";
import { pause } from "../../../client/exchange/pause.ts";

Deno.test("pause() waits so long", async () => {
  const startMs = performance.now();
  await pause(30, new AbortController().signal);
  assert(performance.now() - startMs >= 29);
  await pause(0, new AbortController().signal);
});

Deno.test("pause() ends with the reason of an abort, before and while it waits, however long", async () => {
  const reason = new Error("enough");
  assertStrictEquals(await assertRejects(() => pause(1, AbortSignal.abort(reason))), reason);
  const waiting = new AbortController();
  // Longer than a timer can be: one that overflows would fire at once.
  const pausing = pause(2 ** 40, waiting.signal);
  let isOver = false;
  pausing.catch(() => {}).finally(() => isOver = true);
  await pause(20, new AbortController().signal);
  assert(!isOver);
  waiting.abort(reason);
  assertStrictEquals(await assertRejects(() => pausing), reason);
});
