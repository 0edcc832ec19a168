// What a client's machinery does around its requests. How they look on the wire is told in
// tests/conformance/client.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Engine } from "../../client/engine.ts";
import type { ClientOptions } from "../../client/options.ts";
import { HttpError, LimitError } from "../../wire/errors.ts";
import { answer, fieldOf, Peer, type PeerConn } from "../conformance/client/peer.ts";
import { Event, failureOf, until, withHolder } from "../conformance/client/support.ts";
import { textOf } from "../wire/fakes.ts";

/** Runs with a peer and an engine, of which nothing may be left. */
async function withEngine(
  script: (conn: PeerConn) => Promise<void> | void,
  run: (peer: Peer, engine: Engine) => Promise<void>,
  options: ClientOptions = {},
): Promise<void> {
  await using peer = new Peer(script);
  await withHolder(new Engine({ proxy: false, ...options }), (engine) => run(peer, engine));
}

const serve = (conn: PeerConn) => conn.serve(() => answer());
const SWITCHING = "HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nahead";
const UPGRADE = { headers: { Upgrade: "x", Connection: "upgrade" } };

Deno.test("stats() counts requests and connections", async () => {
  await withEngine(serve, async (peer, engine) => {
    const zero = { connections: 0, idle: 0, queued: 0, opened: 0, requests: 0, active: 0 };
    assertEquals(engine.stats(), zero);
    const { response, body } = await engine.open("GET", peer.url());
    assertEquals([response.code, engine.stats().active, engine.stats().idle], [200, 1, 0]);
    while (await body.read() !== undefined);
    await engine.request("GET", peer.url(), undefined, undefined);
    assertEquals(engine.stats(), {
      connections: 1,
      idle: 1,
      queued: 0,
      opened: 1,
      requests: 2,
      active: 0,
    });
  });
});

Deno.test("options of a client are the defaults of its requests", async () => {
  await withEngine(serve, async (peer, engine) => {
    await engine.request("GET", peer.url(), undefined, undefined);
    await engine.request("GET", peer.url(), undefined, { headers: { "x-a": "2" } });
    assertEquals(peer.executed.map((it) => [fieldOf(it, "x-a"), fieldOf(it, "x-b")]), [
      ...[["1", "b"], ["2", "b"]],
    ]);
  }, { headers: { "X-A": "1", "X-B": "b" } });
});

Deno.test("an unknown option is a TypeError that names it, for a client and for a request", async () => {
  assertThrows(() => new Engine({ keepalive: 1 } as ClientOptions), TypeError, '"keepalive"');
  await withEngine(serve, async (peer, engine) => {
    const options = { keepAlive: 1 } as ClientOptions;
    await assertRejects(
      () => engine.request("GET", peer.url(), undefined, options),
      TypeError,
      'there is no option "keepAlive"',
    );
    assertEquals(engine.stats().requests, 0);
  });
});

Deno.test("wrong arguments are refused before anything is sent, and leave nothing", async () => {
  await withEngine(serve, async (peer, engine) => {
    const cases: [string, string, string | undefined][] = [
      ["", peer.url(), undefined],
      ["CONNECT", peer.url(), undefined],
      ["GET", "nowhere", undefined],
      ["POST", peer.url("/", "ws"), undefined],
      ["GET", peer.url("/", "ws"), "body"],
    ];
    for (const [method, url, body] of cases) {
      await assertRejects(() => engine.request(method, url, body, undefined), TypeError);
      await assertRejects(() => engine.open(method, url, body), TypeError);
    }
    assertEquals([peer.conns.length, engine.stats().active], [0, 0]);
  });
});

Deno.test("close() ends what is under way and what waits, and refuses what comes later", async () => {
  await withEngine((conn) => conn.readRequest().then(() => {}), async (peer, engine) => {
    const failures = [
      failureOf(engine.request("GET", peer.url(), undefined, undefined)),
      failureOf(engine.open("GET", peer.url())),
    ];
    await until(
      "one is sent and one waits",
      () => peer.executed.length === 1 && engine.stats().queued === 1,
    );
    engine.close();
    for (const failure of failures) {
      const error = await failure;
      assert(
        error instanceof TypeError && error.message.includes("the client was closed"),
        `${error}`,
      );
    }
    await assertRejects(() => engine.open("GET", peer.url()), TypeError, "the client is closed");
    assertEquals(engine.stats().active, 0);
  }, { maxPerOrigin: 1 });
});

Deno.test("close() ends a body that is being read", async () => {
  await withEngine(async (conn) => {
    await conn.readRequest();
    await conn.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab");
    await conn.readToEnd();
  }, async (peer, engine) => {
    const { body } = await engine.open("GET", peer.url());
    assertEquals(textOf((await body.read())!), "ab");
    const reading = failureOf(body.read());
    engine.close();
    assert((await reading as Error).message.includes("the client was closed"));
    assertEquals(engine.stats().active, 0);
  });
});

Deno.test("a body that is given up closes its connection, and is under way no more", async () => {
  await withEngine(serve, async (peer, engine) => {
    const { body } = await engine.open("GET", peer.url());
    body.close();
    assertEquals([engine.stats().active, engine.stats().connections], [0, 0]);
  });
});

Deno.test("an abort that comes with the answer leaves neither file nor temporary file", async () => {
  const { remove } = Deno;
  const folder = await Deno.makeTempDir({ prefix: "eco_http_engine_" });
  try {
    await withEngine(serve, async (peer, engine) => {
      const bodyToFile = `${folder}/file`;
      const reason = new Error("enough");
      const signal = AbortSignal.abort(reason);
      const aborted = engine.request("GET", peer.url(), undefined, { bodyToFile, signal });
      assertStrictEquals(await failureOf(aborted), reason);
      assertEquals([peer.conns.length, [...Deno.readDirSync(folder)]], [0, []]);
      const controller = new AbortController();
      // What was begun goes on, however long that takes, and this is its end.
      const removed = new Event("what was begun is removed");
      Deno.remove = (path) => remove(path).then(() => removed.happen());
      const failure = failureOf(
        engine.request("GET", peer.url(), undefined, { bodyToFile, signal: controller.signal }),
      );
      controller.abort(reason);
      assertStrictEquals(await failure, reason);
      await removed.wait();
      assertEquals([peer.conns.length, [...Deno.readDirSync(folder)]], [0, []]);
    });
  } finally {
    Deno.remove = remove;
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what cannot be asked for leaves no file", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_engine_" });
  try {
    await withEngine(serve, async (peer, engine) => {
      const options = { bodyToFile: `${folder}/file` };
      for (const [method, url] of [["no token", peer.url()], ["GET", "nowhere"]] as const) {
        await assertRejects(() => engine.request(method, url, undefined, options), TypeError);
      }
      assertEquals([[...Deno.readDirSync(folder)], peer.conns.length], [[], 0]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that cannot be written is said before anything is sent", async () => {
  await withEngine(serve, async (peer, engine) => {
    const options = { bodyToFile: "/no/such/folder/file" };
    const error = await assertRejects(
      () => engine.request("GET", peer.url(), undefined, options),
      HttpError,
    );
    assertEquals([error.code, error.safeToRetry, peer.conns.length], ["file", true, 0]);
  });
});

Deno.test("the body goes where bodyToFile says, and is not in the response", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_engine_" });
  try {
    await withEngine(serve, async (peer, engine) => {
      const path = `${folder}/file`;
      const response = await engine.request("GET", peer.url(), undefined, { bodyToFile: path });
      assertEquals([response.body, await Deno.readTextFile(path)], [undefined, "ok"]);
      let text = "";
      const bodyToFile = (chunk: Uint8Array) => void (text += textOf(chunk));
      assertEquals(
        (await engine.request("GET", peer.url(), undefined, { bodyToFile })).body,
        undefined,
      );
      assertEquals([text, engine.stats().opened], ["ok", 1]);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("maxBodyBytes limits bodies wherever they go", async () => {
  await withEngine(serve, async (peer, engine) => {
    for (const bodyToFile of [undefined, () => {}]) {
      const options = { maxBodyBytes: 1, bodyToFile };
      const request = engine.request("GET", peer.url(), undefined, options);
      assertEquals((await assertRejects(() => request, LimitError)).limit, "maxBodyBytes");
    }
    await assertRejects(
      () => engine.open("GET", peer.url(), undefined, { maxBodyBytes: 1 }),
      LimitError,
    );
  });
});

Deno.test("timings and trailers are there at the end of the body", async () => {
  await withEngine(
    (conn) =>
      conn.serve(() =>
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"
      ),
    async (peer, engine) => {
      const response = await engine.request("GET", peer.url(), undefined, undefined);
      const { connect, firstByte, total } = response.timings;
      assert(connect > 0 && firstByte >= connect && total >= firstByte);
      assertEquals({ ...response.trailers }, { "x-sum": "1" });
      const again = await engine.request("GET", peer.url(), undefined, undefined);
      assertEquals([again.timings.connect, again.connection.reused], [0, true]);
      const opened = await engine.open("GET", peer.url());
      assertEquals({ ...opened.response.trailers }, {});
      while (await opened.body.read() !== undefined);
      assertEquals({ ...opened.response.trailers }, { "x-sum": "1" });
    },
  );
});

Deno.test("socket() needs a connection that is neither closed nor in use", async () => {
  await withEngine(
    (conn) =>
      conn.serve(({ target }) => answer("ok", target === "/close" ? "Connection: close\r\n" : "")),
    async (peer, engine) => {
      assertThrows(() => engine.socket(), TypeError, "the client is not connected");
      await engine.request("GET", peer.url("/close"), undefined, undefined);
      assertThrows(() => engine.socket(), TypeError, "the client is not connected");
      const { body } = await engine.open("GET", peer.url());
      assertThrows(() => engine.socket(), TypeError, "a request is under way on it");
      body.close();
      assertThrows(() => engine.socket(), TypeError, "the client is not connected");
    },
  );
});

Deno.test("socket() gives what came behind 101, once, and closing it is up to the caller", async () => {
  await withEngine(async (conn) => {
    await conn.readHead();
    await conn.send(SWITCHING);
    assertEquals(await conn.readBytes(5), "hello");
    await conn.send("bye");
    await conn.readToEnd();
  }, async (peer, engine) => {
    assertEquals((await engine.request("GET", peer.url(), undefined, UPGRADE)).code, 101);
    using socket = engine.socket();
    assertStrictEquals(engine.socket(), socket);
    assertEquals(engine.stats().connections, 0);
    engine.close();
    const into = new Uint8Array(9);
    assertEquals(textOf(into.subarray(0, (await socket.read(into))!)), "ahead");
    await socket.write(new TextEncoder().encode("hello"));
    assertEquals(textOf(into.subarray(0, (await socket.read(into))!)), "bye");
  });
});

Deno.test("socket() of a kept connection loses none of its bytes", async () => {
  await withEngine(async (conn) => {
    await conn.readRequest();
    await conn.send(answer());
    assertEquals(await conn.readBytes(5), "hello");
    await conn.send("by hand");
    await conn.readToEnd();
  }, async (peer, engine) => {
    await engine.request("GET", peer.url(), undefined, undefined);
    assertEquals(engine.stats().idle, 1);
    using socket = engine.socket();
    await socket.write(new TextEncoder().encode("hello"));
    const into = new Uint8Array(9);
    assertEquals(textOf(into.subarray(0, (await socket.read(into))!)), "by hand");
    assertEquals(engine.stats().connections, 0);
  });
});

Deno.test("a jar of the client's own serves the requests that want cookies", async () => {
  await withEngine(
    (conn) => conn.serve(() => answer("ok", "Set-Cookie: a=1\r\n")),
    async (peer, engine) => {
      for (const cookies of [true, true, false]) {
        await engine.request("GET", peer.url(), undefined, { cookies });
      }
      assertEquals(peer.executed.map((it) => fieldOf(it, "cookie")), [undefined, "a=1", undefined]);
    },
  );
});

Deno.test("more URLs than are remembered are asked for as they are", async () => {
  await withEngine((conn) => conn.serve(({ target }) => answer(target)), async (peer, engine) => {
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 70; i++) {
        const response = await engine.request("GET", peer.url(`/${i}`), undefined, undefined);
        assertEquals(response.text(), `/${i}`);
      }
    }
    assertEquals(engine.stats().opened, 1);
  });
});
