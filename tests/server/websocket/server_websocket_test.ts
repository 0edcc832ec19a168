// The standard's interface, as a handler has it.

import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import type { UpgradeWebSocketOptions } from "../../../server/websocket/options.ts";
import { Event as Happening } from "../../conformance/waiting.ts";
import { close, frame, type RawWebSocket } from "./raw_websocket.ts";
import { Sockets } from "./sockets.ts";
import type { ServerWebSocket } from "../../../server/websocket/upgrade.ts";

/** Runs a test with an open socket and its client. */
async function withSocket(
  test: (socket: ServerWebSocket, client: RawWebSocket) => Promise<void> | void,
  options: UpgradeWebSocketOptions = {},
  fields: string[] = [],
): Promise<void> {
  await using it = new Sockets(options, () => {});
  using client = await it.open(fields);
  await it.until("open");
  await test(it.sockets[0]!, client);
  assertEquals(it.errors, []);
}

function nameOfThrown(call: () => unknown): string {
  return assertThrows(call, DOMException).name;
}

Deno.test("the socket is a WebSocket in name, kind and constants", async () => {
  await withSocket((socket) => {
    assertInstanceOf(socket, WebSocket);
    assertInstanceOf(socket, EventTarget);
    assertEquals(String(socket), "[object WebSocket]");
    assertEquals(socket.constructor.name, "WebSocket");
    const names = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"] as const;
    assertEquals(names.map((name) => socket[name]), [0, 1, 2, 3]);
    const { constructor } = socket as unknown as { constructor: typeof WebSocket };
    assertEquals(names.map((name) => constructor[name]), [0, 1, 2, 3]);
    assertEquals(Deno.inspect(socket).includes("readyState: 1"), true);
  });
});

Deno.test("the socket tells its URL, and what was agreed upon", async () => {
  await withSocket(
    ({ url, protocol, extensions, readyState, bufferedAmount, binaryType }) => {
      assertEquals([new URL(url).protocol, new URL(url).pathname], ["ws:", "/"]);
      assertEquals([protocol, readyState, bufferedAmount], ["b", 1, 0]);
      assertEquals(extensions.startsWith("permessage-deflate; "), true);
      assertEquals(binaryType, "arraybuffer");
    },
    { protocols: ["b"], compression: true },
    ["Sec-WebSocket-Protocol: a, b", "Sec-WebSocket-Extensions: permessage-deflate"],
  );
});

Deno.test("send() sends text, bytes as they are at that moment, and Blobs in their turn", async () => {
  await withSocket(async (socket, client) => {
    socket.send("a€\ud800");
    const bytes = Uint8Array.of(1, 2, 3, 4);
    socket.send(bytes.buffer);
    socket.send(new Uint16Array(bytes.buffer, 2, 1));
    socket.send(new DataView(bytes.buffer, 1, 2));
    const shared = new SharedArrayBuffer(1);
    socket.send(shared);
    socket.send(new Blob(["blob"]));
    bytes.fill(255);
    new Uint8Array(shared).fill(255);
    socket.send(12 as never);
    socket.send(null as never);
    assertEquals(socket.bufferedAmount, 7 + 4 + 2 + 2 + 1 + 4 + 2 + 4);
    assertEquals(await client.readSome(8), [
      'text "a€\ufffd"',
      "binary 01 02 03 04",
      "binary 03 04",
      "binary 02 03",
      "binary 00",
      "binary 62 6c 6f 62",
      'text "12"',
      'text "null"',
    ]);
    await socket.flush();
    assertEquals(socket.bufferedAmount, 0);
    assertThrows(() => (socket.send as () => void)(), TypeError);
  });
});

Deno.test("messages come as text, and as what binaryType says", async () => {
  await withSocket(async (socket, client) => {
    const data: unknown[] = [];
    const three = new Happening("three messages");
    socket.onmessage = (event) => {
      assertInstanceOf(event, MessageEvent);
      data.push(event.data);
      socket.binaryType = "nothing" as never;
      if (data.length === 2) socket.binaryType = "blob";
      if (data.length === 3) three.happen();
    };
    await client.send(frame("text", "\ufeffa"), frame("binary", "b"), frame("binary", "c"));
    await three.wait();
    assertEquals(data.slice(0, 2), ["\ufeffa", Uint8Array.of(98).buffer]);
    assertInstanceOf(data[2], Blob);
    assertEquals(await data[2].text(), "c");
  });
});

Deno.test("before it is open send() throws, and close() checks what it is given", async () => {
  const thrown: string[] = [];
  await using it = new Sockets({}, (socket) => {
    assertEquals([socket.readyState, socket.bufferedAmount], [0, 0]);
    thrown.push(nameOfThrown(() => socket.send("a")));
    for (const code of [999, 1004, 1005, 1006, 1015, 2999, 5000, -1, NaN, 65536 + 1000]) {
      thrown.push(nameOfThrown(() => socket.close(code)));
    }
    thrown.push(nameOfThrown(() => socket.close(1000, "x".repeat(124))));
  });
  using _client = await it.open();
  const invalid = Array.from({ length: 10 }, () => "InvalidAccessError");
  assertEquals(thrown, ["InvalidStateError", ...invalid, "SyntaxError"]);
  assertEquals(it.errors, []);
});

Deno.test("close() sends what it is given, once", async () => {
  const frames: Record<string, [code?: number, reason?: string]> = {
    "close": [],
    'close 1000 "why"': [undefined, "why"],
    "close 3001": [3000.6],
    "close 1011": [1011, ""],
    'close 1000 "\ufffd"': [1000, "\ud800"],
  };
  for (const [sent, given] of Object.entries(frames)) {
    await withSocket(async (socket, client) => {
      socket.close(...given);
      assertEquals(socket.readyState, WebSocket.CLOSING);
      socket.close(4000);
      socket.send("nobody hears that");
      assertEquals(socket.bufferedAmount, 17);
      await client.send(close(1000));
      assertEquals(await client.readToEnd(), [sent]);
    });
  }
});

Deno.test("the end is an event of the standard, an error too", async () => {
  await withSocket(async (socket, client) => {
    const events: Event[] = [];
    const closed = new Happening("it is closed");
    socket.onerror = (event) => events.push(event);
    socket.onclose = (event) => {
      events.push(event);
      closed.happen();
    };
    await client.send(frame("text", "a", { mask: null }));
    await closed.wait();
    const [error, end] = events;
    assertInstanceOf(error, ErrorEvent);
    assertEquals([error.error instanceof RangeError, error.message], [
      true,
      "Invalid WebSocket frame: MASK must be set",
    ]);
    assertInstanceOf(end, CloseEvent);
    assertEquals([end.code, end.reason, end.wasClean], [1006, "", false]);
    assertStrictEquals(end.target, socket);
    assertEquals(socket.readyState, WebSocket.CLOSED);
  });
});

Deno.test("a crowd of small messages in one go reaches a client that reads", async () => {
  for (const options of [{}, { maxBufferedAmount: 4_000_000 }]) {
    await withSocket(async (socket, client) => {
      for (let i = 0; i < 40_000; i++) socket.send("x");
      assertEquals(socket.bufferedAmount, 40_000);
      assertEquals(await client.client.take(3 * 40_000), "\x81\x01x".repeat(40_000));
      await socket.flush();
      assertEquals([socket.bufferedAmount, socket.readyState], [0, WebSocket.OPEN]);
    }, options);
  }
});

Deno.test("messages of nothing to a client that does not read end it", async () => {
  await using it = new Sockets({ maxBufferedAmount: 1_000_000 }, () => {});
  using _client = await it.open();
  await it.until("open");
  const [socket] = it.sockets;
  let count = 0;
  while (socket!.readyState === WebSocket.OPEN && count < 100_000) {
    socket!.send("");
    count++;
  }
  assertEquals(count, 15_627);
  await it.until("close 1006");
  const most = 'more than "maxBufferedAmount" allows (1000000)';
  assertEquals(
    it.events[1],
    `error Cannot send: 0 bytes in 15626 messages wait for the client, ${most}`,
  );
});
