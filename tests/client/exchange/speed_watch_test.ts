import { assert, assertEquals } from "@std/assert";
import { SpeedWatch, tooSlow } from "../../../client/exchange/speed_watch.ts";
import { until, within } from "../../conformance/waiting.ts";
import { deadlinesPassed } from "../support/ticking.ts";

/** Bytes that moved, in whatever test. */
let moved = 0;

Deno.test("a transfer without bytes is too slow after a window, and that is said once", async () => {
  let slow = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = new SpeedWatch({ bytes: 1, windowMs: 1 }, () => moved, () => {
    slow++;
    resolve();
  });
  watch.resume();
  await within("it is said", promise);
  await deadlinesPassed();
  assertEquals(slow, 1);
  watch.stop();
});

Deno.test("a transfer goes on for as long as each window has its bytes", async () => {
  let counts = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = new SpeedWatch({ bytes: 5, windowMs: 200 }, () => moved, resolve);
  watch.resume();
  const source = setInterval(() => {
    if (counts === 14) return;
    counts++;
    moved += 5;
  }, 50);
  await within("it is too slow", promise);
  clearInterval(source);
  // It was ended by the first window without bytes, although there were enough before for all that passed.
  assertEquals(counts, 14);
  watch.stop();
});

Deno.test("a watch that was stopped says nothing", async () => {
  let slow = 0;
  const watch = new SpeedWatch({ bytes: 1, windowMs: 1 }, () => moved, () => slow++);
  watch.resume();
  watch.stop();
  await deadlinesPassed();
  assertEquals(slow, 0);
});

Deno.test("time in which nobody waits for the peer does not count", async () => {
  let slow = 0;
  const watch = new SpeedWatch({ bytes: 1, windowMs: 1 }, () => moved, () => slow++);
  watch.resume();
  watch.pause();
  await deadlinesPassed();
  assertEquals(slow, 0);
  watch.resume();
  await until("it is said", () => slow > 0);
  watch.stop();
});

Deno.test("short waits add up: a transfer in many small pieces is too slow as well", async () => {
  let slow = 0;
  const watch = new SpeedWatch({ bytes: 1000, windowMs: 50 }, () => moved, () => slow++);
  for (let pieces = 0; slow === 0; pieces++) {
    assert(pieces < 200, "a window never ends");
    watch.resume();
    await new Promise((resolve) => setTimeout(resolve, 5));
    moved += 1;
    watch.pause();
  }
  watch.resume();
  await deadlinesPassed();
  assertEquals(slow, 1);
  watch.stop();
});

Deno.test("the error of a slow transfer says how slow is too slow", () => {
  const error = tooSlow({ bytes: 100, windowMs: 2000 }, "body");
  assertEquals([error.phase, error.limit], ["body", "minSpeed"]);
  assert(error.message.includes("fewer than 100 bytes moved in 2 s, the least"), error.message);
});
