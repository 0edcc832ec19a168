import { assertEquals } from "@std/assert";
import { oneTurn } from "../../wire/event_loop.ts";

Deno.test("oneTurn() lets everything run that waits for nothing but its turn", async () => {
  let turns = 0;
  const work = async (): Promise<void> => {
    for (; turns < 50; turns++) await Promise.resolve();
  };
  const working = work();
  await oneTurn();
  assertEquals(turns, 50);
  await working;
});

Deno.test("oneTurn() lets the event loop turn: a timer that is due goes first", async () => {
  let isDone = false;
  setTimeout(() => isDone = true, 0);
  for (const startMs = performance.now(); performance.now() < startMs + 5;);
  // Work that only waits for promises holds the loop up.
  for (let i = 0; i < 50; i++) await Promise.resolve();
  assertEquals(isDone, false);
  await oneTurn();
  assertEquals(isDone, true);
});
