// Every deadline, with small values: that it passes, what the client and the handler are told, and that
// it does not pass when it should not. Times are stimuli here, never what a test is judged by, but
// that no deadline may pass early.

import { assertEquals } from "@std/assert";
import { ClosedError, TimeoutError } from "../../server/mod.ts";
import {
  assertOwnAnswer,
  Event,
  report,
  TestServer,
  until,
  valueOf,
  within,
} from "../conformance/support.ts";
import { makeCertificate } from "../peers/certificate.ts";
import { together } from "./together.ts";

const test = together();

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";

/** Lets time pass, where that is what the server must react to. */
function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function assertTimeout(error: unknown, phase: string): void {
  if (!(error instanceof TimeoutError)) throw new Error(`Not a TimeoutError: ${error}`);
  assertEquals([error.phase, error.status, error.code], [phase, 408, "timeout"]);
}

test("tlsTimeout ends a connection that does not complete its handshake", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  await using served = new TestServer(report, { cert, key, tlsTimeout: 0.2 });
  // Nothing at all, and the beginning of a hello.
  for (const bytes of ["", "\x16\x03\x01\x00\xf0\x01\x00"]) {
    // Before the server can begin to count, which may be long before this test goes on.
    const start = performance.now();
    using client = await served.connect();
    await client.send(bytes);
    await until("it is accepted", () => served.server.stats().connections === 1);
    // The runtime goes on with the handshake after close(), so that the client does not see it.
    await until("it is ended", () => served.server.stats().connections === 0);
    assertEquals(performance.now() - start >= 200, true, "ended early");
  }
  assertEquals(served.server.stats().accepted, 2);
  assertEquals(served.errors, []);
});

test("Plain HTTP on a TLS port closes the connection, and the server lives on", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  await using served = new TestServer(report, { cert, key });
  using client = await served.connect();
  await client.send(GET);
  await client.readToEnd();
  assertEquals(served.errors, []);
  const caCerts = [await Deno.readTextFile(files.authority)];
  const options = { hostname: "localhost", port: served.port, caCerts };
  const conn = await within("the TLS handshake", Deno.connectTls(options));
  await conn.write(new TextEncoder().encode(GET.replace("GET /", "GET /tls")));
  const bytes = new Uint8Array(1000);
  const count = await within("an answer over TLS", conn.read(bytes));
  assertEquals(
    new TextDecoder().decode(bytes.subarray(0, count ?? 0)).slice(0, 15),
    "HTTP/1.1 200 OK",
  );
  conn.close();
});

for (
  const half of [
    "G",
    "GET / HTTP/1.1\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r",
  ]
) {
  test(`headTimeout answers ${JSON.stringify(half)} with a complete 408 and closes`, async () => {
    await using served = new TestServer(report, { headTimeout: 0.2 });
    using client = await served.connect();
    const start = performance.now();
    await client.send(half);
    assertOwnAnswer(await client.read(), 408);
    assertEquals(performance.now() - start >= 200, true, "too early");
    assertEquals(await client.readToEnd(), "");
    assertEquals(client.reset, false);
    assertEquals(served.seen, []);
  });
}

test("headTimeout counts from the first byte, however the head drips", async () => {
  await using served = new TestServer(report, { headTimeout: 0.3 });
  using client = await served.connect();
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nX: ");
  let answered = false;
  const answer = client.read().finally(() => answered = true);
  const drip = (async () => {
    while (!answered) {
      await client.sendSplit("x", []);
      await pass(20);
    }
  })();
  assertOwnAnswer(await answer, 408);
  await drip;
  // What still comes is dropped, even when it completes the head.
  await client.sendSplit(`\r\n\r\n${GET}`, []);
  assertEquals(await client.readToEnd(), "");
  assertEquals(served.seen, []);
});

test("headTimeout counts anew for each head of a connection", async () => {
  await using served = new TestServer(report, { headTimeout: 0.3 });
  using client = await served.connect();
  const start = performance.now();
  while (performance.now() - start < 600) {
    await client.sendSplit(GET, [10]);
    assertEquals((await client.read()).status, 200);
    await pass(30);
  }
  await client.send(GET + "GET / HTTP");
  assertEquals((await client.read()).status, 200);
  assertOwnAnswer(await client.read(), 408);
});

test("headTimeout does not run while a connection is idle", async () => {
  await using served = new TestServer(report, { headTimeout: 0.2 });
  using client = await served.connect();
  for (let i = 0; i < 2; i++) {
    await pass(500);
    await client.send(GET);
    assertEquals((await client.read()).status, 200);
  }
});

test("No deadline runs while a handler takes its time", async () => {
  const options = {
    headTimeout: 0.2,
    bodyTimeout: 0.2,
    writeTimeout: 0.2,
    httpKeepalive: 0.2,
    lingerTimeout: 0.2,
  };
  await using served = new TestServer(async (con) => {
    const body = await con.readBody();
    await pass(600);
    con.send("slow");
    await con.flush();
    await pass(600);
    con.send(` ${body.length}`);
  }, options);
  using client = await served.connect();
  await client.send(POST + "0123456789");
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "slow 10"]);
});

for (const how of ["flushing", "in memory", "a file"]) {
  test(`writeTimeout closes the connection of a client that stops reading (${how})`, async () => {
    const path = await Deno.makeTempFile();
    await Deno.truncate(path, 64 * 1024 * 1024);
    const failed = new Event<unknown>("the response fails");
    const piece = new Uint8Array(1024 * 1024);
    try {
      await using served = new TestServer(async (con) => {
        con.done.then(({ completed, error }) => failed.happen(completed ? "completed" : error));
        if (how === "a file") return await con.sendFile(path);
        for (let i = 0; i < 64; i++) {
          con.send(piece);
          if (how === "flushing") await con.flush();
        }
      }, { writeTimeout: 0.3 });
      using client = await served.connect();
      await client.send(GET);
      assertTimeout(await failed.wait(), "write");
      await until("the connection is closed", () => served.server.stats().connections === 0);
      await until("the file is closed", () => served.server.stats().openFiles === 0);
      const end = await client.tryRead();
      assertEquals(end, undefined, "the response was whole");
    } finally {
      await Deno.remove(path);
    }
  });
}

test("flush() rejects with the TimeoutError of a client that stops reading", async () => {
  const failed = new Event<unknown>("flush() rejects");
  await using served = new TestServer(async (con) => {
    try {
      while (true) {
        con.send(new Uint8Array(1024 * 1024));
        await con.flush();
      }
    } catch (error) {
      failed.happen(error);
    }
  }, { writeTimeout: 0.3 });
  using client = await served.connect();
  await client.send(GET);
  assertTimeout(await failed.wait(), "write");
});

if (Deno.build.os !== "windows") {
  test("writeTimeout does not cut a client that reads slowly", async () => {
    const folder = await Deno.makeTempDir({ prefix: "eco_http_unix_" });
    const size = 4 * 1024 * 1024;
    const done = new Event<boolean>("the response is over");
    try {
      // What a unix socket holds is taken by one read, and then the server can write again. Of what one of TCP holds
      // that may take many reads, and on a machine that has much to do they may take longer than the timeout.
      const path = `${folder}/socket`;
      await using _served = new TestServer((con) => {
        con.done.then(({ completed }) => done.happen(completed));
        con.send(new Uint8Array(size));
      }, { writeTimeout: 2, path });
      using conn = await Deno.connect({ transport: "unix", path });
      const start = performance.now();
      await conn.write(new TextEncoder().encode(GET));
      const buffer = new Uint8Array(1024 * 1024);
      for (let total = 0; total < size;) {
        // Longer than the timeout, all in all.
        if (performance.now() - start < 3000) await pass(100);
        const count = await within("more of the body", conn.read(buffer));
        if (count === null) throw new Error(`The connection ended after ${total} bytes`);
        total += count;
      }
      assertEquals(await done.wait(), true);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

test("A client that leaves in mid-response is told by con.done as a ClosedError", async () => {
  const failed = new Event<unknown>("the response fails");
  await using served = new TestServer(async (con) => {
    con.done.then(({ completed, error }) => failed.happen(completed ? "completed" : error));
    while (true) {
      con.send(new Uint8Array(1024 * 1024));
      await con.flush();
    }
  });
  const client = await served.connect();
  await client.send(GET);
  await client.fill("some of the response");
  client.close();
  assertEquals(await failed.wait() instanceof ClosedError, true);
});

test("httpKeepalive closes an idle connection, without a word", async () => {
  await using served = new TestServer(report, { httpKeepalive: 0.2 });
  for (const first of [false, true]) {
    // Before the server can begin to count, which may be long before this test goes on.
    const start = performance.now();
    using client = await served.connect();
    if (!first) {
      await client.send(GET);
      assertEquals((await client.read()).status, 200);
    }
    assertEquals(await client.readToEnd(), "");
    assertEquals(performance.now() - start >= 200, true, "closed early");
    assertEquals(client.reset, false);
  }
  await until("no connection is left", () => served.server.stats().connections === 0);
});

test("httpKeepalive counts anew after each request", async () => {
  await using served = new TestServer(report, { httpKeepalive: 2 });
  using client = await served.connect();
  for (let i = 0; i < 8; i++) {
    await client.send(GET);
    assertEquals((await client.read()).status, 200);
    await pass(300);
  }
});

test("httpKeepalive of 0 serves one request a connection", async () => {
  await using served = new TestServer(report, { httpKeepalive: 0 });
  using client = await served.connect();
  await client.send(GET + GET);
  const response = await client.read();
  assertEquals([response.status, valueOf(response, "connection")], [200, "close"]);
  assertEquals(await client.readToEnd(), "");
  assertEquals(served.seen.length, 1);
});

test("httpKeepalive of 0 leaves headTimeout for the first request", async () => {
  await using served = new TestServer(report, { httpKeepalive: 0, headTimeout: 0.3 });
  using silent = await served.connect();
  assertEquals(await silent.readToEnd(), "");
  using half = await served.connect();
  await half.send("GET ");
  assertOwnAnswer(await half.read(), 408);
});

test("lingerTimeout ends the wait for a client that does not close", async () => {
  await using served = new TestServer(report, { lingerTimeout: 0.2 });
  using client = await served.connect();
  await client.send("BAD\r\n\r\n");
  assertOwnAnswer(await client.read(), 400);
  assertEquals(await client.readToEnd(), "");
  await until("the connection is closed", () => served.server.stats().connections === 0);
});

test("lingerTimeout ends the wait for a client that never stops sending", async () => {
  await using served = new TestServer(report, { lingerTimeout: 0.3 });
  using client = await served.connect();
  await client.send("BAD\r\n\r\n");
  assertOwnAnswer(await client.read(), 400);
  let closed = false;
  const flood = (async () => {
    while (!closed) await client.sendSplit("x".repeat(10_000), []);
  })();
  await until("the connection is closed", () => served.server.stats().connections === 0);
  closed = true;
  await flood;
});

test("lingerTimeout bounds the wait for an unread body that drips", async () => {
  await using served = new TestServer((con) => con.send("unread"), { lingerTimeout: 0.3 });
  using client = await served.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
  assertEquals((await client.read()).status, 200);
  let closed = false;
  const drip = (async () => {
    while (!closed) {
      await client.sendSplit("x", []);
      await pass(20);
    }
  })();
  assertEquals(await client.readToEnd(), "");
  await until("the connection is closed", () => served.server.stats().connections === 0);
  closed = true;
  await drip;
});

test("lingerTimeout of 0 closes at once", async () => {
  await using served = new TestServer(report, { lingerTimeout: 0 });
  using client = await served.connect();
  await client.send("BAD\r\n\r\n");
  assertOwnAnswer(await client.read(), 400);
  await until("the connection is closed", () => served.server.stats().connections === 0);
});

test("A client that closes ends the linger at once", async () => {
  await using served = new TestServer(report, { lingerTimeout: 60 });
  const client = await served.connect();
  await client.send("BAD\r\n\r\n");
  assertOwnAnswer(await client.read(), 400);
  await until("it lingers", () => served.server.stats().lingering === 1);
  client.close();
  await until("the connection is closed", () => served.server.stats().connections === 0);
});

test.register("The deadlines of a server pass, and only then");
