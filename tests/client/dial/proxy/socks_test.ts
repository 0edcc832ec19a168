import { assert, assertEquals, assertRejects } from "@std/assert";
import type { ProxySettings } from "../../../../client/dial/proxy/proxy.ts";
import { openSocksTunnel } from "../../../../client/dial/proxy/socks.ts";
import { ClosedError, ConnectError } from "../../../../wire/errors.ts";
import { bytesOf } from "../../../wire/fakes.ts";
import { type Peer, settings, tunnel } from "./tunnel_peer.ts";

const PROXY = settings("socks5h:");
const WITH_PASSWORD = settings("socks5h:", "user", "pässword");

const NO_AUTH = [5, 0];
/** Version 5, succeeded, reserved, bound to 0.0.0.0:0. */
const SUCCEEDED = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
/** To port 443 of the name "a". */
const CONNECT_A = [5, 1, 0, 3, 1, 97, 443 >> 8, 443 & 0xff];

function open(
  script: (peer: Peer) => Promise<void>,
  host = "a",
  proxy: ProxySettings = PROXY,
): Promise<void> {
  return tunnel((transport) => openSocksTunnel(transport, host, 443, proxy), script);
}

/** The words behind the colon of the error of a tunnel through this proxy. */
async function flawOf(
  script: (peer: Peer) => Promise<void>,
  proxy: ProxySettings = PROXY,
): Promise<string> {
  const error = await assertRejects(
    () =>
      open(
        async (peer) => {
          await script(peer);
          await peer.conn.closeWrite();
        },
        "a",
        proxy,
      ),
    ConnectError,
  );
  const [before, after] = error.message.split('"proxy.test:3128": ');
  assertEquals([before, error.code], ['Cannot reach "a:443" through proxy ', "proxy"]);
  return after!;
}

Deno.test("openSocksTunnel() without credentials offers no authentication only (RFC 1928 3)", async () => {
  await open(async (peer) => {
    await peer.expect([5, 1, 0]);
    await peer.send(NO_AUTH);
    await peer.expect(CONNECT_A);
    await peer.send(SUCCEEDED);
  });
});

Deno.test("openSocksTunnel() sends names, IPv4 and IPv6 as what they are (RFC 1928 5)", async () => {
  const cases: [string, number[]][] = [
    ["example.com", [3, 11, ...bytesOf("example.com")]],
    ["192.0.2.1", [1, 192, 0, 2, 1]],
    ["2001:db8::1", [4, 0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1]],
    ["x".repeat(255), [3, 255, ...Array(255).fill(120)]],
  ];
  for (const [host, address] of cases) {
    await open(async (peer) => {
      await peer.expect([5, 1, 0]);
      await peer.send(NO_AUTH);
      await peer.expect([5, 1, 0, ...address, 1, 187]);
      await peer.send(SUCCEEDED);
    }, host);
  }
});

Deno.test("openSocksTunnel() gives user and password when asked (RFC 1929 2)", async () => {
  await open(
    async (peer) => {
      await peer.expect([5, 2, 0, 2]);
      await peer.send([5, 2]);
      await peer.expect([1, 4, ...bytesOf("user"), 9, ...new TextEncoder().encode("pässword")]);
      await peer.send([1, 0]);
      await peer.expect(CONNECT_A);
      await peer.send(SUCCEEDED);
    },
    "a",
    WITH_PASSWORD,
  );
});

Deno.test("openSocksTunnel() keeps user and password to itself when they are not asked for", async () => {
  await open(
    async (peer) => {
      await peer.expect([5, 2, 0, 2]);
      await peer.send(NO_AUTH);
      await peer.expect(CONNECT_A);
      await peer.send(SUCCEEDED);
    },
    "a",
    WITH_PASSWORD,
  );
});

Deno.test("openSocksTunnel() reads replies of any address type, in any pieces, and nothing beyond", async () => {
  const bound = [
    [1, 1, 2, 3, 4],
    [3, 3, 97, 98, 99],
    [3, 0],
    [4, ...Array(16).fill(7)],
  ];
  for (const address of bound) {
    for (const step of [1, 3, Infinity]) {
      const got = await tunnel(async (conn) => {
        await openSocksTunnel(conn, "a", 443, PROXY);
        const into = new Uint8Array(100);
        return [...into.subarray(0, (await conn.read(into))!)];
      }, async (peer) => {
        await peer.expect([5, 1, 0]);
        await peer.send(NO_AUTH, step);
        await peer.expect(CONNECT_A);
        await peer.send([5, 0, 0, ...address, 0x1f, 0x90, 42], step);
      });
      assertEquals(got, [42]);
    }
  }
});

Deno.test("openSocksTunnel() puts every reply code in words (RFC 1928 6)", async () => {
  const words: [number, string][] = [
    [1, "it failed in general"],
    [2, "its rules do not allow the connection"],
    [3, "the network is unreachable"],
    [4, "the host is unreachable"],
    [5, "the connection was refused"],
    [6, "the time to live expired"],
    [7, "it does not know the command CONNECT"],
    [8, "it does not know the type of the address"],
    [9, "it answered with the unknown code 9"],
    [255, "it answered with the unknown code 255"],
  ];
  for (const [code, expected] of words) {
    const flaw = await flawOf(async (peer) => {
      await peer.expect([5, 1, 0]);
      await peer.send(NO_AUTH);
      await peer.expect(CONNECT_A);
      await peer.send([5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
    });
    assertEquals(flaw, expected);
  }
});

Deno.test("openSocksTunnel() fails when no method of authentication suits the proxy", async () => {
  const choosing = (method: number) => (peer: Peer): Promise<void> => peer.send([5, method]);
  assertEquals(
    await flawOf(choosing(0xff)),
    "it accepts no requests without authentication; user and password may be wanted",
  );
  assertEquals(
    await flawOf(choosing(0xff), WITH_PASSWORD),
    "it accepts neither no authentication nor user and password",
  );
  assertEquals(await flawOf(choosing(1)), "it chose authentication method 1 unasked");
  assertEquals(await flawOf(choosing(2)), "it chose authentication method 2 unasked");
});

Deno.test("openSocksTunnel() fails when user and password are refused, and does not quote them", async () => {
  const answering = (answer: number[]) => async (peer: Peer): Promise<void> => {
    await peer.read(4);
    await peer.send([5, 2]);
    await peer.read(16);
    await peer.send(answer);
  };
  for (const status of [1, 255]) {
    assertEquals(
      await flawOf(answering([1, status]), WITH_PASSWORD),
      "it refused user and password",
    );
  }
  assertEquals(
    await flawOf(answering([5, 0]), WITH_PASSWORD),
    "its answer to user and password is malformed",
  );
});

Deno.test("openSocksTunnel() refuses replies that are no SOCKS5", async () => {
  assertEquals(await flawOf((peer) => peer.send("HTTP/1.1 400 Bad")), "it does not speak SOCKS5");
  const replying = (reply: number[]) => async (peer: Peer): Promise<void> => {
    await peer.read(3);
    await peer.send(NO_AUTH);
    await peer.read(CONNECT_A.length);
    await peer.send(reply);
  };
  assertEquals(await flawOf(replying([4, 0, 0, 1])), "it does not speak SOCKS5");
  assertEquals(
    await flawOf(replying([5, 0, 0, 2, 0])),
    "it answered with the unknown address type 2",
  );
});

Deno.test("openSocksTunnel() fails wherever the proxy leaves", async () => {
  const replies = [...NO_AUTH, ...SUCCEEDED];
  for (let count = 0; count < replies.length; count++) {
    const flaw = await flawOf((peer) => peer.send(replies.slice(0, count)));
    assertEquals(flaw, "it closed the connection", `after ${count} bytes`);
  }
});

Deno.test("openSocksTunnel() ends when the transport is closed under it", async () => {
  const error = await assertRejects(
    () =>
      tunnel((transport) => {
        const opening = openSocksTunnel(transport, "a", 443, PROXY);
        queueMicrotask(() => transport.close());
        return opening;
      }, async (peer) => void await peer.read(1000)),
    ConnectError,
  );
  assert(error.cause instanceof ClosedError || error.cause instanceof Error);
});

Deno.test("openSocksTunnel() refuses what does not fit the protocol, before it sends anything", async () => {
  const long = "x".repeat(256);
  const cases: [string, ProxySettings][] = [
    ["", PROXY],
    [long, PROXY],
    ["a", settings("socks5:", long, "")],
    ["a", settings("socks5:", "", "ü".repeat(128))],
  ];
  for (const [host, proxy] of cases) {
    await assertRejects(
      () => open(async (peer) => assertEquals(await peer.read(1), ""), host, proxy),
      TypeError,
    );
  }
});
