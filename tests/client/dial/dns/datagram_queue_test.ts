import { assertEquals, assertRejects } from "@std/assert";
import { DatagramQueue } from "../../../../client/dial/dns/datagram_queue.ts";

/** Longer than any test. */
const NEVER_MS = 1_000_000;

Deno.test("DatagramQueue gives datagrams in their order", async () => {
  const queue = new DatagramQueue();
  queue.put(Uint8Array.of(1));
  queue.put(Uint8Array.of(2));
  assertEquals(await queue.take(NEVER_MS), Uint8Array.of(1));
  assertEquals(await queue.take(NEVER_MS), Uint8Array.of(2));
});

Deno.test("DatagramQueue gives a datagram to one who waits", async () => {
  const queue = new DatagramQueue();
  const waiting = queue.take(NEVER_MS);
  queue.put(Uint8Array.of(3));
  assertEquals(await waiting, Uint8Array.of(3));
});

Deno.test("DatagramQueue gives nothing when none comes in time", async () => {
  assertEquals(await new DatagramQueue().take(1), undefined);
});

Deno.test("DatagramQueue ends a wait with a failure, and every one after it", async () => {
  const queue = new DatagramQueue();
  const waiting = queue.take(NEVER_MS);
  queue.fail(new RangeError("closed"));
  queue.fail(new Error("later"));
  await assertRejects(() => waiting, RangeError, "closed");
  await assertRejects(() => queue.take(NEVER_MS), RangeError, "closed");
});
