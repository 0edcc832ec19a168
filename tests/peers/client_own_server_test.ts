// The client against our own server, where both sides can do what others cannot be made to: trailers,
// informational responses, upgrades, early answers, and over TLS and unix sockets.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Client,
  ConnectError,
  CookieJar,
  get,
  type InformationalResponse,
  post,
  request,
} from "../../client/mod.ts";
import { type Handler, listen, type ListenOptions, type Server } from "../../server/mod.ts";
import { portOf } from "../server/raw_client.ts";
import { makeCertificate, makeSelfSigned } from "./certificate.ts";
import { testWith } from "./programs.ts";

function serve(handler: Handler, options: ListenOptions = {}): Server {
  return listen("127.0.0.1", 0, options, handler);
}

function urlOf(server: Server, path = "/"): string {
  return `http://127.0.0.1:${portOf(server)}${path}`;
}

Deno.test("trailers go both ways", async () => {
  await using server = serve(async (con, req) => {
    const body = await con.readBody();
    con.sendTrailers({
      "X-Size": String(body.length),
      "X-Framing": req.headers["transfer-encoding"]!,
    });
    con.send("answer");
    await con.flush();
  });
  using client = new Client();
  for (const reused of [false, true]) {
    const response = await client.post(urlOf(server), "body", { trailers: { "X-Sum": "1" } });
    assertEquals([response.text(), response.connection.reused], ["answer", reused]);
    assertEquals({ ...response.trailers }, { "x-size": "4", "x-framing": "chunked" });
  }
});

Deno.test("informational responses arrive before the final one is made", async () => {
  const heard = Promise.withResolvers<void>();
  await using server = serve(async (con) => {
    await con.sendInformational(103, { Link: "</a.css>; rel=preload" });
    await heard.promise; // the client has it: only now there is an answer
    con.send("answer");
  });
  const seen: InformationalResponse[] = [];
  const response = await get(urlOf(server), {
    onInformational(hint) {
      seen.push(hint);
      heard.resolve();
    },
  });
  assertEquals([response.code, response.text(), seen.length], [200, "answer", 1]);
  assertEquals([seen[0]!.code, seen[0]!.rawHeaders], [103, [["Link", "</a.css>; rel=preload"]]]);
});

/** Answers the handshake that any WebSocket client makes, then sends back what comes. */
const echoUpgrade: Handler = async (con, req) => {
  const text = `${req.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(text));
  con.addHeader("Upgrade", "websocket");
  con.addHeader("Sec-WebSocket-Accept", new Uint8Array(digest).toBase64());
  const { conn, buffered } = await con.upgrade();
  assertEquals(buffered.length, 0);
  await conn.readable.pipeTo(conn.writable);
};

async function converse(client: Client, url: string): Promise<void> {
  assertEquals((await client.request("GET", url)).code, 101);
  using sock = client.sock();
  const writer = sock.writable.getWriter();
  const writing = writer.write(new Uint8Array(300_000).fill(7)).then(() => writer.close());
  let received = 0;
  for await (const piece of sock.readable) {
    assert(piece.every((byte) => byte === 7));
    received += piece.length;
  }
  await writing;
  assertEquals(received, 300_000);
}

Deno.test("a handshake with con.upgrade leaves two streams, each with its own end", async () => {
  await using server = serve(echoUpgrade);
  using client = new Client();
  await converse(client, urlOf(server).replace("http:", "ws:"));
});

testWith(["openssl"], "wss: with con.upgrade does so, too", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  await using server = serve(echoUpgrade, { cert, key });
  using client = new Client({ ca: files.authority });
  await converse(client, `wss://localhost:${portOf(server)}/`);
});

testWith(
  ["openssl"],
  "insecure takes a certificate that signed itself, for one client",
  async () => {
    using files = await makeCertificate();
    const { cert, key } = await makeSelfSigned(files);
    await using server = serve(async (con) => con.send(await con.readBody()), { cert, key });
    const url = `https://localhost:${portOf(server)}/`;
    using client = new Client({ insecure: true });
    const body = "x".repeat(1_000_000);
    assertEquals((await client.post(url, body)).text(), body);
    assertEquals((await client.post(url, body)).connection.reused, true);
    // What openssl signs by itself is an authority's, which this runtime takes from no server.
    for (const options of [{}, { ca: cert }]) {
      await assertRejects(() => get(url, options), ConnectError, "is an authority's");
    }
  },
);

Deno.test("an upgrade to something else is the caller's to ask for", async () => {
  await using server = serve(async (con, req) => {
    con.addHeader("Upgrade", req.headers["upgrade"]!);
    const { conn } = await con.upgrade();
    await conn.readable.pipeTo(conn.writable);
  });
  using client = new Client();
  const headers = { Connection: "Upgrade", Upgrade: "echo/1" };
  const response = await client.get(urlOf(server), { headers });
  assertEquals([response.code, response.headers["upgrade"]], [101, "echo/1"]);
  using sock = client.sock();
  await sock.write(new TextEncoder().encode("there"));
  const bytes = new Uint8Array(10);
  assertEquals(new TextDecoder().decode(bytes.subarray(0, (await sock.read(bytes))!)), "there");
});

Deno.test("an answer that is sent while the body is read arrives while it is written", async () => {
  await using server = serve(async (con) => {
    for (let piece; (piece = await con.readBody(65536)).length > 0;) {
      con.send(piece);
      await con.flush();
    }
  });
  const SIZE = 20_000_000;
  const stream = new Blob([new Uint8Array(SIZE).fill(65)]).stream();
  let received = 0;
  let sentAtFirst = 0;
  let sent = 0;
  const response = await request("POST", urlOf(server), stream, {
    onProgress: ({ direction, bytes }) => {
      if (direction === "up") sent = bytes;
    },
    bodyToFile(piece) {
      if (received === 0) sentAtFirst = sent;
      received += piece.length;
    },
  });
  assertEquals([response.code, received], [200, SIZE]);
  assert(sentAtFirst < SIZE, `${sentAtFirst}`);
});

Deno.test("a body over the server's limit is refused, and nothing is lost", async () => {
  await using server = serve(async (con) => con.send(await con.readText()), { maxBodyBytes: 1000 });
  using client = new Client();
  for (const body of ["x".repeat(1001), "x".repeat(10_000_000)]) {
    assertEquals((await client.post(urlOf(server), body)).code, 413);
  }
  assertEquals((await client.post(urlOf(server), "x".repeat(1000))).text().length, 1000);
});

Deno.test("an expectation is met where the handler reads, and refused where it does not", async () => {
  await using server = serve(async (con, req) => {
    if (req.path === "/no") return con.sendError(403);
    con.send(await con.readBody());
  });
  const codes: number[] = [];
  const options = {
    expectContinue: true,
    onInformational: ({ code }: InformationalResponse) => codes.push(code),
  };
  using client = new Client();
  assertEquals((await client.post(urlOf(server, "/yes"), "body", options)).text(), "body");
  assertEquals((await client.post(urlOf(server, "/no"), "body", options)).code, 403);
  assertEquals((await client.get(urlOf(server, "/yes"))).code, 200);
  assertEquals(codes, [100]);
});

Deno.test("cookies that the server sets come back to it", async () => {
  await using server = serve((con, req) => {
    con.appendHeader("Set-Cookie", "a=1; Path=/; HttpOnly");
    con.appendHeader("Set-Cookie", "b=2; Path=/deep");
    con.send(req.headers["cookie"] ?? "none");
  });
  const cookies = new CookieJar();
  assertEquals((await get(urlOf(server), { cookies })).text(), "none");
  assertEquals((await get(urlOf(server), { cookies })).text(), "a=1");
  assertEquals((await get(urlOf(server, "/deep/er"), { cookies })).text(), "b=2; a=1");
  assertEquals((await get(urlOf(server))).text(), "none");
});

Deno.test("a server that shuts down in good order loses no request of ours", async () => {
  let asked = 0;
  const server = serve((con) => {
    asked++;
    con.send("x");
  });
  using client = new Client();
  const answers: Promise<unknown>[] = [];
  for (let i = 0; i < 50; i++) answers.push(client.get(urlOf(server)).then((it) => it.code));
  assertEquals(new Set(await Promise.all(answers)), new Set([200]));
  await server.shutdown();
  await server.finished;
  assertEquals(asked, 50);
  await assertRejects(() => client.get(urlOf(server)));
  assertEquals(client.stats().connections, 0);
});

Deno.test("what the handler does not read of a body costs the connection at most", async () => {
  await using server = serve((con) => con.send("unread"));
  using client = new Client();
  for (const size of [10, 100_000, 5_000_000]) {
    const response = await client.post(urlOf(server), new Uint8Array(size));
    assertEquals([response.code, response.text()], [200, "unread"]);
  }
  assertEquals((await post(urlOf(server))).text(), "unread");
});
