// What goes wrong behind the head of a response, or beside it: the request is still told of as what it was, and
// nothing of it is left.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { HttpError, LimitError, type RequestOptions } from "../../../client/mod.ts";
import { answer, fieldOf, type PeerConn } from "./peer.ts";
import { Event, failureOf, httpErrorOf, textOf, within, withPeer } from "./support.ts";

const CUT = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";

/** Cuts the bodies of the first answers, and sends the others whole. */
function cutting(times: number): (conn: PeerConn) => Promise<void> {
  let cuts = 0;
  return async (conn) => {
    while (await conn.readRequest() !== undefined) {
      if (cuts++ >= times) {
        await conn.send(answer("0123456789"));
        continue;
      }
      await conn.send(CUT);
      return conn.close();
    }
  };
}

Deno.test("retry covers a body that is cut, in memory and in a file [RFC 9112 8]", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_cut_" });
  try {
    for (const bodyToFile of [undefined, `${folder}/file`]) {
      await withPeer(cutting(2), async (peer, client) => {
        const response = await client.get(peer.url(), { bodyToFile, retry: { delay: 0 } });
        assertEquals(
          bodyToFile ? await Deno.readTextFile(bodyToFile) : textOf(response),
          "0123456789",
        );
        assertEquals(peer.executed.length, 3);
      });
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a cut body is not asked for again without retry, by POST, or into a function", async () => {
  const cases: [method: string, options: RequestOptions][] = [
    ["GET", {}],
    ["POST", { retry: { delay: 0 } }],
    ["GET", { retry: { delay: 0 }, bodyToFile: () => {} }],
  ];
  for (const [method, options] of cases) {
    await withPeer(cutting(1), async (peer, client) => {
      const asked = client.request(method, peer.url(), undefined, options);
      const error = await httpErrorOf(asked, "closed");
      assertEquals([error.safeToRetry, peer.executed.length], [method === "GET", 1]);
    });
  }
});

Deno.test("behind a redirect of a POST nothing is safe to repeat [RFC 9110 9.2.2]", async () => {
  const REDIRECT = "HTTP/1.1 303 X\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n";
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send(REDIRECT);
    await conn.readRequest();
    await conn.send(CUT);
    conn.close();
  }, async (peer, client) => {
    const asked = client.post(peer.url(), "x", { redirect: "follow" });
    const error = await httpErrorOf(asked, "closed");
    assertEquals([error.phase, error.safeToRetry], ["body", false]);
    assertEquals(peer.executed.map(({ method }) => method), ["POST", "GET"]);
  });
});

Deno.test("trailers go where the body goes, and to no other origin [RFC 9110 6.5, 15.4]", async () => {
  for (
    const [status, isSameOrigin, hasTrailer] of [
      ...[[307, true, true], [307, false, false], [303, true, false]] as const,
    ]
  ) {
    await withPeer((conn) => conn.serve(() => answer()), async (other, client) => {
      await withPeer((conn) =>
        conn.serve(({ target }) => {
          const location = isSameOrigin ? "/next" : other.url("/next");
          return target === "/next"
            ? answer()
            : `HTTP/1.1 ${status} X\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
        }), async (peer) => {
        const trailers = { "X-Secret": "1" };
        await client.post(peer.url(), "x", { redirect: "follow", trailers });
        const last = (isSameOrigin ? peer : other).executed.at(-1)!;
        assertEquals([last.target, fieldOf(last, "trailer")], [
          "/next",
          hasTrailer ? "X-Secret" : undefined,
        ]);
      });
    });
  }
});

Deno.test("an upgrade waits for the end of the request [RFC 9110 7.8]", async () => {
  await withPeer(async (conn) => {
    await conn.readHead();
    await conn.send("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    assertEquals(await conn.readPast("0\r\n\r\n"), "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n");
    assertEquals(await conn.readToEnd(), "raw");
  }, async (peer, client) => {
    async function* words(): AsyncIterable<Uint8Array> {
      yield new TextEncoder().encode("one");
      await new Promise((resolve) => setTimeout(resolve, 5));
      yield new TextEncoder().encode("two");
    }
    const headers = { Connection: "upgrade", Upgrade: "x" };
    const { code } = await within("101", client.post(peer.url(), words(), { headers }));
    assertEquals(code, 101);
    const sock = client.sock();
    await sock.write(new TextEncoder().encode("raw"));
    sock.close();
    // What was closed is no connection any more.
    assertThrows(() => client.sock(), TypeError, "not connected");
  });
});

Deno.test("of two upgrades at once one can be had, and the other is closed", async () => {
  const closed = new Event("the other connection is closed");
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send("HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    await conn.readToEnd();
    closed.happen();
  }, async (peer, client) => {
    const headers = { Connection: "upgrade", Upgrade: "x" };
    await Promise.all([1, 2].map(() => client.get(peer.url(), { headers })));
    await closed.wait();
    assertEquals(client.stats().connections, 1);
    client.sock().close();
  });
});

Deno.test("a body that fails for no reason at all fails its request", async () => {
  const nothing = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error() });
  await withPeer(async (conn) => void await conn.readToEnd(), async (peer, client) => {
    assertEquals(await failureOf(client.post(peer.url(), nothing)), undefined);
    assertEquals(client.stats().connections, 0);
  });
});

Deno.test("a body of empty pieces does not keep deadlines from passing", async () => {
  async function* nothing(): AsyncIterable<Uint8Array> {
    while (true) yield new Uint8Array(0);
  }
  await withPeer(async (conn) => void await conn.readToEnd(), async (peer, client) => {
    await httpErrorOf(client.post(peer.url(), nothing(), { timeout: 0.2 }), "timeout");
  });
});

Deno.test("maxBodyBytes is for the body that is delivered, not for that of a redirect", async () => {
  const long = "x".repeat(200);
  await withPeer(
    (conn) =>
      conn.serve(({ target }) =>
        target === "/"
          ? `HTTP/1.1 302 X\r\nLocation: /next\r\nContent-Length: 200\r\n\r\n${long}`
          : answer(target === "/long" ? long : "ok")
      ),
    async (peer, client) => {
      const options = { redirect: "follow", maxBodyBytes: 100 } as const;
      assertEquals(textOf(await client.get(peer.url("/"), options)), "ok");
      const error = await assertRejects(() => client.get(peer.url("/long"), options), LimitError);
      assertEquals(error.limit, "maxBodyBytes");
    },
  );
});

Deno.test("what an async callback rejects with ends the request", async () => {
  const reason = new Error("not now");
  const failing = () => Promise.reject(reason) as unknown as void;
  await withPeer(async (conn) => {
    await conn.readRequest();
    await conn.send("HTTP/1.1 103 X\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
    await conn.readToEnd();
  }, async (peer, client) => {
    for (const options of [{ onInformational: failing }, { onProgress: failing }]) {
      assertStrictEquals(await failureOf(client.get(peer.url(), options)), reason);
      assertEquals(client.stats().connections, 0);
    }
  });
});

Deno.test("a jar that fails leaves no connection", async () => {
  const reason = new Error("the jar is full");
  const cookies = {
    cookieHeader: () => undefined,
    store() {
      throw reason;
    },
  } as unknown as RequestOptions["cookies"];
  await withPeer(
    (conn) => conn.serve(() => answer("ok", "Set-Cookie: a=1\r\n")),
    async (peer, client) => {
      const error = await failureOf(client.get(peer.url(), { cookies }));
      assert(error === reason || error instanceof HttpError);
      assertEquals(client.stats().connections, 0);
    },
  );
});

Deno.test("an early success is delivered when the server closes, although the source stands still", async () => {
  await withPeer(async (conn) => {
    await conn.readHead();
    await conn.send(answer("heard enough"));
    conn.close();
  }, async (peer, client) => {
    const stuck = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
    });
    assertEquals(
      textOf(await within("the answer", client.post(peer.url(), stuck))),
      "heard enough",
    );
    assertEquals(client.stats().connections, 0);
  });
});

Deno.test("a callback that fails late does not touch the connection, which another request has", async () => {
  await withPeer((conn) => conn.serve(() => answer("ok")), async (peer, client) => {
    const late = Promise.withResolvers<void>();
    const onProgress = () => late.promise as unknown as void;
    assertEquals(textOf(await client.get(peer.url("/1"), { onProgress })), "ok");
    const next = client.post(peer.url("/2"), "x");
    late.reject(new Error("too late"));
    const { connection } = await next;
    assertEquals([connection.reused, peer.conns.length], [true, 1]);
  });
});
