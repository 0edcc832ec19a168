// The client through real proxies: tinyproxy for HTTP, dante-server for SOCKS5.

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Client, ConnectError, get, post, type RequestOptions } from "../../client/mod.ts";
import { type Handler, listen, type ListenOptions, type Server } from "../../server/mod.ts";
import { DEAD_PORT } from "../client/support/dialing.ts";
import { portOf } from "../server/raw_client.ts";
import { makeCertificate } from "./certificate.ts";
import { testWith } from "./programs.ts";
import { startDanted, startTinyproxy } from "./proxies.ts";

const TINYPROXY: ["tinyproxy"] = ["tinyproxy"];
const DANTED: ["danted"] = ["danted"];

/** Says what arrived, and by which proxy. */
const echo: Handler = async (con, req) => {
  con.addHeader("X-Via", req.headers["via"] ?? "none");
  con.addHeader("X-Authorization", req.headers["proxy-authorization"] ?? "none");
  con.send(`${req.method} ${req.rawPath} `, await con.readBody());
};

function serve(options: ListenOptions = {}): Server {
  return listen("127.0.0.1", 0, options, echo);
}

function urlOf(server: Server, scheme = "http"): string {
  return `${scheme}://localhost:${portOf(server)}/path?query`;
}

/** The message of the ConnectError of a request. */
async function flawOf(url: string, options: RequestOptions): Promise<string> {
  const error = await assertRejects(() => get(url, options), ConnectError);
  assertEquals(error.code, "proxy");
  return error.message;
}

testWith(TINYPROXY, "http goes through tinyproxy, on one connection to it", async () => {
  await using proxy = await startTinyproxy();
  await using server = serve();
  await using client = new Client({ proxy: `http://127.0.0.1:${proxy.port}` });
  const first = await client.request("GET", urlOf(server));
  assertEquals([first.code, first.text()], [200, "GET /path?query "]);
  assertStringIncludes(first.headers["x-via"]!, "tinyproxy");
  const second = await client.request("POST", urlOf(server), "x".repeat(100_000));
  assertEquals(second.text(), `POST /path?query ${"x".repeat(100_000)}`);
  assertEquals([first.connection.remoteAddr, second.connection.reused], [
    { transport: "tcp", hostname: "127.0.0.1", port: proxy.port },
    // tinyproxy ends every connection after one answer, and says so.
    false,
  ]);
});

testWith(["tinyproxy", "openssl"], "https goes through a tunnel of tinyproxy", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  await using proxy = await startTinyproxy();
  await using server = serve({ cert, key });
  const options = { proxy: `http://127.0.0.1:${proxy.port}`, ca: files.authority };
  await using client = new Client(options);
  const body = "y".repeat(1_000_000);
  const first = await client.request("POST", urlOf(server, "https"), body);
  assertEquals(first.text(), `POST /path?query ${body}`);
  // What is inside the tunnel is no business of the proxy's.
  assertEquals([first.headers["x-via"], first.headers["x-authorization"]], ["none", "none"]);
  const second = await client.request("GET", urlOf(server, "https"));
  assertEquals([second.code, second.connection.reused], [200, true]);
  await proxy.logged(new RegExp(`CONNECT localhost:${portOf(server)} HTTP/1.1`));
});

testWith(
  ["tinyproxy", "openssl"],
  "tinyproxy gets user and password, the server does not",
  async () => {
    using files = await makeCertificate();
    await using proxy = await startTinyproxy(["BasicAuth user pass"]);
    await using plain = serve();
    await using secure = serve({ cert: files.cert, key: files.key });
    const via = (userinfo: string): RequestOptions => {
      return { proxy: `http://${userinfo}127.0.0.1:${proxy.port}`, ca: files.authority };
    };
    for (const [server, scheme] of [[plain, "http"], [secure, "https"]] as const) {
      const { code, headers } = await get(urlOf(server, scheme), via("user:pass@"));
      assertEquals([code, headers["x-authorization"]], [200, "none"]);
    }
    assertEquals((await get(urlOf(plain), via(""))).code, 407);
    assertEquals((await get(urlOf(plain), via("user:wrong@"))).code, 401);
    const without = await flawOf(urlOf(secure, "https"), via(""));
    assert(without.endsWith("user and password are wanted"), without);
    assertStringIncludes(without, "it answered 407 ");
    const wrong = await flawOf(urlOf(secure, "https"), via("user:wrong@"));
    assertStringIncludes(wrong, "it answered 401 ");
    assert(!wrong.includes("wrong@"), wrong);
  },
);

testWith(TINYPROXY, "what tinyproxy refuses is an error that says so", async () => {
  await using proxy = await startTinyproxy(["ConnectPort 1"]);
  const options = { proxy: `http://127.0.0.1:${proxy.port}` };
  const forbidden = await flawOf("https://localhost:2/", options);
  assertStringIncludes(forbidden, 'Cannot reach "localhost:2" through proxy "127.0.0.1:');
  assertStringIncludes(forbidden, "it answered 403 ");
  await using other = await startTinyproxy();
  const unreachable = await flawOf(`https://127.0.0.1:${DEAD_PORT}/`, {
    proxy: `http://127.0.0.1:${other.port}`,
  });
  assertStringIncludes(unreachable, "it answered 500 ");
});

testWith(TINYPROXY, "a WebSocket handshake goes through a tunnel of tinyproxy", async () => {
  await using proxy = await startTinyproxy();
  await using server = listen("127.0.0.1", 0, {}, async (con, req) => {
    const key = req.headers["sec-websocket-key"]! + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const hash = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key));
    con.addHeader("Upgrade", "websocket");
    con.addHeader("Sec-WebSocket-Accept", new Uint8Array(hash).toBase64());
    const { conn } = await con.upgrade();
    await conn.write(new TextEncoder().encode("hello"));
    conn.close();
  });
  await using client = new Client({ proxy: `http://127.0.0.1:${proxy.port}` });
  const response = await client.request("GET", urlOf(server, "ws"));
  assertEquals(response.code, 101);
  const socket = client.sock();
  const into = new Uint8Array(10);
  const count = await socket.read(into);
  assertEquals(new TextDecoder().decode(into.subarray(0, count!)), "hello");
  socket.close();
});

testWith(TINYPROXY, "the environment names proxies, and hosts that need none", async () => {
  await using proxy = await startTinyproxy();
  await using server = serve();
  const viaWith = async (environment: Record<string, string>): Promise<string> => {
    for (const [name, value] of Object.entries(environment)) Deno.env.set(name, value);
    try {
      return (await get(urlOf(server))).headers["x-via"]!;
    } finally {
      for (const name of Object.keys(environment)) Deno.env.delete(name);
    }
  };
  const http_proxy = `127.0.0.1:${proxy.port}`;
  assertStringIncludes(await viaWith({ http_proxy }), "tinyproxy");
  assertStringIncludes(await viaWith({ ALL_PROXY: http_proxy }), "tinyproxy");
  assertEquals(await viaWith({ http_proxy, no_proxy: "localhost" }), "none");
  assertEquals(await viaWith({ http_proxy, no_proxy: `localhost:${portOf(server)}` }), "none");
  assertStringIncludes(await viaWith({ http_proxy, no_proxy: "localhost:1" }), "tinyproxy");
  assertEquals(await viaWith({ HTTP_PROXY: http_proxy }), "none");
});

testWith(["danted", "openssl"], "http and https go through dante-server", async () => {
  using files = await makeCertificate();
  await using proxy = await startDanted();
  await using plain = serve();
  await using secure = serve({ cert: files.cert, key: files.key });
  for (const protocol of ["socks5", "socks5h"]) {
    const options = { proxy: `${protocol}://127.0.0.1:${proxy.port}`, ca: files.authority };
    await using client = new Client(options);
    for (const [server, scheme] of [[plain, "http"], [secure, "https"]] as const) {
      const body = "z".repeat(1_000_000);
      const first = await client.request("POST", urlOf(server, scheme), body);
      assertEquals(first.text(), `POST /path?query ${body}`);
      const second = await client.request("GET", urlOf(server, scheme));
      assertEquals([second.code, second.connection.reused], [200, true]);
      assertEquals((second.connection.remoteAddr as Deno.NetAddr).port, proxy.port);
    }
  }
});

testWith(DANTED, "socks5h tells dante-server the name, socks5 the address", async () => {
  await using proxy = await startDanted([
    `socks block { from: 0/0 to: 0/0 port = ${DEAD_PORT} log: connect }`,
  ]);
  for (const [protocol, told] of [["socks5h", "localhost"], ["socks5", "(127\\.0\\.0\\.1|::1)"]]) {
    const flaw = await flawOf(`http://localhost:${DEAD_PORT}/`, {
      proxy: `${protocol}://127.0.0.1:${proxy.port}`,
    });
    assert(flaw.endsWith("its rules do not allow the connection"), flaw);
    await proxy.logged(new RegExp(` ${told}\\.${DEAD_PORT}\n`));
  }
});

testWith(DANTED, "what dante-server cannot reach is an error in words", async () => {
  await using proxy = await startDanted();
  const options = { proxy: `socks5h://127.0.0.1:${proxy.port}` };
  const refused = await flawOf(`http://127.0.0.1:${DEAD_PORT}/`, options);
  assertEquals(
    refused,
    `Cannot reach "127.0.0.1:${DEAD_PORT}" through proxy "127.0.0.1:${proxy.port}": ` +
      "the connection was refused",
  );
  const unknown = await flawOf("http://nowhere.invalid/", options);
  assert(unknown.endsWith("the host is unreachable"), unknown);
});

testWith(DANTED, "dante-server asks for user and password", async () => {
  await using proxy = await startDanted([], "username");
  const flaw = (userinfo: string): Promise<string> =>
    flawOf("http://localhost:1/", { proxy: `socks5h://${userinfo}127.0.0.1:${proxy.port}` });
  const without = await flaw("");
  assert(without.endsWith("user and password may be wanted"), without);
  const wrong = await flaw("no_such_user:secret@");
  assert(wrong.endsWith("it refused user and password"), wrong);
});

testWith(DANTED, "one client keeps the ways through several proxies apart", async () => {
  await using one = await startDanted();
  await using two = await startDanted();
  await using server = serve();
  await using client = new Client();
  const ports: number[] = [];
  for (
    const proxy of [
      `socks5h://127.0.0.1:${one.port}`,
      `socks5h://127.0.0.1:${two.port}`,
      false,
    ] as const
  ) {
    const { connection } = await client.request("GET", urlOf(server), undefined, { proxy });
    assertEquals(connection.reused, false);
    ports.push((connection.remoteAddr as Deno.NetAddr).port);
  }
  assertEquals(ports, [one.port, two.port, portOf(server)]);
});

testWith(DANTED, "a proxy that is not there is an error", async () => {
  for (const protocol of ["http", "socks5", "socks5h"]) {
    const error = await assertRejects(
      () => post("http://localhost:1/", "x", { proxy: `${protocol}://127.0.0.1:${DEAD_PORT}` }),
      ConnectError,
    );
    assert(["connect", "proxy"].includes(error.code), error.code);
    assertEquals([error.bytesSent, error.safeToRetry], [0, true]);
  }
});
