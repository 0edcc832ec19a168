import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpConnection } from "../../../client/exchange/connection.ts";
import { within } from "../../conformance/waiting.ts";
import { textOf, turns } from "../../wire/fakes.ts";
import { FakeTransport } from "../support/fake_transport.ts";
import { deadlinesPassed } from "../support/ticking.ts";

class Owner {
  readonly ended: HttpConnection[] = [];
  closed(connection: HttpConnection): void {
    this.ended.push(connection);
  }
}

function made(...arrivals: (string | null)[]) {
  const transport = new FakeTransport(...arrivals);
  const owner = new Owner();
  return { transport, owner, connection: new HttpConnection(transport, "key", owner) };
}

/** One that served a request and now waits for the next one. */
async function idle() {
  const it = made();
  it.connection.use();
  it.connection.park(60_000);
  await turns();
  return it;
}

Deno.test("every connection has a number of its own", () => {
  const [one, two] = [made().connection, made().connection];
  assert(two.id > one.id);
  one.close();
  two.close();
});

Deno.test("a connection is reused from its second request on", () => {
  const { connection } = made();
  connection.use();
  assertEquals([connection.uses, connection.reused, connection.state], [1, false, "busy"]);
  connection.use();
  assertEquals([connection.uses, connection.reused], [2, true]);
  connection.close();
});

Deno.test("an idle connection has a read parked and lets the process end", async () => {
  const { connection, transport } = await idle();
  assertEquals([connection.state, transport.source.waiting, transport.isRef], [
    "idle",
    true,
    false,
  ]);
  connection.use();
  assertEquals([connection.state, transport.source.reads, transport.isRef], ["busy", 1, true]);
  connection.close();
});

Deno.test("the parked read brings the next response", async () => {
  const { connection, transport } = await idle();
  connection.use();
  transport.source.push("HTTP");
  assert(await connection.reader.fill());
  const { reader, state } = connection;
  assertEquals(textOf(reader.bytes.subarray(reader.start, reader.end)), "HTTP");
  assertEquals([state, transport.source.reads], ["busy", 1]);
  connection.close();
});

for (
  const [what, arrival] of [["the end of the stream", null], [
    "bytes that nobody asked for",
    "x",
  ]] as const
) {
  Deno.test(`an idle connection that sees ${what} closes at once`, async () => {
    const { connection, transport, owner } = await idle();
    transport.source.push(arrival);
    await turns();
    assertEquals([connection.state, transport.closes], ["closed", 1]);
    assertEquals(owner.ended, [connection]);
  });
}

Deno.test("an idle connection that breaks closes at once", async () => {
  const { connection, transport, owner } = await idle();
  transport.source.push(new Deno.errors.ConnectionReset("reset"));
  await turns();
  assertEquals([connection.state, transport.closes, owner.ended.length], ["closed", 1, 1]);
});

Deno.test("a busy connection is not closed by what arrives", async () => {
  const { connection, transport } = await idle();
  connection.use();
  transport.source.push(null);
  await turns();
  assertEquals([connection.state, transport.closes], ["busy", 0]);
  connection.close();
});

Deno.test("an idle connection closes when its time is over, and not when it is used before", async () => {
  const [one, two] = [made(), made()];
  let late = 0;
  for (const { connection } of [one, two]) {
    connection.use();
    connection.onLate = () => late++;
    connection.park(1);
  }
  two.connection.use();
  await deadlinesPassed();
  assertEquals([one.connection.state, one.transport.closes, late], ["closed", 1, 0]);
  assertEquals([two.connection.state, two.transport.closes], ["busy", 0]);
  two.connection.close();
});

Deno.test("a deadline that passes while busy is told to whoever waits", async () => {
  const { connection, transport } = made();
  connection.use();
  const late = new Promise<void>((resolve) => connection.onLate = resolve);
  connection.reader.deadline.arm(1);
  await within("it is told", late);
  assertEquals([connection.state, transport.closes], ["busy", 0]);
  connection.close();
});

Deno.test("a window that grew is given back when the connection goes idle", () => {
  const { connection } = made();
  connection.use();
  const { length } = connection.reader.bytes;
  connection.reader.widen();
  assert(connection.reader.bytes.length > length);
  connection.park(60_000);
  assertEquals(connection.reader.bytes.length, length);
  connection.close();
});

Deno.test("closing twice closes once, and an error of the runtime's does not come out", () => {
  const { connection, transport, owner } = made();
  transport.close();
  connection.close();
  connection.close();
  assertEquals([connection.state, owner.ended.length, transport.closes], ["closed", 1, 2]);
});

Deno.test("take() gives the bytes that were read ahead, and leaves the transport open", async () => {
  const { connection, transport, owner } = made("ahead");
  connection.use();
  await connection.reader.fill();
  const rest = connection.take();
  assert(rest instanceof Uint8Array);
  assertEquals([textOf(rest), connection.state, transport.closes], ["ahead", "taken", 0]);
  assertEquals(owner.ended, [connection]);
  connection.close();
  assertEquals([connection.state, transport.closes], ["taken", 0]);
});

Deno.test("take() of an idle connection gives what its parked read brings", async () => {
  const { connection, transport } = await idle();
  const rest = connection.take();
  assertEquals(transport.isRef, true);
  transport.source.push("hello");
  assertEquals(textOf(await rest), "hello");
  assertEquals([connection.state, transport.source.reads, transport.closes], ["taken", 1, 0]);
});

Deno.test("take() of an idle connection at whose end something has arrived does not read on", async () => {
  for (const arrival of ["hello", null]) {
    const { connection, transport } = await idle();
    transport.source.push(arrival);
    // As far as the reader, but not yet as far as the connection that would close.
    for (let i = 0; i < 1000 && connection.reader.end === 0 && !connection.reader.ended; i++) {
      await Promise.resolve();
    }
    assertEquals(connection.state, "idle");
    assertEquals(textOf(await connection.take()), arrival ?? "");
    await turns();
    assertEquals([connection.state, transport.source.reads, transport.closes], ["taken", 1, 0]);
  }
});

Deno.test("take() of an idle connection that breaks tells whoever reads, and nobody else", async () => {
  const { connection, transport } = await idle();
  const rest = connection.take();
  transport.source.push(new Deno.errors.ConnectionReset("reset"));
  await turns();
  await assertRejects(async () => await rest, Error, "the connection is closed");
});
