// Exchanges that end otherwise than with a whole response: by the peer, a limit, a deadline, the caller.

import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import type { Progress } from "../../../client/options.ts";
import {
  ClosedError,
  HttpError,
  LimitError,
  ProtocolError,
  TimeoutError,
} from "../../../wire/errors.ts";
import { bytesOf, turns } from "../../wire/fakes.ts";
import { type Asked, exchanged, Exchanging, failed, fed, OK } from "../support/exchanging.ts";
import { deadlinesPassed } from "../support/ticking.ts";

Deno.test("a connection that closes before its answer is lost, and the error says how far it got", async () => {
  for (const reused of [false, true]) {
    for (const arrival of [null, new Deno.errors.ConnectionReset("reset")]) {
      using it = new Exchanging({ method: "POST", reused });
      it.transport.source.push(arrival);
      const error = await assertRejects(() => it.exchange.readHead(), ClosedError);
      assertEquals([error.phase, error.bytesReceived, error.reused], ["wait", 0, reused]);
      assertEquals(error.bytesSent, it.transport.text.length);
      assertEquals([error.safeToRetry, it.exchange.wasLost], [false, true]);
      assertEquals(it.isReusable, false);
      assertStrictEquals(error.cause, arrival ?? undefined);
    }
  }
});

Deno.test("a request is safe to repeat when none of it was sent, or when it is idempotent", async () => {
  for (const method of ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
    const error = await failed({ method }, ClosedError, null);
    assertEquals(error.safeToRetry, true, method);
  }
  for (const method of ["POST", "PATCH", "X"]) {
    assertEquals((await failed({ method }, ClosedError, null)).safeToRetry, false, method);
  }
  using it = new Exchanging({ method: "POST" });
  it.transport.sink.failAfter = 0;
  it.transport.source.push(null);
  const error = await assertRejects(() => it.exchange.readHead(), ClosedError);
  assertEquals([error.safeToRetry, error.bytesSent], [true, 0]);
});

Deno.test("what a kept connection brought before the request is no answer to it", async () => {
  for (const arrival of [OK, null]) {
    using it = new Exchanging({ method: "POST", reused: true });
    it.transport.source.push(arrival);
    await it.connection.reader.fill();
    const error = await assertRejects(() => it.exchange.readHead(), ClosedError);
    assertEquals([error.bytesSent, error.safeToRetry, it.transport.text], [0, true, ""]);
    assertEquals([it.exchange.wasLost, it.isReusable], [true, false]);
  }
});

Deno.test("a response that ends early is an error that says where", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const cases: [string, string, number | undefined][] = [
    ["HTTP/1.1 200 OK\r\nContent-Le", "headers", undefined],
    [`${head}abc`, "body", 5],
    [head, "body", 5],
    [`${chunked}2\r\nab`, "body", undefined],
    [`${chunked}2\r\nab\r\n0\r\n`, "body", undefined],
  ];
  for (const [text, phase, expected] of cases) {
    for (const end of [null, new Error("reset")]) {
      const error = await failed({}, ClosedError, text, end);
      assertEquals([error.phase, error.bytesReceived, error.expected], [
        phase,
        text.length,
        expected,
      ], text);
    }
  }
});

Deno.test("what is no response is refused, and closes the connection", async () => {
  const cases: [string, string][] = [
    ["SSH-2.0-OpenSSH\r\n\r\n", "bad_status_line"],
    ["HTTP/2.0 200 OK\r\n\r\n", "bad_version"],
    ["HTTP/1.1 200 OK\nX: y\n\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\nX : y\r\n\r\n", "bad_field"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", "bad_framing"],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n", "bad_framing"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "bad_framing"],
    ["HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "bad_framing"],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "bad_chunk"],
  ];
  for (const [text, code] of cases) {
    const error = await failed({}, HttpError, text, null);
    assertEquals(error.code, code, text);
  }
});

Deno.test("heads and bodies have limits, by a byte", async () => {
  const head = `HTTP/1.1 200 OK\r\nX: ${"y".repeat(100)}\r\nContent-Length: 2\r\n\r\n`;
  using it = await exchanged({ options: { maxHeadBytes: head.length } }, `${head}ok`);
  assertEquals(it.isReusable, true);
  const limits: [Asked, string, string][] = [
    [{ options: { maxHeadBytes: head.length - 1 } }, `${head}ok`, "maxHeadBytes"],
    [{ options: { maxFields: 1 } }, `${head}ok`, "maxFields"],
    [
      { maxBodyBytes: 1 },
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok",
      "maxBodyBytes",
    ],
    [{ maxBodyBytes: 1 }, "HTTP/1.1 200 OK\r\n\r\nok", "maxBodyBytes"],
  ];
  for (const [asked, text, limit] of limits) {
    assertEquals((await failed(asked, LimitError, text)).limit, limit);
  }
  using exact = await exchanged({ maxBodyBytes: 2, options: { maxFields: 2 } }, `${head}ok`);
  assertEquals(exact.isReusable, true);
});

Deno.test("an answer that is longer than allowed is refused before it is read", async () => {
  using it = new Exchanging({ maxBodyBytes: 9 });
  it.transport.source.push("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
  await it.exchange.readHead();
  assertThrows(() => it.exchange.checkLength(), LimitError);
  assertEquals([it.transport.source.reads, it.isReusable], [1, false]);
});

Deno.test("each deadline ends the exchange, names its option and closes the connection", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab";
  const cases: [Asked, string[], option: string, phase: string][] = [
    [{ options: { headTimeout: 0.01 } }, [], "headTimeout", "wait"],
    [{ options: { headTimeout: 0.01 } }, ["HTTP/1.1 103 X\r\n\r\nHTTP"], "headTimeout", "headers"],
    [{ options: { headTimeout: 0.01 }, body: "x" }, [], "headTimeout", "wait"],
    [{ options: { idleTimeout: 0.01 } }, [head], "idleTimeout", "body"],
    [{ options: { minSpeed: { bytes: 900, window: 0.01 } } }, [head], "minSpeed", "body"],
  ];
  await Promise.all(cases.map(async ([asked, arrivals, option, phase]) => {
    using it = new Exchanging(asked);
    it.transport.source.push(...arrivals);
    const error = await assertRejects(async () => {
      await it.exchange.readHead();
      while (await it.exchange.read() !== undefined);
    }, TimeoutError);
    assertEquals([error.limit, error.phase, it.isReusable], [option, phase, false]);
    assert(error.message.includes(`"${option}"`));
  }));
});

Deno.test("minSpeed is for the socket, and not for the source of the request", async () => {
  const { readable, feeder } = fed();
  const options = { minSpeed: { bytes: 900, window: 0.01 } };
  using it = new Exchanging({ body: readable, options });
  const reading = it.exchange.readHead();
  let isOver = false;
  reading.catch(() => {}).finally(() => isOver = true);
  await deadlinesPassed();
  assertEquals(isOver, false);
  it.transport.sink.held = true;
  feeder.write(bytesOf("slowly")).catch(() => {});
  const error = await assertRejects(() => reading, TimeoutError, "fewer than 9 bytes");
  assertEquals([error.limit, error.phase, it.isReusable], ["minSpeed", "send", false]);
});

Deno.test("a socket that takes no more of the request is idle too", async () => {
  using it = new Exchanging({ body: "hello", options: { idleTimeout: 0.01 } });
  it.transport.sink.held = true;
  const error = await assertRejects(() => it.exchange.readHead(), TimeoutError);
  assertEquals([error.limit, error.phase, error.bytesSent], ["idleTimeout", "send", 0]);
});

Deno.test("a server that takes no more and says nothing is late with its head", async () => {
  const body = new Uint8Array(100_000);
  using it = new Exchanging({ body, options: { headTimeout: 0.01 } });
  it.transport.sink.failAfter = 0;
  const error = await assertRejects(() => it.exchange.readHead(), TimeoutError);
  assertEquals([error.limit, error.bytesSent], ["headTimeout", 0]);
});

Deno.test("waiting for the answer is no slow transfer", async () => {
  using it = new Exchanging({ body: "hello", options: { minSpeed: { bytes: 100, window: 0.01 } } });
  const reading = it.exchange.readHead();
  await turns();
  await deadlinesPassed(10);
  it.transport.source.push(OK);
  assertEquals((await reading).status, 200);
  await it.exchange.readAll();
  assertEquals(it.isReusable, true);
});

Deno.test("a deadline of an exchange that is over does nothing", async () => {
  const options = { headTimeout: 0.01, idleTimeout: 0.01, minSpeed: { bytes: 9, window: 0.01 } };
  using it = await exchanged({ options }, OK);
  await deadlinesPassed(10);
  assertEquals([it.isReusable, it.connection.state], [true, "busy"]);
});

Deno.test("a request that is ended early rejects with the reason, wherever it stands", async () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab";
  const cases: [string, Asked, string[]][] = [
    ["wait", {}, []],
    ["headers", {}, ["HTTP/1.1"]],
    ["body", {}, [head]],
    ["send", { body: fed().readable }, []],
    ["the gate", { body: "x", options: { expectContinue: true } }, []],
  ];
  for (const [what, asked, arrivals] of cases) {
    using it = new Exchanging(asked);
    it.transport.source.push(...arrivals);
    const reading = it.exchange.readHead().then(() => it.exchange.readAll());
    await turns(100);
    const reason = new Error("enough");
    it.control.fail(reason);
    assertStrictEquals(await assertRejects(() => reading), reason, what);
    assertEquals([it.isReusable, it.exchange.wasLost], [false, false], what);
  }
});

Deno.test("a request that was ended before it began sends nothing", async () => {
  using it = new Exchanging();
  it.control.fail(new Error("enough"));
  await assertRejects(() => it.exchange.readHead(), Error, "enough");
  assertEquals([it.transport.text, it.isReusable], ["", false]);
});

Deno.test("after its end nothing can be read, although it has arrived", async () => {
  for (const end of ["abort", "close"]) {
    using it = new Exchanging();
    it.transport.source.push(OK);
    await it.exchange.readHead();
    if (end === "abort") it.control.fail(new TypeError("it was aborted"));
    else it.exchange.close();
    await assertRejects(
      () => it.exchange.read(),
      TypeError,
      end === "abort" ? "aborted" : "closed",
    );
    assertEquals(it.isReusable, false);
  }
});

Deno.test("an error of the body's source is that of the request", async () => {
  const error = new Error("disk on fire");
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(error) });
  using it = new Exchanging({ body });
  assertStrictEquals(await assertRejects(() => it.exchange.readHead()), error);
  assertEquals([it.isReusable, it.exchange.wasLost], [false, false]);
});

Deno.test("progress is told both ways, with the total where it is known", async () => {
  const progress: Progress[] = [];
  const options = { onProgress: (it: Progress) => progress.push(it) };
  using it = new Exchanging({ body: "hello", options });
  it.transport.source.push("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", "cd");
  await it.exchange.readHead();
  while (await it.exchange.read() !== undefined);
  const up = progress.filter(({ direction }) => direction === "up");
  assertEquals(up.at(-1), { direction: "up", bytes: 5, total: 5 });
  assertEquals(progress.slice(up.length), [
    { direction: "down", bytes: 2, total: 4 },
    { direction: "down", bytes: 4, total: 4 },
  ]);
  progress.length = 0;
  const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
  using other = new Exchanging({ options });
  other.transport.source.push(chunked);
  await other.exchange.readHead();
  while (await other.exchange.read() !== undefined);
  assertEquals(progress, [{ direction: "down", bytes: 2, total: undefined }]);
});

Deno.test("an error of a callback ends the request and closes the connection", async () => {
  const throws = () => {
    throw new Error("no more");
  };
  const cases: [Asked, string][] = [
    [{ options: { onInformational: throws } }, `HTTP/1.1 103 X\r\n\r\n${OK}`],
    [{ options: { onProgress: throws }, body: "hello" }, ""],
    [{ options: { onProgress: throws } }, OK],
  ];
  for (const [asked, text] of cases) {
    using it = new Exchanging(asked);
    if (text !== "") it.transport.source.push(text);
    await assertRejects(
      async () => {
        await it.exchange.readHead();
        await it.exchange.read();
      },
      Error,
      "no more",
    );
    assertEquals(it.isReusable, false);
  }
});

Deno.test("discard() reads what is left if that is short, and closes otherwise", async () => {
  const cases: [string, boolean][] = [
    [OK, true],
    ["HTTP/1.1 204 X\r\n\r\n", true],
    [`HTTP/1.1 200 X\r\nContent-Length: 65536\r\n\r\n${"x".repeat(65536)}`, true],
    [`HTTP/1.1 200 X\r\nContent-Length: 65537\r\n\r\n${"x".repeat(65537)}`, false],
    ["HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", true],
    ["HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX", false],
    [`${OK}surplus`, false],
  ];
  for (const [text, isReusable] of cases) {
    using it = new Exchanging();
    it.transport.source.push(text);
    await it.exchange.readHead();
    await it.exchange.discard();
    assertEquals(it.isReusable, isReusable, text.slice(0, 60));
  }
});

Deno.test("discard() and close() after the end do nothing", async () => {
  using it = await exchanged({}, OK);
  await it.exchange.discard();
  it.exchange.close();
  assertEquals([it.isReusable, it.transport.closes], [true, 0]);
});

Deno.test("fail() closes a connection whose answer is of no use, and gives the error", async () => {
  using it = new Exchanging({ method: "POST" });
  it.transport.source.push(OK);
  await it.exchange.readHead();
  const error = new ProtocolError("handshake", "Cannot open");
  assertStrictEquals(it.exchange.fail(error), error);
  assertEquals([it.isReusable, error.phase, error.reused, error.safeToRetry], [
    ...[false, "body", false, false],
  ]);
});

Deno.test("with TLS a write that failed may have sent something: nothing is safe to repeat that is not idempotent", async () => {
  for (const isTcp of [true, false]) {
    using it = new Exchanging({ method: "POST", body: "x" });
    if (!isTcp) Object.assign(it.transport, { handshake() {} });
    it.transport.sink.failAfter = 0;
    it.transport.source.push(new Deno.errors.ConnectionReset("reset"));
    const error = await assertRejects(() => it.exchange.readHead(), ClosedError);
    assertEquals([error.bytesSent, error.safeToRetry, it.exchange.traffic.isUnsent], [
      0,
      isTcp,
      isTcp,
    ]);
  }
});
