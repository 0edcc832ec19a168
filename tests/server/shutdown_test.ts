// How a server ends: gently with a report, at once, or with its block; what it counts meanwhile; and
// that it does not keep a process alive that does not want it.

import { assertEquals, assertThrows } from "@std/assert";
import { ClosedError, type Handler, listen, type Server } from "../../server/mod.ts";
import { Event, report, TestServer, until, valueOf, within } from "../conformance/support.ts";
import { denoCommand, readUntil } from "../tools/deno_process.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A handler that waits for the test before it answers. */
class Gate {
  readonly entered = new Event("the handler was called");
  /** Lets the handler answer. */
  readonly open: () => void;
  readonly handler: Handler;

  constructor() {
    // Without a guard: a handler that waits for ever must be told from one that fails.
    const { promise, resolve } = Promise.withResolvers<void>();
    this.open = resolve;
    this.handler = async (con) => {
      this.entered.happen();
      await promise;
      con.send("done");
    };
  }
}

/** Waits until nobody listens on the port any more. */
async function refuses(port: number): Promise<void> {
  const isRefused = async (): Promise<boolean> => {
    try {
      (await Deno.connect({ port, hostname: "127.0.0.1" })).close();
      return false;
    } catch (error) {
      // The backlog is reset while the listener goes.
      return error instanceof Deno.errors.ConnectionRefused;
    }
  };
  await within(
    "connections are refused",
    (async () => {
      while (!await isRefused());
    })(),
  );
}

function shutDown(server: Server, timeout?: number): Promise<{ drained: number; cut: number }> {
  return within("shutdown() reports", server.shutdown(timeout === undefined ? {} : { timeout }));
}

Deno.test("shutdown() without connections reports nothing and ends the server", async () => {
  await using test = new TestServer();
  assertEquals(await shutDown(test.server), { drained: 0, cut: 0 });
  await within("finished", test.server.finished);
  await refuses(test.port);
});

Deno.test("shutdown() closes idle connections at once, before and after a request", async () => {
  await using test = new TestServer();
  const used = await test.connect();
  await used.send(GET);
  assertEquals((await used.read()).status, 200);
  const fresh = await test.connect();
  await until("both are idle", () => test.server.stats().idle === 2);
  assertEquals(await shutDown(test.server), { drained: 0, cut: 0 });
  for (const client of [used, fresh]) {
    assertEquals(await client.readToEnd(), "");
    assertEquals(client.reset, false);
  }
});

Deno.test("shutdown() lets a request under way complete, with Connection: close", async () => {
  const gate = new Gate();
  await using test = new TestServer(gate.handler);
  const client = await test.connect();
  await client.send(GET + GET);
  await gate.entered.wait();
  const report = shutDown(test.server);
  await refuses(test.port);
  gate.open();
  const response = await client.read();
  assertEquals([response.status, response.body], [200, "done"]);
  assertEquals(valueOf(response, "connection"), "close");
  // The request that was pipelined behind it is not served any more.
  assertEquals(await client.readToEnd(), "");
  client.close();
  assertEquals(await report, { drained: 1, cut: 0 });
  assertEquals(test.seen.length, 1);
});

Deno.test("shutdown() lets a response whose head was sent complete, and closes behind it", async () => {
  const open = new Event("the test lets the handler go on");
  await using test = new TestServer(async (con) => {
    con.send("begun, ");
    await con.flush();
    await open.wait();
    con.send("done");
  });
  const client = await test.connect();
  await client.send(GET);
  const head = await client.readPast("begun, \r\n");
  assertEquals(head.includes("Connection"), false);
  const report = shutDown(test.server);
  open.happen();
  assertEquals(await client.readToEnd(), "4\r\ndone\r\n0\r\n\r\n");
  client.close();
  assertEquals(await report, { drained: 1, cut: 0 });
});

Deno.test("shutdown() waits for a head that has begun and serves it", async () => {
  await using test = new TestServer();
  const client = await test.connect();
  await client.send(GET.slice(0, 20));
  await until("the head has begun", () => test.server.stats().active === 1);
  const reported = shutDown(test.server);
  await client.send(GET.slice(20));
  const response = await client.read();
  assertEquals([response.status, valueOf(response, "connection")], [200, "close"]);
  assertEquals(await client.readToEnd(), "");
  client.close();
  assertEquals(await reported, { drained: 1, cut: 0 });
});

Deno.test("shutdown() waits for a body that has begun", async () => {
  await using test = new TestServer();
  const client = await test.connect();
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234");
  await until("the handler reads", () => test.seen.length === 1);
  const reported = shutDown(test.server);
  await client.send("56789");
  assertEquals((await client.read()).body, "POST / 0123456789");
  client.close();
  assertEquals(await reported, { drained: 1, cut: 0 });
});

Deno.test("shutdown() cuts what takes longer than its timeout, and reports both", async () => {
  const fast = new Gate();
  const slow = new Gate();
  const outcome = new Event<unknown>("the cut response is over");
  await using test = new TestServer((con, req) => {
    if (req.path === "/fast") return fast.handler(con, req);
    con.done.then(({ completed, error }) => outcome.happen(completed || error));
    return slow.handler(con, req);
  });
  const idle = await test.connect();
  const quick = await test.connect();
  const late = await test.connect();
  const half = await test.connect();
  await quick.send(GET.replace("/", "/fast"));
  await late.send(GET);
  await half.send("GET /");
  await fast.entered.wait();
  await slow.entered.wait();
  await until("three are active", () => test.server.stats().active === 3);
  const reported = shutDown(test.server, 1);
  fast.open();
  assertEquals((await quick.read()).body, "done");
  quick.close();
  assertEquals(await idle.readToEnd(), "");
  assertEquals(await late.readToEnd(), "");
  assertEquals(await half.readToEnd(), "");
  slow.open();
  assertEquals(await reported, { drained: 1, cut: 2 });
  assertEquals(await outcome.wait() instanceof ClosedError, true);
});

Deno.test("shutdown() with a timeout of 0 cuts at once", async () => {
  const gate = new Gate();
  await using test = new TestServer(gate.handler);
  const client = await test.connect();
  await client.send(GET);
  await gate.entered.wait();
  const reported = shutDown(test.server, 0);
  assertEquals(await client.readToEnd(), "");
  // The handler is not waited for; it finds out by itself.
  gate.open();
  assertEquals(await reported, { drained: 0, cut: 1 });
});

Deno.test("shutdown() does not wait for a handler that never ends once it is cut", async () => {
  const gate = new Gate();
  await using test = new TestServer(gate.handler);
  const client = await test.connect();
  await client.send(GET);
  await gate.entered.wait();
  try {
    const reported = test.server.shutdown({ timeout: 0.1 });
    const report = await within("shutdown() reports", reported, 5000);
    assertEquals(report, { drained: 0, cut: 1 });
  } finally {
    gate.open();
  }
});

Deno.test("A second shutdown() gets the report of the first", async () => {
  const gate = new Gate();
  await using test = new TestServer(gate.handler);
  const client = await test.connect();
  await client.send(GET);
  await gate.entered.wait();
  const first = shutDown(test.server);
  const second = shutDown(test.server, 0);
  gate.open();
  await client.read();
  client.close();
  assertEquals(await first, { drained: 1, cut: 0 });
  assertEquals(await second, { drained: 1, cut: 0 });
});

Deno.test("shutdown() refuses a timeout that is none", async () => {
  await using test = new TestServer();
  for (const timeout of [-1, NaN]) {
    assertThrows(() => test.server.shutdown({ timeout }), RangeError, "Cannot shut down");
  }
  const client = await test.connect();
  await client.send(GET);
  assertEquals((await client.read()).status, 200);
});

Deno.test("A handler may start the shutdown of its own server", async () => {
  const reported = new Event<unknown>("shutdown() reports");
  await using test = new TestServer((con) => {
    test.server.shutdown().then((report) => reported.happen(report));
    con.send("bye");
  });
  const client = await test.connect();
  await client.send(GET);
  const response = await client.read();
  assertEquals([response.body, valueOf(response, "connection")], ["bye", "close"]);
  client.close();
  assertEquals(await reported.wait(), { drained: 1, cut: 0 });
});

Deno.test("close() cuts requests under way, and finished tells when all have ended", async () => {
  const gate = new Gate();
  const outcome = new Event<unknown>("the response is over");
  await using test = new TestServer((con, req) => {
    con.done.then(({ completed, error }) => outcome.happen(completed || error));
    return gate.handler(con, req);
  });
  let finished = false;
  test.server.finished.then(() => finished = true);
  const idle = await test.connect();
  const client = await test.connect();
  await client.send(GET);
  await gate.entered.wait();
  assertEquals(finished, false);
  test.server.close();
  test.server.close();
  assertEquals(await client.readToEnd(), "");
  assertEquals(await idle.readToEnd(), "");
  gate.open();
  await within("finished", test.server.finished);
  assertEquals(await outcome.wait() instanceof ClosedError, true);
  assertEquals(test.server.stats().connections, 0);
  assertEquals(test.errors, []);
});

Deno.test("close() during shutdown() ends it, and the report tells what was cut", async () => {
  const gate = new Gate();
  await using test = new TestServer(gate.handler);
  const client = await test.connect();
  await client.send(GET);
  await gate.entered.wait();
  const reported = shutDown(test.server);
  test.server.close();
  gate.open();
  assertEquals(await client.readToEnd(), "");
  assertEquals(await reported, { drained: 0, cut: 1 });
});

Deno.test("await using shuts the server down at the end of its block", async () => {
  let server: Server;
  {
    await using scoped = listen("127.0.0.1", 0, (con) => con.send("hello"));
    server = scoped;
    const { port } = server.addr as Deno.NetAddr;
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assertEquals(await response.text(), "hello");
  }
  await within("finished", server.finished);
  const { port } = server.addr as Deno.NetAddr;
  await refuses(port);
});

Deno.test("A port is free again once the server has ended", async () => {
  const first = listen("127.0.0.1", 0, () => {});
  const { port } = first.addr as Deno.NetAddr;
  assertThrows(() => listen("127.0.0.1", port, () => {}), Deno.errors.AddrInUse);
  await within("shutdown()", first.shutdown());
  await using second = listen("127.0.0.1", port, () => {});
  assertEquals((second.addr as Deno.NetAddr).port, port);
});

Deno.test("stats() counts connections by what they do, requests and bytes", async () => {
  const gate = new Gate();
  await using test = new TestServer((con, req) =>
    req.path === "/wait" ? gate.handler(con, req) : report(con, req)
  );
  const { server } = test;
  const none = { connections: 0, idle: 0, active: 0, lingering: 0, openFiles: 0, webSockets: 0 };
  assertEquals(server.stats(), {
    ...none,
    accepted: 0,
    requests: 0,
    bytesRead: 0,
    bytesWritten: 0,
  });
  const idle = await test.connect();
  await until("one is idle", () => server.stats().idle === 1);
  const half = await test.connect();
  await half.send("GET ");
  await until("one reads a head", () => server.stats().active === 1);
  const busy = await test.connect();
  const wait = GET.replace("/", "/wait");
  await busy.send(wait);
  await gate.entered.wait();
  const lingering = await test.connect();
  await lingering.send("BAD\r\n\r\n");
  assertEquals((await lingering.read()).status, 400);
  await until("one lingers", () => server.stats().lingering === 1);
  const { connections, idle: idles, active, lingering: lingers, accepted, requests, bytesRead } =
    server.stats();
  assertEquals([connections, idles, active, lingers], [4, 1, 2, 1]);
  assertEquals([accepted, requests], [4, 1]);
  assertEquals(bytesRead, "GET ".length + wait.length + "BAD\r\n\r\n".length);
  gate.open();
  await busy.read();
  await until("two are idle", () => server.stats().idle === 2);
  for (const client of [idle, half, busy, lingering]) client.close();
  await until("none is left", () => server.stats().connections === 0);
  const after = server.stats();
  assertEquals([after.accepted, after.requests, after.bytesRead], [4, 1, bytesRead]);
});

Deno.test("stats() counts every byte of a response", async () => {
  await using test = new TestServer((con) => con.send("hello"));
  const client = await test.connect();
  await client.send(GET);
  const { length } = await client.readPast("hello");
  await until("all is counted", () => test.server.stats().bytesWritten >= length);
  client.close();
  await until("it is gone", () => test.server.stats().connections === 0);
  assertEquals(test.server.stats().bytesWritten, length);
});

/** Runs a program that has `listen` and `Deno` in a process of its own. */
function runProgram(program: string): Deno.ChildProcess {
  const url = new URL("../../server/mod.ts", import.meta.url);
  const code = `import { listen } from ${JSON.stringify(url.href)};\n${program}`;
  return denoCommand(["eval", "--quiet", code]).spawn();
}

Deno.test("unref() lets the process end while the server listens", async () => {
  const child = runProgram('listen("127.0.0.1", 0, () => {}).unref();');
  const { code, stderr } = await within("the process ends", child.output(), 30_000);
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
});

Deno.test("unref() lets the process end while a connection is idle", async () => {
  const child = runProgram(`
    const server = listen("127.0.0.1", 0, (con) => con.send("hello"));
    const conn = await Deno.connect({ port: server.addr.port, hostname: "127.0.0.1" });
    await conn.write(new TextEncoder().encode("GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"));
    await conn.read(new Uint8Array(1000));
    server.unref();
    console.log("idle", server.stats().connections);
  `);
  const { code, stdout, stderr } = await within("the process ends", child.output(), 30_000);
  const texts = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals([code, ...texts], [0, "idle 1\n", ""]);
});

Deno.test("ref() after unref() keeps the process alive until the server is let go again", async () => {
  const child = runProgram(`
    const server = listen("127.0.0.1", 0, (con) => { server.unref(); con.send("bye"); return false; });
    server.unref();
    server.ref();
    console.log("port", server.addr.port);
  `);
  const output = child.stdout.getReader();
  try {
    const match = await within("the port is told", readUntil(output, /port (\d+)\n/), 30_000);
    const response = await fetch(`http://127.0.0.1:${match[1]}/`);
    assertEquals(await response.text(), "bye");
    const { code } = await within("the process ends", child.status, 30_000);
    assertEquals(code, 0);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
    await output.cancel();
    await child.stderr.cancel();
    await child.status;
  }
});
