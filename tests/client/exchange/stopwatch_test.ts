import { assert, assertEquals } from "@std/assert";
import { Stopwatch } from "../../../client/exchange/stopwatch.ts";

/** Lets time pass that `performance.now` can measure. */
function spend(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

Deno.test("phases that were not entered took no time", () => {
  const stopwatch = new Stopwatch();
  stopwatch.firstByte();
  const { dns, connect, tls, firstByte, total } = stopwatch.read();
  assertEquals([dns, connect, tls], [0, 0, 0]);
  assert(firstByte >= 0 && total >= firstByte);
});

Deno.test("each phase has its own time, in seconds, and a proxy's counts as connecting", () => {
  const stopwatch = new Stopwatch();
  stopwatch.enter("dns");
  spend(3);
  stopwatch.enter("connect");
  spend(4);
  stopwatch.enter("proxy");
  spend(5);
  stopwatch.enter("tls");
  spend(6);
  stopwatch.enter(undefined);
  spend(7);
  stopwatch.firstByte();
  spend(8);
  const { dns, connect, tls, firstByte, total } = stopwatch.read();
  assert(dns >= 0.003 && connect >= 0.009 && tls >= 0.006);
  assert(firstByte >= dns + connect + tls + 0.007);
  assert(total >= firstByte + 0.008);
  assert(total < 60, "seconds, not milliseconds");
});

Deno.test("a phase that is entered again adds up, and time after the last phase is nobody's", () => {
  const stopwatch = new Stopwatch();
  stopwatch.enter("connect");
  spend(2);
  stopwatch.enter(undefined);
  const { connect } = stopwatch.read();
  spend(5);
  assertEquals(stopwatch.read().connect, connect);
  stopwatch.enter("connect");
  spend(2);
  stopwatch.enter(undefined);
  assert(stopwatch.read().connect >= connect + 0.002);
});
