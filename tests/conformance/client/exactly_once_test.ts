// A request is executed once, or its caller is told that it may have been: RFC 9110 9.2.2: "A client SHOULD NOT
// automatically retry a request with a non-idempotent method unless it has some means to know that the request
// semantics are actually idempotent ..., or some means to detect that the original request was never applied".

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type ClientResponse, HttpError, type RequestBody } from "../../../client/mod.ts";
import { answer, type PeerConn } from "./peer.ts";
import { httpErrorOf, textOf, within, withPeer } from "./support.ts";

/** Milliseconds between a server's answer and its close, and the client's pause before the next request. */
const RACES: [name: string, closeAfterMs: number, pauseMs: number][] = [
  ["at once", 0, 0],
  ["at once, with a pause of the client", 0, 3],
  ["after 20 ms, while the client pauses for 19", 20, 19],
  ["after 20 ms, while the client pauses for 20", 20, 20],
  ["after 20 ms, while the client pauses for 21", 20, 21],
];

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Answers each request, and closes after a while. */
function closing(afterMs: number): (conn: PeerConn) => Promise<void> {
  return async (conn) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    for (let request; (request = await conn.readRequest()) !== undefined;) {
      await conn.send(answer(request.target));
      if (afterMs === 0) return conn.close();
      timer ??= setTimeout(() => conn.close(), afterMs);
    }
    clearTimeout(timer);
  };
}

for (const [name, closeAfterMs, pauseMs] of RACES) {
  Deno.test(`Ten GETs get ten answers from a server that closes ${name} [RFC 9112 9.3.1]`, async () => {
    await withPeer(closing(closeAfterMs), async (peer, client) => {
      for (let i = 0; i < 10; i++) {
        const response = await within(`answer ${i}`, client.get(peer.url(`/${i}`)));
        assertEquals(textOf(response), `/${i}`);
        if (pauseMs > 0) await sleep(pauseMs);
      }
    });
  });

  Deno.test(`Ten POSTs run at most once at a server that closes ${name} [RFC 9110 9.2.2]`, async () => {
    await withPeer(closing(closeAfterMs), async (peer, client) => {
      for (let i = 0; i < 10; i++) {
        const path = `/${i}`;
        try {
          const response = await within(`answer ${i}`, client.post(peer.url(path), "body"));
          assertEquals([textOf(response), peer.count("POST", path)], [path, 1]);
        } catch (error) {
          assertInstanceOf(error, HttpError);
          assertEquals([error.code, error.reused], ["closed", true], error.message);
          assert(peer.count("POST", path) <= 1);
          if (error.safeToRetry) assertEquals(peer.count("POST", path), 0);
        }
        if (pauseMs > 0) await sleep(pauseMs);
      }
    });
  });
}

type Kind = "none" | "text" | "large" | "blob" | "stream";
type Read = "part of the head" | "the head" | "part of the body" | "all";

const LARGE = 300_000;

function bodyOf(kind: Kind): RequestBody | undefined {
  switch (kind) {
    case "none":
      return undefined;
    case "text":
      return "x".repeat(100);
    case "large":
      return new Uint8Array(LARGE).fill(120);
    case "blob":
      return new Blob(["x".repeat(100)]);
    case "stream":
      return ReadableStream.from([new Uint8Array(50).fill(120), new Uint8Array(50).fill(120)]);
  }
}

/** Reads so much of a request. */
async function readSome(conn: PeerConn, read: Read): Promise<void> {
  if (read === "all") await conn.readRequest();
  else if (read === "part of the head") await conn.readBytes(20);
  else await conn.readHead();
  if (read === "part of the body") await conn.readBytes(30);
}

const IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"];
const OTHERS = ["POST", "PATCH", "GIVE", "get"];

interface Row {
  method: string;
  kind: Kind;
  read: Read;
  isReused: boolean;
}

function* rows(): Iterable<Row> {
  for (const isReused of [true, false]) {
    for (const method of [...IDEMPOTENT, ...OTHERS]) {
      const kinds: Kind[] = method === "GET" || method === "HEAD"
        ? ["none"]
        : ["none", "text", "large", "blob", "stream"];
      for (const kind of kinds) {
        const reads: Read[] = ["part of the head", "the head", "all"];
        if (kind !== "none") reads.push("part of the body");
        for (const read of reads) yield { method, kind, read, isReused };
      }
    }
  }
}

/** One row: a server that reads so much of the request and closes. */
async function play({ method, kind, read, isReused }: Row): Promise<void> {
  const isIdempotent = IDEMPOTENT.includes(method);
  const isRepeated = isReused && isIdempotent && kind !== "stream";
  const script = async (conn: PeerConn): Promise<void> => {
    if (conn.index > 0) return await conn.serve(() => answer(method === "HEAD" ? "" : "second"));
    if (isReused) {
      await conn.readRequest();
      await conn.send(answer("first"));
    }
    await readSome(conn, read);
    conn.close();
  };
  await withPeer(script, async (peer, client) => {
    if (isReused) await client.get(peer.url("/first"));
    let response: ClientResponse | undefined;
    const request = client.request(method, peer.url("/it"), bodyOf(kind));
    if (isRepeated) {
      response = await within("an answer", request);
      assertEquals(response.code, 200);
    } else {
      const error = await httpErrorOf(request, "closed");
      assertEquals([error.reused, error.bytesReceived], [isReused, 0]);
      assert(
        error.bytesSent! >= (read === "part of the head" ? 20 : 40),
        `${error.bytesSent} sent`,
      );
      assertEquals(error.safeToRetry, isIdempotent);
      assert(["send", "wait"].includes(error.phase!), error.phase);
    }
    const executed = (read === "all" ? 1 : 0) + (isRepeated ? 1 : 0);
    assertEquals(peer.count(method, "/it"), executed, "executions");
    assertEquals(peer.conns.length, isRepeated ? 2 : 1, "connections");
  });
}

Deno.test("Method, body and how far the server read decide what is sent again [RFC 9110 9.2.2]", async (t) => {
  const failures: string[] = [];
  let count = 0;
  for (const row of rows()) {
    count++;
    const name = `${row.method} with ${row.kind} on a ${
      row.isReused ? "kept" : "new"
    } connection, ${row.read} read`;
    await play(row).catch((error) =>
      failures.push(`${name}: ${error.message}\n${error.cause ?? error.stack}`)
    );
  }
  if (failures.length > 0) {
    throw new Error(`${failures.length} of ${count}:\n${failures.slice(0, 12).join("\n")}`);
  }
  await t.step(`${count} combinations`, () => {});
});

Deno.test("Nothing is sent again once a byte of an answer came [RFC 9112 9.3.1]", async () => {
  for (const bytes of ["H", "HTTP/1.1 103 Early Hints\r\n\r\n", "HTTP/1.1 200 OK\r\n"]) {
    await withPeer(async (conn) => {
      await conn.readRequest();
      await conn.send(answer());
      await conn.readRequest();
      await conn.send(bytes);
      conn.close();
    }, async (peer, client) => {
      await client.get(peer.url());
      const error = await httpErrorOf(client.get(peer.url()), "closed");
      assertEquals([error.bytesReceived, error.reused, error.safeToRetry], [
        bytes.length,
        true,
        true,
      ]);
      assertEquals(peer.executed.length, 2);
    });
  }
});

Deno.test("A request is sent again once, not for ever", async () => {
  await withPeer(async (conn) => {
    if (conn.index === 0) {
      await conn.readRequest();
      await conn.send(answer());
    }
    await conn.readRequest();
    conn.close();
  }, async (peer, client) => {
    await client.get(peer.url());
    const error = await httpErrorOf(client.get(peer.url("/it")), "closed");
    assertEquals([error.reused, peer.count("GET", "/it"), peer.conns.length], [false, 2, 2]);
  });
});

Deno.test("A POST of which a byte was sent is never sent again by the option retry either", async () => {
  await withPeer(async (conn) => {
    await conn.readRequest();
    conn.close();
  }, async (peer, client) => {
    const error = await httpErrorOf(client.post(peer.url("/it"), "x"), "closed");
    assertEquals([error.safeToRetry, peer.count("POST", "/it")], [false, 1]);
    // What is idempotent is.
    await httpErrorOf(client.request("PUT", peer.url("/it"), "x"), "closed");
    assertEquals(peer.count("PUT", "/it"), 3);
  }, { retry: { attempts: 3, delay: 0 } });
});

Deno.test("An error behind the answer does not say that a POST may be sent again", async () => {
  await withPeer(
    (conn) => conn.serve(() => answer("no gzip", "Content-Encoding: gzip\r\n")),
    async (peer, client) => {
      const broken = await httpErrorOf(
        client.post(peer.url(), "x", { decode: true }),
        "bad_content",
      );
      assertEquals([broken.safeToRetry, broken.phase, broken.bytesSent! > 0], [
        false,
        "body",
        true,
      ]);
      const slow = client.post(peer.url(), "x", {
        timeout: 0.1,
        bodyToFile: () => new Promise<void>(() => {}),
      });
      const late = await httpErrorOf(slow, "timeout");
      assertEquals([late.safeToRetry, late.phase, late.bytesSent! > 0], [false, "body", true]);
      assertEquals(peer.count("POST", "/"), 2);
    },
  );
});
