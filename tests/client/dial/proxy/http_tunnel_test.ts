import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { openHttpTunnel } from "../../../../client/dial/proxy/http_tunnel.ts";
import type { ProxySettings } from "../../../../client/dial/proxy/proxy.ts";
import { ClosedError, ConnectError, LimitError, ProtocolError } from "../../../../wire/errors.ts";
import { FakeSink, FakeSource } from "../../../wire/fakes.ts";
import { type Peer, settings, tunnel } from "./tunnel_peer.ts";

const PROXY = settings("http:");

/** Opens a tunnel to example.com:443 against a script. */
function open(script: (peer: Peer) => Promise<void>, proxy: ProxySettings = PROXY): Promise<void> {
  return tunnel((transport) => openHttpTunnel(transport, "example.com", 443, proxy), script);
}

/** A proxy that answers this. */
function answering(answer: string, step?: number): (peer: Peer) => Promise<void> {
  return async (peer) => {
    await peer.readHead();
    await peer.send(answer, step);
  };
}

/** The error of a tunnel through a proxy that answers this. */
function refused(answer: string, proxy = PROXY): Promise<ConnectError> {
  return assertRejects(
    () =>
      open(async (peer) => {
        await answering(answer)(peer);
        await peer.conn.closeWrite();
        await peer.read(1);
      }, proxy),
    ConnectError,
    'Cannot reach "example.com:443" through proxy "proxy.test:3128": ',
  );
}

async function requestFor(host: string, port: number, proxy: ProxySettings): Promise<string> {
  let request = "";
  await tunnel((transport) => openHttpTunnel(transport, host, port, proxy), async (peer) => {
    request = await peer.readHead();
    await peer.send("HTTP/1.1 200 OK\r\n\r\n");
  });
  return request;
}

Deno.test("openHttpTunnel() sends the target in authority-form, and Host (RFC 9112 3.2.3)", async () => {
  assertEquals(
    await requestFor("server.example.com", 80, PROXY),
    "CONNECT server.example.com:80 HTTP/1.1\r\nHost: server.example.com:80\r\n\r\n",
  );
  assertEquals(
    await requestFor("::1", 443, PROXY),
    "CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n",
  );
});

Deno.test("openHttpTunnel() sends user and password when there are any", async () => {
  const field = async (username?: string, password?: string): Promise<string | undefined> => {
    const request = await requestFor("a", 1, settings("http:", username, password));
    return /^Proxy-Authorization: (.*)\r$/m.exec(request)?.[1];
  };
  assertEquals(await field("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  assertEquals(await field("user"), `Basic ${btoa("user:")}`);
  assertEquals(await field("", "pass"), `Basic ${btoa(":pass")}`);
  assertEquals(await field(), undefined);
});

Deno.test("openHttpTunnel() leaves the transport to what follows", async () => {
  const got = await tunnel(async (conn) => {
    await openHttpTunnel(conn, "example.com", 443, PROXY);
    await conn.write(new TextEncoder().encode("ping"));
    const into = new Uint8Array(10);
    return new TextDecoder().decode(into.subarray(0, (await conn.read(into))!));
  }, async (peer) => {
    await peer.readHead();
    await peer.send("HTTP/1.0 200 Connection established\r\nProxy-Agent: test\r\n\r\n");
    assertEquals(await peer.read(4), "ping");
    await peer.send("pong");
  });
  assertEquals(got, "pong");
});

Deno.test("openHttpTunnel() reads an answer that comes byte by byte", async () => {
  await open(answering("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", 1));
});

Deno.test("openHttpTunnel() takes any 2xx (RFC 9110 9.3.6)", async () => {
  for (const status of [200, 201, 204, 299]) await open(answering(`HTTP/1.1 ${status} X\r\n\r\n`));
});

Deno.test(
  'openHttpTunnel() heeds "A client MUST ignore any Content-Length or Transfer-Encoding" (RFC 9110 9.3.6)',
  async () => {
    await open(answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"));
    await open(answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
  },
);

Deno.test("openHttpTunnel() skips informational responses, up to 32", async () => {
  const early = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  const final = "HTTP/1.1 200 OK\r\n\r\n";
  await open(answering(`HTTP/1.1 100 Continue\r\n\r\n${early}${final}`));
  await open(answering(early.repeat(32) + final));
  const error = await refused(early.repeat(33) + final);
  assertStringIncludes(error.message, "more than 32 informational responses");
});

Deno.test("openHttpTunnel() refuses bytes behind the answer: nobody asked the target yet", async () => {
  const { message } = await refused("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nevil");
  assert(message.endsWith("23 bytes came unasked behind its answer"), message);
});

Deno.test("openHttpTunnel() refuses other statuses and names them", async () => {
  for (const status of [101, 301, 403, 404, 500, 502, 599]) {
    const { message } = await refused(
      `HTTP/1.1 ${status} Some Reason\r\nContent-Length: 0\r\n\r\n`,
    );
    assert(message.endsWith(`it answered ${status} Some Reason`), message);
  }
  const { message } = await refused("HTTP/1.1 502\r\n\r\n<html>");
  assert(message.endsWith("it answered 502"), message);
});

Deno.test("openHttpTunnel() makes a reason harmless for terminals", async () => {
  const { message } = await refused(`HTTP/1.1 502 \x9b2J\xe9${"x".repeat(200)}\r\n\r\n`);
  assert(message.endsWith(`it answered 502 ?2J?${"x".repeat(96)}`), message);
});

Deno.test("openHttpTunnel() says of 407 what the proxy wants", async () => {
  const answer = "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic realm=x\r\n\r\n";
  const without = await refused(answer);
  assert(without.message.endsWith("407 Auth; user and password are wanted"), without.message);
  const wrong = await refused(answer, settings("http:", "user", "secret"));
  assert(wrong.message.endsWith("407 Auth; user and password were refused"), wrong.message);
  assert(!wrong.message.includes("secret"));
});

Deno.test("openHttpTunnel() limits the head of the answer", async () => {
  const long = await refused(`HTTP/1.1 200 OK\r\nA: ${"b".repeat(65536)}\r\n\r\n`);
  assert(long.message.endsWith("longer than 65536 bytes"), long.message);
  assert(long.cause instanceof LimitError);
  const many = await refused(`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(257)}\r\n`);
  assert(many.message.endsWith("more than 256 fields"), many.message);
});

Deno.test("openHttpTunnel() refuses what is no HTTP", async () => {
  for (
    const answer of ["SSH-2.0-x\r\n\r\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 200 OK\n\n", "\r\n\r\n"]
  ) {
    assert((await refused(answer)).cause instanceof ProtocolError, JSON.stringify(answer));
  }
});

Deno.test("openHttpTunnel() fails when the proxy leaves", async () => {
  for (const answer of ["", "HTTP/1.1 200 OK\r\n"]) {
    const error = await refused(answer);
    assert(error.message.endsWith("it closed the connection unanswered"), error.message);
    assert(error.cause instanceof ClosedError);
  }
});

Deno.test("openHttpTunnel() ends when the transport is closed under it, and leaves closing to others", async () => {
  const error = await assertRejects(
    () =>
      tunnel((transport) => {
        const opening = openHttpTunnel(transport, "example.com", 443, PROXY);
        queueMicrotask(() => transport.close());
        return opening;
      }, async (peer) => void await peer.read(1000)),
    ConnectError,
  );
  assert(error.cause instanceof ClosedError);
  const sink = new FakeSink();
  const source = new FakeSource("HTTP/1.1 500 No\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n");
  const transport = {
    localAddr: { transport: "tcp", hostname: "", port: 0 } as const,
    remoteAddr: { transport: "tcp", hostname: "", port: 0 } as const,
    read: (into: Uint8Array) => source.read(into),
    write: (bytes: Uint8Array) => sink.write(bytes),
    close: () => sink.close(),
    closeWrite: () => Promise.reject(new Error("Not asked for")),
    ref: () => {},
    unref: () => {},
  };
  await assertRejects(() => openHttpTunnel(transport, "a", 1, PROXY), ConnectError, "500");
  assertEquals(sink.closed, false);
});

Deno.test("openHttpTunnel() refuses hosts that would break the request, before it sends anything", async () => {
  for (const host of ["", "a b", "a\r\nX: y", "a/b", "a@b", "bücher", "[::1]"]) {
    await assertRejects(
      () =>
        tunnel((transport) => openHttpTunnel(transport, host, 1, PROXY), async (peer) => {
          assertEquals(await peer.read(1), "");
        }),
      TypeError,
    );
  }
});
