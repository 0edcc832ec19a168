import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { HttpConnection } from "../../../client/exchange/connection.ts";
import { Control } from "../../../client/exchange/control.ts";
import { Pool } from "../../../client/exchange/pool.ts";
import type { PoolSettings } from "../../../client/settings.ts";
import { TimeoutError } from "../../../wire/errors.ts";
import { within } from "../../conformance/waiting.ts";
import { turns } from "../../wire/fakes.ts";
import { FakeTransport } from "../support/fake_transport.ts";

const IDLE_MS = 60_000;

function poolOf(settings: Partial<PoolSettings> = {}): Pool {
  return new Pool({
    ...{ maxConnections: 100, maxPerOrigin: 16, keepAliveMs: undefined, queueTimeoutMs: 0 },
    ...settings,
  });
}

/** Waits for a connection, and makes one if it may. */
async function get(
  pool: Pool,
  key: string,
  control = new Control(0, undefined),
): Promise<HttpConnection> {
  const connection = await pool.acquire(key, control) ?? pool.adopt(key, new FakeTransport());
  connection.use();
  return connection;
}

function counts(pool: Pool): [connections: number, idle: number, queued: number, opened: number] {
  const { connections, idle, queued, opened } = pool.stats();
  return [connections, idle, queued, opened];
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(() => settled = true, () => settled = true);
  await turns();
  return settled;
}

Deno.test("a pool begins empty, and is empty after close()", async () => {
  const pool = poolOf();
  assertEquals(counts(pool), [0, 0, 0, 0]);
  const connections = [await get(pool, "a"), await get(pool, "a"), await get(pool, "b")];
  pool.release(connections[2]!, IDLE_MS);
  assertEquals(counts(pool), [3, 1, 0, 3]);
  pool.close();
  assertEquals(counts(pool), [0, 0, 0, 3]);
  assertEquals(connections.map(({ state }) => state), ["closed", "closed", "closed"]);
});

Deno.test("a released connection is used again, for the same key only", async () => {
  const pool = poolOf();
  const one = await get(pool, "a");
  pool.release(one, IDLE_MS);
  assertEquals(one.state, "idle");
  const other = await get(pool, "b");
  assert(other !== one);
  assertStrictEquals(await get(pool, "a"), one);
  assertEquals([one.reused, counts(pool)], [true, [2, 0, 0, 2]]);
  pool.close();
});

Deno.test("the idle connection that was used last is used first", async () => {
  const pool = poolOf();
  const [one, two] = [await get(pool, "a"), await get(pool, "a")];
  pool.release(two!, IDLE_MS);
  pool.release(one!, IDLE_MS);
  assertStrictEquals(pool.tryTake("a"), one);
  assertStrictEquals(pool.tryTake("a"), two);
  assertEquals(pool.tryTake("a"), undefined);
  pool.close();
});

Deno.test("a connection that closes is forgotten, whether busy or idle", async () => {
  const pool = poolOf();
  const [one, two] = [await get(pool, "a"), await get(pool, "a")];
  pool.release(one!, IDLE_MS);
  one!.close();
  assertEquals(counts(pool), [1, 0, 0, 2]);
  assertEquals(pool.tryTake("a"), undefined);
  two!.close();
  assertEquals(counts(pool), [0, 0, 0, 2]);
});

Deno.test("a connection that was taken away no longer counts", async () => {
  const pool = poolOf({ maxConnections: 1 });
  const one = await get(pool, "a");
  one.take();
  assertEquals(counts(pool), [0, 0, 0, 1]);
  const two = await get(pool, "a");
  assertEquals(two.state, "busy");
  pool.close();
  assertEquals(one.state, "taken");
});

Deno.test("beyond maxPerOrigin requests wait, and get connections in order", async () => {
  const pool = poolOf({ maxPerOrigin: 2 });
  const [one, two] = [await get(pool, "a"), await get(pool, "a")];
  const waiting = [get(pool, "a"), get(pool, "a")];
  assertEquals(await isSettled(waiting[0]!), false);
  assertEquals(counts(pool), [2, 0, 2, 2]);
  const other = await get(pool, "b");
  assertEquals(counts(pool), [3, 0, 2, 3]);
  pool.release(two!, IDLE_MS);
  assertStrictEquals(await waiting[0], two);
  assertEquals(await isSettled(waiting[1]!), false);
  pool.release(one!, IDLE_MS);
  assertStrictEquals(await waiting[1], one);
  assertEquals(counts(pool), [3, 0, 0, 3]);
  other.close();
  pool.close();
});

Deno.test("a connection that is handed over is never idle in between", async () => {
  const pool = poolOf({ maxPerOrigin: 1 });
  const one = await get(pool, "a");
  const transport = one.transport as FakeTransport;
  const waiting = get(pool, "a");
  await turns();
  pool.release(one, IDLE_MS);
  assertEquals([one.state, transport.source.reads, transport.isRef], ["busy", 0, true]);
  assertStrictEquals(await waiting, one);
  pool.close();
});

Deno.test("when a connection closes, the first who waits may make another", async () => {
  const pool = poolOf({ maxPerOrigin: 1 });
  const one = await get(pool, "a");
  const waiting = [get(pool, "a"), get(pool, "a")];
  await turns();
  one.close();
  const two = await waiting[0]!;
  assert(two !== one);
  assertEquals([await isSettled(waiting[1]!), counts(pool)], [false, [1, 0, 1, 2]]);
  two.close();
  await waiting[1];
  pool.close();
});

Deno.test("who could not make a connection gives the right to the next", async () => {
  const pool = poolOf({ maxPerOrigin: 1 });
  const control = new Control(0, undefined);
  assertEquals(await pool.acquire("a", control), undefined);
  const waiting = pool.acquire("a", control);
  assertEquals(await isSettled(waiting), false);
  pool.forgo("a");
  assertEquals(await waiting, undefined);
  pool.forgo("a");
  assertEquals(counts(pool), [0, 0, 0, 0]);
});

Deno.test("beyond maxConnections requests to any origin wait", async () => {
  const pool = poolOf({ maxConnections: 2 });
  const [one, two] = [await get(pool, "a"), await get(pool, "b")];
  const waiting = get(pool, "c");
  assertEquals([await isSettled(waiting), counts(pool)], [false, [2, 0, 1, 2]]);
  one!.close();
  await waiting;
  assertEquals(counts(pool), [2, 0, 0, 3]);
  assertEquals(two!.state, "busy");
  pool.close();
});

Deno.test("connections that are being made count", async () => {
  const pool = poolOf({ maxConnections: 1 });
  const control = new Control(0, undefined);
  assertEquals(await pool.acquire("a", control), undefined);
  const waiting = pool.acquire("b", control);
  assertEquals([await isSettled(waiting), pool.stats().connections], [false, 0]);
  pool.forgo("a");
  assertEquals(await waiting, undefined);
  pool.forgo("b");
});

Deno.test("an idle connection of another origin makes room", async () => {
  const pool = poolOf({ maxConnections: 2 });
  const [one, two] = [await get(pool, "a"), await get(pool, "b")];
  pool.release(one!, IDLE_MS);
  const three = await get(pool, "c");
  assertEquals([one!.state, two!.state, three.state], ["closed", "busy", "busy"]);
  assertEquals(counts(pool), [2, 0, 0, 3]);
  pool.close();
});

Deno.test("a connection that goes idle makes room for who waits for another origin", async () => {
  const pool = poolOf({ maxConnections: 1 });
  const one = await get(pool, "a");
  const waiting = get(pool, "b");
  assertEquals(await isSettled(waiting), false);
  pool.release(one, IDLE_MS);
  const two = await waiting;
  assertEquals([one.state, two.key, counts(pool)], ["closed", "b", [1, 0, 0, 2]]);
  pool.close();
});

Deno.test("no idle connection is closed for somebody who may not have more of their own", async () => {
  const pool = poolOf({ maxConnections: 2, maxPerOrigin: 1 });
  const [one, two] = [await get(pool, "a"), await get(pool, "b")];
  pool.release(two!, IDLE_MS);
  const waiting = get(pool, "a");
  assertEquals([await isSettled(waiting), two!.state], [false, "idle"]);
  pool.release(one!, IDLE_MS);
  assertStrictEquals(await waiting, one);
  pool.close();
});

Deno.test("who waits longer than queueTimeout gets a TimeoutError that names it", async () => {
  const pool = poolOf({ maxPerOrigin: 1, queueTimeoutMs: 1 });
  const one = await get(pool, "a");
  const waiting = within("the wait ends", get(pool, "a"));
  const error = await assertRejects(() => waiting, TimeoutError);
  assertEquals([error.phase, error.limit, counts(pool)], ["queue", "queueTimeout", [1, 0, 0, 1]]);
  pool.release(one, IDLE_MS);
  assertStrictEquals(await get(pool, "a"), one);
  pool.close();
});

Deno.test("who is aborted while waiting leaves the queue, and the others keep their order", async () => {
  const pool = poolOf({ maxPerOrigin: 1 });
  const one = await get(pool, "a");
  const controls = [0, 1, 2].map(() => new Control(0, undefined));
  const waiting = controls.map((control) => get(pool, "a", control));
  await turns();
  const reason = new Error("enough");
  controls[1]!.fail(reason);
  assertStrictEquals(await assertRejects(() => waiting[1]!), reason);
  assertEquals(pool.stats().queued, 2);
  pool.release(one, IDLE_MS);
  assertStrictEquals(await waiting[0], one);
  pool.release(one, IDLE_MS);
  assertStrictEquals(await waiting[2], one);
  pool.close();
});

Deno.test("who was aborted before does not begin to wait", async () => {
  const pool = poolOf({ maxPerOrigin: 1 });
  const one = await get(pool, "a");
  const control = new Control(0, undefined);
  control.fail("over");
  assertEquals(await get(pool, "a", control).catch((reason) => reason), "over");
  assertEquals(pool.stats().queued, 0);
  one.close();
});

Deno.test("being aborted after the wait does not disturb the connection", async () => {
  const pool = poolOf({ maxPerOrigin: 1 });
  const one = await get(pool, "a");
  const control = new Control(0, undefined);
  const waiting = get(pool, "a", control);
  await turns();
  pool.release(one, IDLE_MS);
  await waiting;
  control.fail("later");
  assertEquals([one.state, counts(pool)], ["busy", [1, 0, 0, 1]]);
  pool.close();
});

Deno.test("closeIdle() closes the idle connections with a key and no others", async () => {
  const pool = poolOf();
  const [one, two, three] = [await get(pool, "a"), await get(pool, "a"), await get(pool, "a")];
  const other = await get(pool, "b");
  for (const connection of [one, two, other]) pool.release(connection!, IDLE_MS);
  pool.closeIdle("a");
  pool.closeIdle("none");
  assertEquals([one, two, three, other].map((it) => it!.state), [
    "closed",
    "closed",
    "busy",
    "idle",
  ]);
  pool.close();
});

Deno.test("many requests for few places all get their turn", async () => {
  const pool = poolOf({ maxConnections: 3, maxPerOrigin: 2 });
  let most = 0;
  let served = 0;
  const serve = async (key: string, i: number): Promise<void> => {
    const connection = await get(pool, key);
    most = Math.max(most, pool.stats().connections);
    await turns(i % 7);
    served++;
    if (i % 3 === 0) connection.close();
    else pool.release(connection, IDLE_MS);
  };
  await Promise.all(Array.from({ length: 200 }, (_, i) => serve(`origin ${i % 5}`, i)));
  assertEquals([served, most, pool.stats().queued], [200, 3, 0]);
  pool.close();
  assertEquals(counts(pool).slice(0, 3), [0, 0, 0]);
});
