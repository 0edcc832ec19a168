// Every limit at N, which is accepted, and at N + 1, which is refused with the documented status;
// and the options that `listen` refuses.

import { assertEquals, assertThrows } from "@std/assert";
import { listen, type ListenOptions } from "../../server/mod.ts";
import { assertOwnAnswer, report, TestServer, until, valueOf } from "../conformance/support.ts";
import { ask, chunks, post } from "./one_exchange.ts";

/** A head of exactly `size` bytes, the empty line included. */
function headOfSize(size: number): string {
  const rest = "GET / HTTP/1.1\r\nHost: a\r\nX: \r\n\r\n";
  return rest.replace("X: ", `X: ${"x".repeat(size - rest.length)}`);
}

for (const size of [100, 4095, 4096, 4097, 32768, 70000]) {
  Deno.test(`maxHeadBytes ${size} accepts a head of that size and refuses one more byte with 431`, async () => {
    const options = { maxHeadBytes: size };
    assertEquals(headOfSize(size).length, size);
    assertEquals((await ask(headOfSize(size), options)).response.status, 200);
    const { response, seen } = await ask(headOfSize(size + 1), options);
    assertOwnAnswer(response, 431);
    assertEquals(seen, []);
  });
}

Deno.test("maxHeadBytes is 32 KiB by default", async () => {
  assertEquals((await ask(headOfSize(32768), {})).response.status, 200);
  assertOwnAnswer((await ask(headOfSize(32769), {})).response, 431);
});

Deno.test("maxHeadBytes counts each head of a connection anew", async () => {
  await using test = new TestServer(report, { maxHeadBytes: 100 });
  using client = await test.connect();
  await client.send(headOfSize(100).repeat(5));
  for (let i = 0; i < 5; i++) assertEquals((await client.read()).status, 200);
  await client.send(headOfSize(101));
  assertOwnAnswer(await client.read(), 431);
});

Deno.test("A head that never ends is refused as soon as it is over maxHeadBytes", async () => {
  const bytes = "GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(100);
  assertOwnAnswer((await ask(bytes, { maxHeadBytes: 300 })).response, 431);
});

for (const count of [1, 5, 128]) {
  Deno.test(`maxFields ${count} accepts as many fields and refuses one more with 431`, async () => {
    const options = count === 128 ? {} : { maxFields: count };
    const head = (fields: number): string =>
      `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(fields - 1)}\r\n`;
    assertEquals((await ask(head(count), options)).response.status, 200);
    const { response, seen } = await ask(head(count + 1), options);
    assertOwnAnswer(response, 431);
    assertEquals(seen, []);
  });
}

for (const size of [1, 20, 8192]) {
  Deno.test(`maxTargetBytes ${size} accepts a target of that size and refuses one more byte with 414`, async () => {
    const options = size === 8192 ? {} : { maxTargetBytes: size };
    const head = (length: number): string =>
      `GET /${"x".repeat(length - 1)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    assertEquals((await ask(head(size), options)).response.status, 200);
    const { response, seen } = await ask(head(size + 1), options);
    assertOwnAnswer(response, 414);
    assertEquals(seen, []);
  });
}

Deno.test("A target longer than maxHeadBytes is refused with 414, whatever follows it", async () => {
  const head = `GET /${"x".repeat(40000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
  assertOwnAnswer((await ask(head, {})).response, 414);
});

Deno.test("maxConnections: the rest wait in the backlog and are served when one ends", async () => {
  const count = 3;
  await using test = new TestServer(report, { maxConnections: count });
  const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const first = [];
  for (let i = 0; i < count; i++) {
    const client = await test.connect();
    await client.send(request);
    assertEquals((await client.read()).status, 200);
    first.push(client);
  }
  const waiting = [await test.connect(), await test.connect()];
  const answered: number[] = [];
  const answers = waiting.map(async (client, index) => {
    await client.send(request);
    const { status } = await client.read();
    answered.push(index);
    return status;
  });
  // Those that are connected are served meanwhile, over and over; the others are not.
  for (let round = 0; round < 20; round++) {
    for (const client of first) {
      await client.send(request);
      assertEquals((await client.read()).status, 200);
    }
  }
  assertEquals(answered, []);
  assertEquals(test.server.stats().connections, count);
  assertEquals(test.server.stats().accepted, count);
  first[0]!.close();
  assertEquals(await answers[0], 200);
  assertEquals(answered, [0]);
  first[1]!.close();
  assertEquals(await answers[1], 200);
  assertEquals(test.server.stats().accepted, count + 2);
});

Deno.test("maxConnections of 1 serves one connection after the other", async () => {
  await using test = new TestServer(report, { maxConnections: 1 });
  for (let i = 0; i < 20; i++) {
    const client = await test.connect();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertEquals((await client.read()).status, 200);
    client.close();
  }
  assertEquals(test.server.stats().accepted, 20);
});

Deno.test("lingerBytes: an unread body of that size keeps the connection, one more byte closes it", async () => {
  for (const size of [0, 1000, 262144]) {
    const options = size === 262144 ? {} : { lingerBytes: size };
    for (
      const make of [(text: string) => post(`Content-Length: ${text.length}\r\n`, text), chunks]
    ) {
      await using test = new TestServer((con) => con.send("unread"), options);
      using keeping = await test.connect();
      if (size > 0) {
        await keeping.send(make("x".repeat(size)));
        assertEquals((await keeping.read()).status, 200);
      }
      await keeping.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      assertEquals((await keeping.read()).body, "unread");
      using closing = await test.connect();
      const upload = closing.sendSplit(
        make("x".repeat(size + 1)) + "GET /never HTTP/1.1\r\nHost: a\r\n\r\n",
        [],
      );
      assertEquals((await closing.read()).status, 200);
      assertEquals(await closing.readToEnd(), "");
      await upload;
      assertEquals(test.seen.includes("GET /never"), false);
    }
  }
});

Deno.test("A response says that it is the last when the unread body is known to be over lingerBytes", async () => {
  await using test = new TestServer((con) => con.send("unread"), { lingerBytes: 10 });
  using client = await test.connect();
  await client.send(post("Content-Length: 11\r\n", ""));
  assertEquals(valueOf(await client.read(), "connection"), "close");
});

Deno.test("listen() refuses options that are no sizes, times or texts, naming them", () => {
  const start = (options: Record<string, unknown>): void => {
    // An option that slips through must not leave a listener behind.
    const server = listen("127.0.0.1", 0, options as ListenOptions, () => {});
    server.close();
  };
  const sizes = [
    "maxHeadBytes",
    "maxFields",
    "maxTargetBytes",
    "maxBodyBytes",
    "maxBufferedBody",
    "maxChunkLineBytes",
    "maxTrailerBytes",
    "maxConnections",
    "lingerBytes",
  ];
  const times = [
    "httpKeepalive",
    "tlsTimeout",
    "headTimeout",
    "bodyTimeout",
    "writeTimeout",
    "lingerTimeout",
  ];
  for (const name of sizes) {
    for (const value of [-1, NaN, 1.5, -Infinity]) {
      assertThrows(() => start({ [name]: value }), RangeError, `"${name}"`);
    }
    for (const value of ["1", true, {}, 1n]) {
      assertThrows(() => start({ [name]: value }), TypeError, `"${name}"`);
    }
  }
  for (const name of times) {
    for (const value of [-1, NaN, -Infinity]) {
      assertThrows(() => start({ [name]: value }), RangeError, `"${name}"`);
    }
    for (const value of ["1", true, {}]) {
      assertThrows(() => start({ [name]: value }), TypeError, `"${name}"`);
    }
  }
  for (const name of ["docroot", "index"]) {
    for (const value of ["", 1, true]) {
      assertThrows(() => start({ [name]: value }), TypeError, `"${name}"`);
    }
  }
  assertThrows(() => start({ maxConnections: 0 }), RangeError, "maxConnections");
  assertThrows(() => start({ maxTargetBytes: 0 }), RangeError, "maxTargetBytes");
  assertThrows(() => start({ maxHeadBytes: 0 }), RangeError, "maxHeadBytes");
  assertThrows(() => start({ onError: "print" }), TypeError, "onError");
  assertThrows(() => start({ cert: "-----BEGIN CERTIFICATE-----" }), TypeError, "key");
  assertThrows(() => start({ key: "-----BEGIN PRIVATE KEY-----" }), TypeError, "cert");
  assertThrows(() => start({ cert: "/does/not/exist", key: "/does/not/exist" }), TypeError, "cert");
});

Deno.test("listen() refuses arguments that make no sense", () => {
  const call = listen as unknown as (...args: unknown[]) => unknown;
  for (
    const args of [[], [0], ["127.0.0.1", 0], [0, {}], [() => {}], ["0", () => {}], [
      0,
      {},
      {},
      () => {},
    ], [0, 1, () => {}]]
  ) {
    assertThrows(() => call(...args), TypeError, "Cannot listen");
  }
});

Deno.test("listen() takes zero, Infinity and undefined where they mean something", async () => {
  await using test = new TestServer(report, {
    maxBodyBytes: Infinity,
    maxConnections: Infinity,
    maxFields: undefined,
    headTimeout: 0,
    bodyTimeout: 0,
    writeTimeout: 0,
    httpKeepalive: Infinity,
    lingerTimeout: 0.5,
  });
  using client = await test.connect();
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals((await client.read()).status, 200);
});

Deno.test("A thousand connections one after the other leave none behind", async () => {
  await using test = new TestServer();
  for (let i = 0; i < 1000; i++) {
    const client = await test.connect();
    await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    assertEquals((await client.read()).status, 200);
    client.close();
  }
  await until("no connection is open", () => test.server.stats().connections === 0);
  assertEquals(test.server.stats().accepted, 1000);
});
