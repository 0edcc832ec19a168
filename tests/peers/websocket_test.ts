// WebSockets of serve() with clients that others wrote: Deno's, that of npm:ws, Node's (undici), a real Chromium; and
// our own client's handshake. They send text and bytes of all kinds of lengths back and forth.

import { assertEquals } from "@std/assert";
import { Hono } from "hono";
import { upgradeWebSocket as honoForDeno } from "hono/deno";
import type { UpgradeWebSocket } from "hono/ws";
import { upgradeWebSocket as honoForOurs } from "../../examples/hono_websocket.ts";
import { WebSocket as WsClient } from "ws";
import { Client } from "../../client/mod.ts";
import { serve } from "../../server/serve.ts";
import type { UpgradeWebSocketOptions } from "../../server/websocket/options.ts";
import { upgradeWebSocket } from "../../server/websocket/upgrade.ts";
import { within } from "../conformance/waiting.ts";
import { frame } from "../server/websocket/raw_websocket.ts";
import { Sockets } from "../server/websocket/sockets.ts";
import { makeCertificate } from "./certificate.ts";
import { Chromium } from "./chromium.ts";
import { run, testWith } from "./programs.ts";

const SIZES = [0, 1, 125, 126, 65535, 65536, 1_000_000];
/** In one of the tests only: it takes its time. */
const LARGEST = 16 * 1024 * 1024;

/** A script for any client: sends all sizes and checks what comes back, then closes; gives what it found. */
const CONVERSE = `async (socket, sizes) => {
  socket.binaryType = "arraybuffer";
  const closed = new Promise((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) => resolve([code, reason, wasClean]);
  });
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error("It does not open"));
  });
  const isSame = (a, b) => {
    if (typeof a === "string") return a === b;
    const [x, y] = [new Uint8Array(a), new Uint8Array(b)];
    return x.length === y.length && x.every((byte, i) => byte === y[i]);
  };
  const wrong = [];
  let count = 0;
  for (const size of sizes) {
    // Neither all the same nor random: some of it can be compressed.
    const bytes = new Uint8Array(size).map((_, i) => (i * i) % 251);
    const text = "ab\\u00e9\\ud83d\\ude00".repeat(size / 8) + "x".repeat(size % 8);
    for (const message of [bytes.buffer, text]) {
      const answer = new Promise((resolve) => socket.onmessage = ({ data }) => resolve(data));
      socket.send(message);
      count++;
      if (!isSame(message, await Promise.race([answer, closed]))) wrong.push([typeof message, size]);
    }
  }
  socket.send("close me");
  return { count, wrong, closed: await closed, extensions: socket.extensions };
}`;

interface Found {
  count: number;
  wrong: unknown[];
  closed: unknown[];
  extensions: string;
}

// deno-lint-ignore no-eval
const converse: (socket: unknown, sizes: number[]) => Promise<Found> = eval(CONVERSE);

const DEFLATE = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

function found(sizes: number[] = SIZES, extensions = ""): Found {
  return { count: 2 * sizes.length, wrong: [], closed: [4000, "as you wish", true], extensions };
}

function echoServer(options: UpgradeWebSocketOptions = {}): Sockets {
  return new Sockets(options, (socket) => {
    socket.onmessage = ({ data }) => {
      if (data === "close me") socket.close(4000, "as you wish");
      else socket.send(data);
    };
  });
}

const urlOf = ({ server }: Sockets): string => `ws://127.0.0.1:${server.addr.port}/`;

Deno.test("Deno's WebSocket gets everything back", async () => {
  await using it = echoServer();
  const socket = new WebSocket(urlOf(it));
  assertEquals(await within("the end", converse(socket, SIZES)), found());
  await it.until('close 4000 "as you wish" clean');
});

Deno.test("the client of npm:ws gets everything back, compressed as well", async () => {
  await using it = echoServer({ compression: true });
  for (const compressed of [true, false]) {
    const socket = new WsClient(urlOf(it), { perMessageDeflate: compressed });
    const expected = found(SIZES, compressed ? "permessage-deflate" : "");
    assertEquals(await within("the end", converse(socket, SIZES)), expected);
  }
});

testWith(["openssl"], "the client of npm:ws does the same over TLS", async () => {
  using files = await makeCertificate();
  await using server = serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: await Deno.readTextFile(files.cert),
    key: await Deno.readTextFile(files.key),
    onListen() {},
  }, (request) => {
    const { socket, response } = upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      if (data === "close me") socket.close(4000, socket.url.split(":")[0]);
      else socket.send(data);
    };
    return response;
  });
  const ca = await Deno.readTextFile(files.authority);
  const socket = new WsClient(`wss://localhost:${server.addr.port}/`, { ca });
  const expected = { ...found(), closed: [4000, "wss", true] };
  assertEquals(await within("the end", converse(socket, SIZES)), expected);
});

testWith(
  ["node"],
  "Node's WebSocket gets everything back, compressed where it asks for that",
  async () => {
    await using it = echoServer({ compression: true });
    const script = `(${CONVERSE})(new WebSocket("${urlOf(it)}"), ${JSON.stringify(SIZES)})
    .then((found) => console.log(JSON.stringify(found)))`;
    const { stdout } = await run("node", [
      "--no-warnings",
      "--experimental-websocket",
      "-e",
      script,
    ]);
    const { extensions, ...rest } = JSON.parse(stdout);
    const { extensions: _, ...expected } = found();
    assertEquals(rest, expected);
    assertEquals(["", DEFLATE].includes(extensions), true);
  },
);

Deno.test("our own client's handshake is accepted", async () => {
  await using it = echoServer();
  using client = new Client();
  const { code } = await client.get(urlOf(it));
  assertEquals(code, 101);
  using sock = client.sock();
  await sock.write(frame("text", "a"));
  const answer = new Uint8Array(3);
  await sock.read(answer);
  assertEquals(answer, Uint8Array.of(0x81, 1, 97));
});

testWith(["chromium"], "Chromium gets everything back, up to 16 MiB, compressed", async () => {
  const reports = Promise.withResolvers<unknown>();
  const sizes = [...SIZES, LARGEST];
  const page = `<!DOCTYPE html><meta charset="utf-8"><title>Sockets</title><script>
    const url = "ws://" + location.host + "/";
    (async () => {
      const found = await (${CONVERSE})(new WebSocket(url, ["chat", "b"]), ${
    JSON.stringify(sizes)
  });
      const leaving = new WebSocket(url + "leaving");
      await new Promise((resolve) => leaving.onopen = resolve);
      leaving.close(3001, "for now");
      return found;
    })().catch(String).then((found) => {
      fetch("/report", { method: "POST", body: JSON.stringify(found) });
    });
  </script>`;
  const ends: string[] = [];
  await using server = serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    onError: (error) => reports.reject(error),
  }, async (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/report") {
      reports.resolve(await request.json());
      return new Response("thanks");
    }
    if (request.headers.get("upgrade") === null) {
      return new Response(page, { headers: { "content-type": "text/html" } });
    }
    const { socket, response } = upgradeWebSocket(request, {
      compression: true,
      protocols: ["b"],
      allowOrigin: [`http://127.0.0.1:${server.addr.port}`],
    });
    socket.onmessage = ({ data }) => {
      if (data === "close me") socket.close(4000, "as you wish");
      else socket.send(data);
    };
    socket.onclose = ({ code, reason, wasClean }) => {
      ends.push(`${socket.protocol} ${code} ${reason} ${wasClean}`);
    };
    return response;
  });
  {
    await using browser = await Chromium.open(`http://127.0.0.1:${server.addr.port}/`);
    const report = await browser.until("a report", reports.promise);
    assertEquals(report, found(sizes, DEFLATE));
  }
  await server.shutdown();
  assertEquals(ends, ["b 4000 as you wish true", " 3001 for now true"]);
});

Deno.test("an application of Hono has WebSockets, with an adapter of ours or with Deno's", async () => {
  const adapters: UpgradeWebSocket<WebSocket>[] = [honoForOurs, honoForDeno];
  for (const upgrade of adapters) {
    const heard: unknown[] = [];
    const app = new Hono();
    if (upgrade === honoForOurs) {
      // It makes another Response of the one that it is given.
      app.use(async (c, next) => {
        await next();
        c.header("X-Middleware", "was here");
      });
    }
    app.get(
      "/",
      upgrade((c) => ({
        onOpen: (_, ws) => heard.push(c.req.query("name"), ws.readyState),
        onMessage: ({ data }, ws) => {
          if (data === "close me") ws.close(4000, "as you wish");
          else ws.send(data as string);
        },
        onClose: ({ code }) => heard.push(code),
      })),
      (c) => c.text("plain"),
    );
    await using server = serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
    const at = `127.0.0.1:${server.addr.port}/?name=test`;
    assertEquals(await (await fetch(`http://${at}`)).text(), "plain");
    const socket = new WebSocket(`ws://${at}`);
    assertEquals(await within("the end", converse(socket, SIZES)), found());
    await server.shutdown();
    assertEquals(heard, ["test", 1, 4000]);
  }
});
