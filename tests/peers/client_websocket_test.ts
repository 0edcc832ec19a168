// WebSocket handshakes with servers of Node that know nothing of the client: one by hand, whose bytes
// are then exchanged as they are, and the frames of RFC 6455 5.7.

import { assertEquals, assertRejects } from "@std/assert";
import { Client, type ClientSocket, ProtocolError } from "../../client/mod.ts";
import { makeCertificate } from "./certificate.ts";
import { startNode } from "./node_server.ts";
import { testWith } from "./programs.ts";

const NODE: ["node"] = ["node"];

/** Accepts by hand (RFC 6455 4.2.2), sends "early" at once, and then sends back what it gets. */
const ECHO = `
  const upgrade = (req, socket) => {
    const { pathname } = new URL(req.url, "http://host");
    const digest = createHash("sha1")
      .update(req.headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    const accept = pathname === "/wrong" ? "AAAAAAAAAAAAAAAAAAAAAAAAAAA=" : digest.digest("base64");
    say([req.method, req.url, req.headers.upgrade, req.headers["sec-websocket-version"]]);
    if (pathname === "/refused") {
      return socket.end("HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\n\\r\\nno");
    }
    socket.write("HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\n" +
      "Connection: Upgrade\\r\\nSec-WebSocket-Accept: " + accept + "\\r\\n" +
      (req.headers["sec-websocket-protocol"] ? "Sec-WebSocket-Protocol: chat\\r\\n" : "") +
      "\\r\\nearly");
    socket.on("data", (bytes) => socket.write(bytes));
    socket.on("end", () => socket.end("end"));
    socket.on("error", () => {});
  };`;

/** Reads until there are so many bytes. */
async function readText(sock: ClientSocket, count: number): Promise<string> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const read = await sock.read(bytes.subarray(at));
    if (read === null) throw new Error(`The end after ${at} of ${count} bytes`);
    at += read;
  }
  return new TextDecoder().decode(bytes);
}

async function writeText(sock: ClientSocket, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await sock.write(bytes.subarray(at));
}

async function converse(client: Client, url: string): Promise<void> {
  const response = await client.request("GET", url);
  assertEquals([response.code, response.headers["upgrade"]], [101, "websocket"]);
  using sock = client.sock();
  assertEquals(await readText(sock, 5), "early");
  for (const text of ["hello", "\x01\x02", "x".repeat(500_000)]) {
    const writing = writeText(sock, text);
    assertEquals(await readText(sock, text.length), text);
    await writing;
  }
  await sock.closeWrite();
  assertEquals(await readText(sock, 3), "end");
  assertEquals(await sock.read(new Uint8Array(1)), null);
}

testWith(NODE, "a handshake by ws: leaves a socket, with the bytes behind the head", async () => {
  await using node = await startNode(`${ECHO}
    const server = http.createServer();
    server.on("upgrade", upgrade);`);
  using client = new Client();
  await converse(client, `ws://127.0.0.1:${node.port}/chat?a=b`);
  // The client is good for another one.
  await converse(client, `ws://127.0.0.1:${node.port}/again`);
  assertEquals(node.said, [["GET", "/chat?a=b", "websocket", "13"], [
    ...["GET", "/again", "websocket", "13"],
  ]]);
});

testWith(["node", "openssl"], "wss: does the same over TLS, however that is made", async () => {
  using files = await makeCertificate();
  await using node = await startNode(
    `${ECHO}
    const server = https.createServer(tls);
    server.on("upgrade", upgrade);`,
    files,
  );
  const url = `wss://localhost:${node.port}/secure`;
  for (const options of [{ ca: files.authority }, { insecure: true }]) {
    using client = new Client(options);
    await converse(client, url);
  }
});

testWith(NODE, "a wrong Sec-WebSocket-Accept fails, and leaves no connection", async () => {
  await using node = await startNode(`${ECHO}
    const server = http.createServer();
    server.on("upgrade", upgrade);`);
  using client = new Client();
  const url = `ws://127.0.0.1:${node.port}`;
  const error = await assertRejects(() => client.request("GET", `${url}/wrong`), ProtocolError);
  assertEquals([error.code, client.stats().connections], ["handshake", 0]);
});

testWith(NODE, "a subprotocol that was offered may be chosen, and no other", async () => {
  await using node = await startNode(`${ECHO}
    const server = http.createServer();
    server.on("upgrade", upgrade);`);
  using client = new Client();
  const url = `ws://127.0.0.1:${node.port}/`;
  const agreed = await client.request("GET", url, undefined, {
    headers: { "Sec-WebSocket-Protocol": "chat, superchat" },
  });
  assertEquals([agreed.code, agreed.headers["sec-websocket-protocol"]], [101, "chat"]);
  client.sock().close();
  await assertRejects(
    () => client.request("GET", url, undefined, { headers: { "Sec-WebSocket-Protocol": "other" } }),
    ProtocolError,
  );
});

testWith(NODE, "a server that refuses the handshake is heard", async () => {
  await using node = await startNode(`${ECHO}
    const server = http.createServer();
    server.on("upgrade", upgrade);`);
  using client = new Client();
  const url = `ws://127.0.0.1:${node.port}/refused`;
  const response = await client.request("GET", url);
  assertEquals([response.code, response.text()], [403, "no"]);
});
