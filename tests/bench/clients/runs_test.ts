import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import type { Job, Lane } from "../../../bench/clients/job.ts";
import { repeating, requireOk, witness } from "../../../bench/clients/runs.mjs";
import { withClock } from "../clock.ts";

const JOB: Job = {
  work: "get",
  url: "",
  inFlight: 3,
  seconds: 0,
  bodyBytes: 5,
  file: "",
  check: false,
};

Deno.test("repeating() has so many requests in flight at once, and counts them all", async () => {
  const gate = Promise.withResolvers<void>();
  let closed = 0;
  let inFlight = 0;
  const open = (): Lane => ({
    run: async () => {
      // Nobody goes on before all three are here.
      if (++inFlight === 3) gate.resolve();
      await gate.promise;
      return 5;
    },
    close: () => closed++,
  });
  const result = await repeating(open)(JOB);
  assertEquals([result.count, result.bytes, closed], [3, 15, 3]);
  assert(result.seconds >= 0);
});

Deno.test("repeating() goes on until the time is over", async () => {
  const repeat = repeating(() => ({ run: () => Promise.resolve(5) }));
  const result = await withClock(() => repeat({ ...JOB, seconds: 0.02 }));
  // The three in flight when the time is over are counted, too.
  assertEquals(result, { count: 22, bytes: 22 * 5, seconds: 0.023 });
});

Deno.test("repeating() checks with a single request whose body it digests", async () => {
  const run: Lane["run"] = (see) => {
    see!("he");
    see!(new TextEncoder().encode("llo"));
    return Promise.resolve(5);
  };
  const { count, bytes, digest } = await repeating(() => ({ run }))({ ...JOB, check: true });
  assertEquals([count, bytes], [1, 5]);
  assertEquals(digest, createHash("sha256").update("hello").digest("hex"));
});

Deno.test("repeating() fails with the request that fails", async () => {
  const run = () => Promise.reject(new Error("status 500"));
  await assertRejects(() => repeating(() => ({ run }))(JOB), Error, "status 500");
});

Deno.test("witness() of an upload tells the digest that the server answered", () => {
  const { see, digest } = witness({ ...JOB, work: "upload" });
  see("12 ab");
  see("cd");
  assertEquals(digest(), "abcd");
});

Deno.test("requireOk() lets 200 pass and names any other status", () => {
  requireOk(200);
  assertThrows(() => requireOk(206), Error, "status 206");
  assertThrows(() => requireOk(undefined), Error, "status undefined");
});
