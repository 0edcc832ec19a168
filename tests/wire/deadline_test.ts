import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { Deadline } from "../../wire/deadline.ts";

/** Times of the ticker's own clock: before and after every deadline that a test arms. */
const EARLY = -1;
const LATE = Number.MAX_SAFE_INTEGER;

/** Arms a deadline and resolves with how long it took to pass. */
async function timeToPass(ms: number): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const deadline = new Deadline(resolve);
  // The ticker does not keep the process alive; this does.
  const alive = setInterval(() => {}, 1000);
  const armedAt = performance.now();
  deadline.arm(ms);
  await promise;
  deadline.remove();
  clearInterval(alive);
  return performance.now() - armedAt;
}

Deno.test("a Deadline passes, and not before its time", async () => {
  const times = await Promise.all([1, 50, 150, 230].map(timeToPass));
  [1, 50, 150, 230].forEach((ms, i) => assertGreaterOrEqual(times[i]!, ms));
});

Deno.test("a Deadline armed after the event loop was held up does not pass early", async () => {
  const keep = new Deadline(() => {});
  // Makes sure that the ticker is the one whose time lags behind.
  const until = performance.now() + 500;
  while (performance.now() < until);
  assertGreaterOrEqual(await timeToPass(300), 300);
  keep.remove();
});

Deno.test("a Deadline calls back once, until it is armed again", () => {
  let passed = 0;
  const deadline = new Deadline(() => passed++);
  deadline.check(LATE);
  deadline.arm(60_000);
  deadline.check(EARLY);
  assertEquals(passed, 0);
  deadline.check(LATE);
  deadline.check(LATE);
  assertEquals(passed, 1);
  deadline.arm(60_000);
  deadline.check(LATE);
  assertEquals(passed, 2);
  deadline.remove();
});

Deno.test("a Deadline that is moved, disarmed or removed does not pass at its old time", () => {
  let passed = 0;
  const deadline = new Deadline(() => passed++);
  deadline.arm(60_000);
  deadline.arm(LATE);
  deadline.check(LATE / 2);
  deadline.disarm();
  deadline.check(LATE);
  deadline.arm(60_000);
  deadline.remove();
  deadline.check(LATE);
  assertEquals(passed, 0);
});

Deno.test("a Deadline of 0 or Infinity never passes", () => {
  let passed = 0;
  const deadline = new Deadline(() => passed++);
  for (const ms of [0, Infinity]) {
    deadline.arm(100);
    deadline.arm(ms);
    deadline.check(LATE);
  }
  assertEquals(passed, 0);
  deadline.remove();
});

Deno.test("a Deadline may remove itself and others while they are checked", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const alive = setInterval(() => {}, 1000);
  const calls: string[] = [];
  const first: Deadline = new Deadline(() => {
    calls.push("first");
    first.remove();
    second.remove();
    const third: Deadline = new Deadline(() => {
      calls.push("third");
      third.remove();
      resolve();
    });
    third.arm(1);
  });
  const second = new Deadline(() => calls.push("second"));
  first.arm(1);
  second.arm(1);
  await promise;
  clearInterval(alive);
  assertEquals(calls, ["first", "third"]);
});

Deno.test("the ticker stops with the last Deadline and starts again with the next", async () => {
  const one = new Deadline(() => {});
  const two = new Deadline(() => {});
  one.remove();
  one.remove();
  two.remove();
  // A ticker left running would fail the sanitizer, one not started again this line.
  assert(await timeToPass(1) >= 1);
});
