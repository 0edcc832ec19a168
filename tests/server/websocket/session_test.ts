// A session on a connection in memory, where the order of arrivals and writes matters, and on sockets where time
// or the system does.

import { assertEquals, assertRejects } from "@std/assert";
import { serve } from "../../../server/serve.ts";
import {
  resolveWebSocketOptions,
  type UpgradeWebSocketOptions,
} from "../../../server/websocket/options.ts";
import { WebSocketSession } from "../../../server/websocket/session.ts";
import { upgradeWebSocket } from "../../../server/websocket/upgrade.ts";
import { ClosedError } from "../../../wire/errors.ts";
import { Event, until, within } from "../../conformance/waiting.ts";
import { RawClient } from "../raw_client.ts";
import { close, frame, HANDSHAKE } from "./raw_websocket.ts";
import { echo, Sockets } from "./sockets.ts";
import { countDescriptors } from "../../open_descriptors.ts";

/** A connection in memory: arrivals are pushed, writes wait until they are let through. */
class Memory {
  readonly written: number[] = [];
  readonly calls: string[] = [];
  /** Most bytes that all writes together may have. */
  #room = 0;
  #more = Promise.withResolvers<void>();
  readonly #arrivals: (Uint8Array | null)[] = [];
  #arrived = Promise.withResolvers<void>();

  /** Lets so many more bytes be written. */
  allow(count: number): void {
    this.#room += count;
    this.#more.resolve();
    this.#more = Promise.withResolvers();
  }

  push(...arrivals: (Uint8Array | null)[]): void {
    this.#arrivals.push(...arrivals);
    this.#arrived.resolve();
  }

  /** How many arrivals nobody has read. */
  get unread(): number {
    return this.#arrivals.length;
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#arrivals.length === 0) {
      this.#arrived = Promise.withResolvers();
      await this.#arrived.promise;
    }
    if (this.calls.includes("close")) throw new Deno.errors.BadResource("closed");
    const next = this.#arrivals.shift()!;
    if (next !== null) into.set(next);
    return next && next.length;
  }

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#room === 0) await this.#more.promise;
    const count = Math.min(this.#room, bytes.length);
    this.#room -= count;
    this.written.push(...bytes.subarray(0, count));
    return count;
  }

  closeWrite(): Promise<void> {
    this.calls.push("closeWrite");
    return Promise.resolve();
  }

  close(): void {
    if (this.calls.includes("close")) throw new Deno.errors.BadResource("closed");
    this.calls.push("close");
    this.push(null);
  }
}

/** A session, what it tells, and its connection. */
function begin(
  options: UpgradeWebSocketOptions = {},
  hear: (session: WebSocketSession, text: string) => void = () => {},
): { session: WebSocketSession; conn: Memory; told: string[]; start(): Promise<void> } {
  const told: string[] = [];
  const conn = new Memory();
  const session: WebSocketSession = new WebSocketSession(
    resolveWebSocketOptions(options),
    undefined,
    {
      opened: () => told.push("open"),
      message: (data) => {
        const text = new TextDecoder().decode(data);
        told.push(text);
        hear(session, text);
      },
      failed: (error) => told.push(String(error)),
      closed: (code, reason, isClean) => told.push(`${code} "${reason}" ${isClean}`),
    },
  );
  const start = async (): Promise<void> => {
    session.start({ conn: conn as never, buffered: new Uint8Array(0) });
    await until("it is open", () => told.length > 0 || session.state !== "connecting");
  };
  return { session, conn, told, start };
}

const bytes = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size);

Deno.test("close() waits for the client, half-closes, and waits for its end", async () => {
  const { session, conn, told, start } = begin();
  await start();
  session.close(1000, "bye");
  assertEquals(session.state, "closing");
  conn.allow(100);
  await until("it is written", () => conn.written.length > 0);
  assertEquals(conn.written, [0x88, 5, 3, 232, 98, 121, 101]);
  assertEquals(told, ["open"]);
  conn.push(close(1000));
  await until("it is told", () => told.length > 1);
  assertEquals([told[1], session.state, conn.calls], ['1000 "" true', "lingering", ["closeWrite"]]);
  conn.push(bytes(10), null);
  await session.ended;
  assertEquals([session.state, conn.calls], ["closed", ["closeWrite", "close"]]);
  session.close();
  session.cut();
  assertEquals(told.length, 2);
});

Deno.test("a client that ends its side behind its close frame still gets the answer", async () => {
  const { session, conn, told, start } = begin();
  await start();
  session.send(bytes(3), true);
  conn.push(close(4000, "bye"), null);
  await until("the end was read", () => conn.unread === 0);
  conn.allow(100);
  await session.ended;
  assertEquals(conn.written, [0x82, 3, 0, 0, 0, 0x88, 2, 0x0f, 0xa0]);
  assertEquals(told, ["open", '4000 "bye" true']);
});

Deno.test("an end without a close frame is told as 1006, and is no error", async () => {
  const { session, conn, told, start } = begin();
  await start();
  session.send(bytes(3), true);
  const flushed = assertRejects(() => session.flush(), ClosedError);
  conn.push(frame("text", "a"), null);
  await session.ended;
  await flushed;
  assertEquals(told, ["open", "a", '1006 "" false']);
  await assertRejects(() => session.flush(), ClosedError);
});

Deno.test("close() before there is a connection is done when there is one", async () => {
  const { session, conn, told, start } = begin();
  session.close(4001, "not you");
  session.close(4002);
  assertEquals(session.state, "closing");
  conn.push(frame("text", "a"), close(4001), null);
  conn.allow(100);
  await start();
  await session.ended;
  assertEquals(String.fromCharCode(...conn.written.slice(4)), "not you");
  assertEquals(told, ['4001 "" true']);
});

Deno.test("abandon() tells of an error, and no connection is taken any more", async () => {
  const { session, told } = begin();
  session.abandon(new Error("no answer"));
  session.abandon(new Error("again"));
  await session.ended;
  await Promise.resolve();
  assertEquals(told, ["Error: no answer", '1006 "" false']);
  const { session: other, start, conn } = begin();
  await start();
  other.abandon(new Error("too late"));
  assertEquals(other.state, "open");
  other.cut();
  assertEquals(conn.calls, ["close"]);
});

Deno.test("cut() ends a session that is about to open", async () => {
  const { session, conn, told } = begin();
  session.start({ conn: conn as never, buffered: bytes(0) });
  session.cut();
  assertEquals(told, []);
  await session.ended;
  assertEquals([told, conn.calls], [['1006 "" false'], ["close"]]);
});

Deno.test("maxBufferedAmount is what may wait when more is sent", async () => {
  const { session, conn, told, start } = begin({ maxBufferedAmount: 10 });
  await start();
  session.send(bytes(4), true);
  session.send(bytes(6), true);
  // That is as much as may wait, so one more may be sent.
  session.send(bytes(1), true);
  assertEquals([session.state, session.bufferedAmount], ["open", 11]);
  session.send(bytes(100), true);
  assertEquals([session.state, session.bufferedAmount, conn.calls], ["closed", 111, ["close"]]);
  assertEquals(told, ["open"]);
  await Promise.resolve();
  assertEquals(told, [
    "open",
    "HttpError: Cannot send: 11 bytes in 3 messages wait for the client, " +
    'more than "maxBufferedAmount" allows (10)',
    '1006 "" false',
  ]);
  session.send(bytes(5), true);
  assertEquals(session.bufferedAmount, 116);
});

Deno.test("nothing is read while more than half of that waits", async () => {
  const { conn, told, session, start } = begin({ maxBufferedAmount: 10 }, (session) => {
    session.send(bytes(6), true);
  });
  await start();
  conn.push(frame("text", "a"), frame("text", "b"), frame("ping", "c"));
  await until("the first is answered", () => session.bufferedAmount > 0);
  // That nothing is read has no event to wait for: the session gets some turns in which it could.
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals([told, session.bufferedAmount], [["open", "a"], 6]);
  conn.allow(8);
  await until("the second is read", () => told.length > 2);
  conn.allow(100);
  await until("all is answered", () => conn.written.length === 8 + 8 + 3);
  session.cut();
});

Deno.test("what waits for the library is no reason to spin", async () => {
  const { conn, session, start, told } = begin({ maxBufferedAmount: 10 });
  await start();
  // Reading it takes turns of the event loop, which must be left to run.
  const blob = new Blob([bytes(100)]);
  const read = Promise.withResolvers<ArrayBuffer>();
  blob.arrayBuffer = () => read.promise;
  session.send(blob, true);
  conn.push(frame("text", "a"), frame("text", "b"));
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(told, ["open"]);
  read.resolve(new ArrayBuffer(100));
  conn.allow(1000);
  await until("both are read", () => told.length === 3);
  session.cut();
});

Deno.test("goAway() closes with 1001, and leaves what is closing alone", async () => {
  const { conn, session, start } = begin();
  await start();
  session.goAway();
  conn.allow(100);
  await until("it is written", () => conn.written.length > 0);
  session.goAway();
  conn.push(close(1001), null);
  await session.ended;
  assertEquals(conn.written, [0x88, 2, 3, 233]);
});

Deno.test("a second error in what arrives, while closing, ends it at once", async () => {
  const { conn, session, start, told } = begin();
  await start();
  session.close(1000);
  conn.push(Uint8Array.of(0xff, 0xff));
  await session.ended;
  await Promise.resolve();
  assertEquals(told.slice(1), [
    "RangeError: Invalid WebSocket frame: RSV2 and RSV3 must be clear",
    '1006 "" false',
  ]);
});

/** Who is silent is pinged, and cut when there is no answer. */
async function silence(): Promise<void> {
  await using it = new Sockets({ idleTimeout: 0.05 });
  using silent = await it.open();
  using alive = await it.open();
  const answering = (async () => {
    for (let i = 0; i < 3; i++) {
      assertEquals(await alive.read(), 'ping ""');
      await alive.send(frame("pong"));
    }
  })();
  assertEquals(await silent.readToEnd(), ['ping ""']);
  await answering;
  const why = 'the client did not answer a ping in 0.05 s allowed by "idleTimeout"';
  assertEquals(it.events, [
    "open",
    "open",
    `error Cannot wait any longer: ${why}`,
    "close 1006",
  ]);
}

/** Who takes what is sent, however slowly, is not silent. */
async function slowness(): Promise<void> {
  const { conn, session, start, told } = begin({ idleTimeout: 0.001 });
  await start();
  session.send(bytes(100), true);
  const feeding = setInterval(() => conn.allow(1), 10);
  await until("it was pinged and taken for alive twice", () => conn.written.length > 75);
  clearInterval(feeding);
  assertEquals(told, ["open"]);
  await within("it is cut", session.ended);
  await Promise.resolve();
  assertEquals(told.length, 3);
}

/** Who does not answer a close frame is cut, whatever else it sends. */
async function noAnswer(): Promise<void> {
  await using it = new Sockets({ closeTimeout: 0.05 }, (socket) => {
    socket.onopen = () => socket.close(1000);
  });
  using client = await it.open();
  assertEquals(await client.read(), "close 1000");
  assertEquals(await client.read(), "end");
  await it.until("close 1006");
  assertEquals(it.events, ["open", "close 1006"]);
}

/** Who answers it but does not end the connection is cut, too. */
async function noEnd(): Promise<void> {
  await using it = new Sockets({ closeTimeout: 0.05 }, echo);
  using client = await it.open();
  await client.send(close(1000));
  assertEquals(await client.readToEnd(), ["close 1000"]);
  await until("it is gone", () => it.server.stats().webSockets === 0);
  assertEquals(it.events, ["open", "close 1000 clean"]);
}

Deno.test("deadlines pass for whoever is silent, not for whoever is slow", async () => {
  // They do little but wait.
  await Promise.all([silence(), slowness(), noAnswer(), noEnd()]);
});

Deno.test("a server that shuts down says goodbye with 1001, and waits for the clients", async () => {
  await using it = new Sockets();
  using client = await it.open();
  await it.until("open");
  const report = it.server.shutdown();
  assertEquals(await client.read(), "close 1001");
  assertEquals(it.server.stats().webSockets, 1);
  await client.send(close(1001));
  assertEquals(await client.read(), "end");
  client[Symbol.dispose]();
  await report;
  assertEquals(it.events, ["open", "close 1001 clean"]);
});

Deno.test({
  name: "500 WebSockets that are opened and dropped leave no descriptor",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const closed = new Event("all are closed");
    let left = 501;
    await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { socket, response } = upgradeWebSocket(request);
      socket.onmessage = () => socket.send(new Uint8Array(100_000));
      socket.onclose = () => --left === 0 && closed.happen();
      return response;
    });
    const round = async (isReset: boolean): Promise<void> => {
      const client = await RawClient.connect(server);
      await client.request("GET /", HANDSHAKE);
      await client.readHead();
      await client.send(frame("text", "a"));
      // What is not read makes the end a reset.
      if (!isReset) await client.take(10 + 100_000);
      client[Symbol.dispose]();
    };
    await round(false);
    await until("the first is gone", () => server.stats().webSockets === 0);
    const before = countDescriptors();
    for (let i = 0; i < 500; i += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, k) => round(k % 2 === 0)));
    }
    await closed.wait();
    await until(`${before} descriptors are open`, () => countDescriptors() <= before);
    assertEquals(server.stats().webSockets, 0);
  },
});
