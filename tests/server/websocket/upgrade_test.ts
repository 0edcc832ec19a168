import { createRequire } from "node:module";
import { assertEquals, assertThrows } from "@std/assert";
import { serve } from "../../../server/serve.ts";
import { type ServerWebSocket, upgradeWebSocket } from "../../../server/websocket/upgrade.ts";
import { Event, within } from "../../conformance/waiting.ts";
import { RawClient } from "../raw_client.ts";
import { close, frame, HANDSHAKE, RawWebSocket } from "./raw_websocket.ts";
import { echo, Sockets } from "./sockets.ts";

/** Whether the library for frames was loaded. */
function isLoaded(): boolean {
  const { cache } = createRequire(import.meta.url) as unknown as { cache: Record<string, unknown> };
  return Object.keys(cache).some((path) => /[/\\]ws[/\\]/.test(path));
}

// The first test, since afterwards it is.
Deno.test("the library for frames is loaded when a WebSocket needs it, not before", async () => {
  assertEquals(isLoaded(), false);
  await using it = new Sockets();
  using client = await it.open();
  await client.send(frame("text", "a"));
  assertEquals(await client.read(), 'text "a"');
  assertEquals(isLoaded(), true);
});

Deno.test("upgradeWebSocket() gives a response of status 101 with the fields to send", async () => {
  let found: unknown;
  await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { response } = upgradeWebSocket(request, { protocol: "a" });
    response.headers.append("Set-Cookie", "b=c");
    found = [response instanceof Response, response.status, ...response.headers];
    return response;
  });
  using client = await RawWebSocket.open(server, "/", ["Sec-WebSocket-Protocol: a"]);
  assertEquals(found, [
    true,
    101,
    ["connection", "Upgrade"],
    ["sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["sec-websocket-protocol", "a"],
    ["set-cookie", "b=c"],
    ["upgrade", "websocket"],
  ]);
  const { headers } = client.head;
  assertEquals([headers["set-cookie"], headers["sec-websocket-protocol"]], ["b=c", "a"]);
  await client.send(close());
  assertEquals(await client.read(), "close");
});

Deno.test("what was sent with the handshake is the first to be read", async () => {
  await using it = new Sockets();
  using client = await RawClient.connect(it.server);
  const head = `GET / HTTP/1.1\r\nHost: a\r\n${HANDSHAKE.join("\r\n")}\r\n\r\n`;
  const bytes = new TextEncoder().encode(head);
  await client.send(new Uint8Array([...bytes, ...frame("text", "early"), ...close(1000)]));
  assertEquals((await client.readHead()).status, 101);
  assertEquals(await client.readAll(), "\x81\x05early\x88\x02\x03\xe8");
});

Deno.test("upgradeWebSocket() refuses what serve() did not give, and what are no options", async () => {
  const url = "http://localhost/";
  assertThrows(() => upgradeWebSocket(new Request(url)), TypeError, "serve()");
  const thrown: string[] = [];
  const note = (call: () => unknown): void => {
    thrown.push(assertThrows(call, Error).message);
  };
  await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    note(() => upgradeWebSocket(new Request(request)));
    note(() => upgradeWebSocket(request.clone()));
    note(() => upgradeWebSocket(request, { idleTimeout: -1 }));
    note(() => upgradeWebSocket(request, { protocol: "a" }));
    return new Response("done");
  });
  using client = await RawClient.connect(server);
  await client.request("GET /", HANDSHAKE);
  assertEquals((await client.readResponse()).body, "done");
  const copy =
    "Cannot upgrade: the request is not one that serve() gave to a handler, or a copy of one";
  assertEquals(thrown, [
    copy,
    copy,
    'Cannot upgrade: option "idleTimeout" is -1, not 0 or more seconds',
    'Cannot open WebSocket: the client does not offer protocol "a"',
  ]);
});

Deno.test("a handshake that is refused leaves the connection to the next request", async () => {
  await using it = new Sockets({ allowOrigin: ["https://example.com"] });
  using client = await RawClient.connect(it.server);
  const wrong = await client.ask("GET /", [...HANDSHAKE, "Origin: https://evil.example"]);
  assertEquals([wrong.status, wrong.body], [403, "Forbidden\n"]);
  const missing = await client.ask("GET /");
  assertEquals([missing.status, missing.headers["upgrade"]], [426, "websocket"]);
  await client.request("GET /", [...HANDSHAKE, "Origin: https://example.com"]);
  assertEquals((await client.readHead()).status, 101);
  assertEquals(it.errors.length, 2);
});

Deno.test("a response that cannot be sent is an error of the socket", async () => {
  const closed = new Event<string>("it is closed");
  let error = "";
  await using server = serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    onError: () => new Response("sorry", { status: 500 }),
  }, (request) => {
    const { socket, response } = upgradeWebSocket(request);
    socket.onerror = (event) => error = (event as ErrorEvent).message;
    socket.onclose = ({ code }) => closed.happen(`${code} ${socket.readyState}`);
    response.headers.delete("Upgrade");
    return response;
  });
  using client = await RawClient.connect(server);
  await client.request("GET /", HANDSHAKE);
  assertEquals((await client.readResponse()).body, "sorry");
  assertEquals(await closed.wait(), "1006 3");
  assertEquals(error, 'Cannot upgrade: no field "Upgrade" was set');
});

Deno.test("a handshake with a body is the fault of the client, whose connection ends", async () => {
  const read: string[] = [];
  await using server = serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    onError() {},
  }, async (request) => {
    read.push(await request.text());
    return upgradeWebSocket(request).response;
  });
  using client = await RawClient.connect(server);
  await client.request("GET /", HANDSHAKE, "body");
  const { status, headers, body } = await client.readResponse();
  assertEquals([status, headers["connection"]], [400, "close"]);
  assertEquals(body, "Bad Request: Cannot open WebSocket: the request has a body\n");
  assertEquals(await client.readAll(), "");
  assertEquals(read, [""]);
});

Deno.test("upgradeWebSocket() throws where its socket would never hear of anything", async () => {
  const thrown: string[] = [];
  const attempt = (request: Request): void => {
    thrown.push(assertThrows(() => upgradeWebSocket(request), TypeError).message);
  };
  const late = new Event("it was tried late");
  await using server = serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request, info) => {
      switch (new URL(request.url).pathname) {
        case "/twice": {
          const { response } = upgradeWebSocket(request);
          attempt(request);
          return response;
        }
        case "/raw": {
          const { conn, response } = await info.upgrade({ Upgrade: "websocket" });
          attempt(request);
          conn.close();
          return response;
        }
        default:
          info.completed.then(() => {
            attempt(request);
            late.happen();
          });
          return new Response("late");
      }
    },
  );
  using twice = await RawWebSocket.open(server, "/twice");
  await twice.send(close());
  assertEquals(await twice.read(), "close");
  using _raw = await RawWebSocket.open(server, "/raw");
  using client = await RawClient.connect(server);
  await client.request("GET /late", HANDSHAKE);
  assertEquals((await client.readResponse()).body, "late");
  await late.wait();
  assertEquals(thrown, [
    "Cannot upgrade: the request was upgraded already",
    "Cannot upgrade: the request was upgraded already",
    "Cannot upgrade: the response was sent, or the connection is closed",
  ]);
});

Deno.test("a clone of the response is as good as the response itself", async () => {
  let found: unknown;
  await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = upgradeWebSocket(request);
    echo(socket);
    const clone = response.clone();
    clone.headers.set("X-Clone", "yes");
    found = [clone instanceof Response, clone.status, clone.ok, response.headers.has("x-clone")];
    return clone;
  });
  using client = await RawWebSocket.open(server);
  assertEquals(client.head.headers["x-clone"], "yes");
  assertEquals(found, [true, 101, false, false]);
  await client.send(frame("text", "a"), close(1000));
  assertEquals(await client.readToEnd(), ['text "a"', "close 1000"]);
});

Deno.test("upgradeWebSocket() asks for a Request", () => {
  const call = upgradeWebSocket as unknown as (request?: unknown) => void;
  assertThrows(
    () => call(),
    TypeError,
    "Cannot upgrade: what is given is no Request but undefined",
  );
  assertThrows(() => call(null), TypeError, "no Request but null");
  assertThrows(() => call("http://localhost/"), TypeError, "no Request but string");
  assertThrows(() => call({}), TypeError, "serve()");
});

Deno.test("a WebSocket that comes while the server shuts down is sent away", async () => {
  const gate = Promise.withResolvers<void>();
  const asked = new Event("the handler is called");
  await using server = serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { response } = upgradeWebSocket(request);
      asked.happen();
      await gate.promise;
      return response;
    },
  );
  using client = await RawClient.connect(server);
  await client.request("GET /", HANDSHAKE);
  await asked.wait();
  const ended = server.shutdown();
  gate.resolve();
  assertEquals((await client.readHead()).status, 101);
  assertEquals(await client.take(4), "\x88\x02\x03\xe9");
  await client.send(close(1001));
  assertEquals(await client.readAll(), "");
  client[Symbol.dispose]();
  await within("it ends", ended);
});

Deno.test("WebSockets work on unix sockets, too", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_websocket_" });
  try {
    let socket: ServerWebSocket | undefined;
    await using server = serve({ path: `${folder}/socket`, onListen() {} }, (request) => {
      const upgraded = upgradeWebSocket(request);
      socket = upgraded.socket;
      echo(socket);
      return upgraded.response;
    });
    using client = await RawWebSocket.open(server);
    await client.send(frame("text", "a"), close(1000));
    assertEquals(await client.readToEnd(), ['text "a"', "close 1000"]);
    assertEquals(socket?.url, "ws://localhost/");
    client[Symbol.dispose]();
    await within("it ends", server.shutdown());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
