import { assertEquals, assertInstanceOf } from "@std/assert";
import { exchangeOf } from "../../../server/fetch/incoming_request.ts";
import { serve } from "../../../server/serve.ts";
import { adoptWebSocket } from "../../../server/websocket/adopt.ts";
import { upgradeWebSocket } from "../../../server/websocket/upgrade.ts";
import { Event } from "../../conformance/waiting.ts";
import { RawClient } from "../raw_client.ts";
import { close, frame, HANDSHAKE, RawWebSocket } from "./raw_websocket.ts";

const OPTIONS = { hostname: "127.0.0.1", port: 0, onListen() {} };

Deno.test("a socket of Deno.upgradeWebSocket speaks on a connection of ours", async () => {
  const closed = new Event<string>("it is closed");
  const heard: unknown[] = [];
  await using server = serve(OPTIONS, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "b" });
    socket.onopen = () => heard.push("open", socket.readyState, socket.protocol);
    socket.onmessage = (event) => {
      heard.push(event.data);
      assertEquals(event.target, socket);
      socket.send(event.data);
      heard.push(socket.bufferedAmount > 0);
    };
    socket.onclose = ({ code, reason, wasClean }) => closed.happen(`${code} ${reason} ${wasClean}`);
    return adoptWebSocket(exchangeOf(request)!, response)!;
  });
  using client = await RawWebSocket.open(server, "/", ["Sec-WebSocket-Protocol: a, b"]);
  assertEquals(client.head.headers["sec-websocket-protocol"], "b");
  await client.send(frame("text", "a"), frame("binary", "b"), close(4000, "bye"));
  assertEquals(await client.readToEnd(), ['text "a"', "binary 62", "close 4000"]);
  assertEquals(await closed.wait(), "4000 bye true");
  assertEquals(heard, ["open", 1, "b", "a", true, Uint8Array.of(98).buffer, true]);
});

Deno.test("what was done with it before the response was returned is heeded", async () => {
  const data = new Event<unknown>("a message");
  await using server = serve(OPTIONS, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    if (new URL(request.url).pathname === "/closed") socket.close();
    socket.binaryType = "blob";
    socket.onmessage = (event) => data.happen(event.data);
    return adoptWebSocket(exchangeOf(request)!, response)!;
  });
  using open = await RawWebSocket.open(server);
  await open.send(frame("binary", "b"), close());
  assertInstanceOf(await data.wait(), Blob);
  using closed = await RawWebSocket.open(server, "/closed");
  assertEquals(await closed.read(), "close");
  await closed.send(close());
});

Deno.test("the handshake is checked, of which the runtime asks less", async () => {
  let adopted: unknown = "not called";
  await using server = serve(OPTIONS, (request) => {
    const { response } = Deno.upgradeWebSocket(request);
    return adoptWebSocket(exchangeOf(request)!, response)!;
  });
  using client = await RawClient.connect(server);
  const { status } = await client.ask("GET /", HANDSHAKE.slice(0, 3));
  assertEquals(status, 426);
  await using other = serve(OPTIONS, (request) => {
    adopted = adoptWebSocket(exchangeOf(request)!, new Response("no socket"));
    return new Response("none");
  });
  using plain = await RawClient.connect(other);
  assertEquals((await plain.ask("GET /")).body, "none");
  assertEquals(adopted, undefined);
});

Deno.test("a copy of its response has lost the socket, and the error says what to do", async () => {
  const errors: string[] = [];
  const onError = (error: unknown): Response => {
    errors.push(String(error));
    return new Response("sorry", { status: 500 });
  };
  await using server = serve({ ...OPTIONS, onError }, (request) => {
    const { response } = Deno.upgradeWebSocket(request);
    return new Response(response.body, response);
  });
  using client = await RawClient.connect(server);
  await client.request("GET /", HANDSHAKE);
  assertEquals((await client.readResponse()).body, "sorry");
  assertEquals(errors.length, 1);
  assertEquals(
    errors[0]!.startsWith("TypeError: Cannot open WebSocket: a copy of the response of Deno."),
    true,
  );
  assertEquals(errors[0]!.includes("examples/hono_websocket.ts"), true);
});

Deno.test("a socket of ours hears when that of the runtime is taken instead", async () => {
  const closed = new Event<string>("it is closed");
  await using server = serve(OPTIONS, (request) => {
    const { socket } = upgradeWebSocket(request);
    socket.onerror = (event) => closed.happen((event as ErrorEvent).message);
    return Deno.upgradeWebSocket(request).response;
  });
  using client = await RawWebSocket.open(server);
  assertEquals(
    await closed.wait(),
    "Cannot switch protocols: the handler returned another Response",
  );
  await client.send(close(1000));
  assertEquals(await client.readToEnd(), ["close 1000"]);
});
