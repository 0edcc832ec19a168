import { assertEquals } from "@std/assert";
import { SpeedWatch } from "../../../client/exchange/speed_watch.ts";

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

Deno.test("a transfer without bytes is too slow after a window, and that is said once", async () => {
  let slow = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = new SpeedWatch({ bytes: 1, windowMs: 1 }, () => {
    slow++;
    resolve();
  });
  // The ticker does not keep the process alive; this does.
  const alive = setInterval(() => {}, 1000);
  await promise;
  await wait(450);
  clearInterval(alive);
  assertEquals(slow, 1);
  watch.stop();
});

Deno.test("a transfer goes on for as long as each window has its bytes", async () => {
  let counts = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = new SpeedWatch({ bytes: 5, windowMs: 200 }, resolve);
  const source = setInterval(() => {
    if (counts === 14) return;
    counts++;
    watch.count(5);
  }, 50);
  await promise;
  clearInterval(source);
  // It was ended by the first window without bytes, although there were enough before for all that passed.
  assertEquals(counts, 14);
  watch.stop();
});

Deno.test("a watch that was stopped says nothing", async () => {
  let slow = 0;
  const watch = new SpeedWatch({ bytes: 1, windowMs: 1 }, () => slow++);
  watch.stop();
  await wait(450);
  assertEquals(slow, 0);
});
