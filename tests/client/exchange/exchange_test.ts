import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { InformationalResponse } from "../../../client/options.ts";
import { ProtocolError } from "../../../wire/errors.ts";
import { until } from "../../conformance/waiting.ts";
import { bytesOf, textOf, turns } from "../../wire/fakes.ts";
import {
  type Asked,
  exchanged,
  Exchanging,
  failed,
  fed,
  HEAD_END,
  OK,
} from "../support/exchanging.ts";

Deno.test("a request without a body is one write, and its response is read", async () => {
  using it = new Exchanging();
  it.transport.source.push(OK);
  const head = await it.exchange.readHead();
  assertEquals([head.status, head.reason], [200, "OK"]);
  assertEquals(it.transport.sink.writes.length, 1);
  assert(it.transport.text.startsWith("GET / HTTP/1.1\r\nHost: a.test\r\n"));
  assertEquals(textOf(await it.exchange.readAll()), "ok");
  assertEquals(it.isReusable, true);
  assertEquals(it.exchange.traffic.bytesSent, it.transport.text.length);
  assertEquals(it.exchange.traffic.bytesReceived, OK.length);
});

Deno.test("head and small body leave in one write", async () => {
  for (const body of ["hello", "x".repeat(65536)]) {
    using it = await exchanged({ body }, OK);
    assertEquals(it.transport.sink.writes.length, 1);
    assert(it.transport.text.endsWith(`${HEAD_END}${body}`));
    assertEquals(it.isReusable, true);
  }
});

Deno.test("the head does not wait for a large body, or for a stream", async () => {
  for (const body of ["x".repeat(65537), fed().readable]) {
    using it = new Exchanging({ body });
    const reading = it.exchange.readHead();
    await turns(50);
    assert(it.transport.sink.writes[0]!.endsWith(HEAD_END));
    it.control.fail("over");
    await reading.catch(() => {});
  }
});

Deno.test("a head with latin1 in it leaves a byte for each character", async () => {
  using it = await exchanged({ options: { headers: { "X-A": "caf\u00e9" } } }, OK);
  assert(it.transport.text.includes("X-A: caf\xe9\r\n"));
});

Deno.test("a response may arrive in any pieces", async () => {
  const text =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n";
  for (const pieces of [[text], [...text], [text.slice(0, 50), text.slice(50)]]) {
    using it = new Exchanging();
    it.transport.source.push(...pieces);
    await it.exchange.readHead();
    assertEquals(it.exchange.trailers, undefined);
    let body = "";
    for (let piece; (piece = await it.exchange.read()) !== undefined;) body += textOf(piece);
    assertEquals([body, it.isReusable], ["ok", true]);
    assertEquals(it.exchange.trailers?.raw(), [["X-Sum", "1"]]);
    assertEquals(await it.exchange.read(), undefined);
  }
});

Deno.test("the fields of the response go along when the connection is released", async () => {
  using it = await exchanged({}, "HTTP/1.1 204 No\r\nKeep-Alive: timeout=9\r\n\r\n");
  assert(it.released[0]!.startsWith("Keep-Alive: timeout=9\r\n"));
});

Deno.test("an early answer of 300 or more is delivered and stops the upload", async () => {
  for (const status of [300, 401, 413, 500]) {
    const { readable, feeder } = fed();
    using it = new Exchanging({ body: readable });
    const reading = it.exchange.readHead();
    await feeder.write(bytesOf("abc"));
    it.transport.source.push(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nno`);
    const head = await reading;
    const sent = it.transport.text;
    // The next piece may have been asked for already.
    await feeder.write(bytesOf("def")).catch(() => {});
    await assertRejects(() => feeder.write(bytesOf("ghi")));
    assertEquals(textOf(await it.exchange.readAll()), "no");
    assertEquals([head.status, it.transport.text], [status, sent]);
    assertEquals(it.isReusable, false);
  }
});

Deno.test("after an early 200 the upload goes on until the answer has ended", async () => {
  const { readable, feeder } = fed();
  using it = new Exchanging({ body: readable });
  const reading = it.exchange.readHead();
  it.transport.source.push("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab");
  await reading;
  assertEquals(textOf((await it.exchange.read())!), "ab");
  await feeder.write(bytesOf("late"));
  await feeder.close();
  await turns(50);
  assert(it.transport.text.endsWith("4\r\nlate\r\n0\r\n\r\n"));
  it.transport.source.push("cd");
  assertEquals(textOf((await it.exchange.read())!), "cd");
  assertEquals([await it.exchange.read(), it.isReusable], [undefined, true]);
});

Deno.test("an error that ends before the upload ends that, and the connection", async () => {
  const { readable, feeder } = fed();
  using it = await exchanged({ body: readable }, OK.replace("200", "413"));
  await assertRejects(() => feeder.write(bytesOf("late")));
  assertEquals(it.isReusable, false);
});

Deno.test("a success that ends before the upload waits for that", async () => {
  const { readable, feeder } = fed();
  using it = new Exchanging({ body: readable });
  it.transport.source.push(OK);
  await it.exchange.readHead();
  const reading = it.exchange.readAll();
  await feeder.write(bytesOf("late"));
  await feeder.close();
  assertEquals(textOf(await reading), "ok");
  assert(it.transport.text.endsWith("4\r\nlate\r\n0\r\n\r\n"));
  assertEquals(it.isReusable, true);
});

Deno.test("a source that fails behind a success that has ended is the request's error", async () => {
  const { readable, feeder } = fed();
  using it = new Exchanging({ body: readable });
  it.transport.source.push(OK);
  await it.exchange.readHead();
  const reading = it.exchange.readAll();
  const reason = new Error("the disk is gone");
  await feeder.abort(reason);
  assertStrictEquals(await assertRejects(() => reading), reason);
  assertEquals(it.isReusable, false);
});

Deno.test("an answer that overtakes the news of the last write does not cost the connection", async () => {
  using it = new Exchanging({ body: "hello" });
  it.transport.sink.held = true;
  const reading = it.exchange.readHead().then(() => it.exchange.readAll());
  await turns(50);
  it.transport.source.push(OK);
  await turns(50);
  it.transport.sink.proceed();
  await reading;
  assertEquals(it.isReusable, true);
});

Deno.test("an answer is delivered although the request could not be sent to its end", async () => {
  using it = new Exchanging({ body: fed().readable });
  it.transport.sink.failAfter = 0;
  it.transport.source.push("HTTP/1.1 413 X\r\nContent-Length: 2\r\n\r\nno");
  const { status } = await it.exchange.readHead();
  assertEquals([status, textOf(await it.exchange.readAll())], [413, "no"]);
  assertEquals(it.isReusable, false);
});

Deno.test("informational responses are told about and passed over", async () => {
  const heard: InformationalResponse[] = [];
  const options = { onInformational: (it: InformationalResponse) => heard.push(it) };
  const hint = "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\nlink: <b>\r\n\r\n";
  using it = await exchanged({ options }, `HTTP/1.1 100 Continue\r\n\r\n${hint}${OK}`);
  assertEquals(heard.map(({ code, status }) => [code, status]), [[100, "Continue"], [
    103,
    "Early Hints",
  ]]);
  assertEquals({ ...heard[1]!.headers }, { link: "<a>, <b>" });
  assertEquals(heard[1]!.rawHeaders, [["Link", "<a>"], ["link", "<b>"]]);
  assertEquals(it.isReusable, true);
});

Deno.test("32 informational responses are put up with, and not one more", async () => {
  const hint = "HTTP/1.1 103 X\r\n\r\n";
  using it = await exchanged({}, hint.repeat(32) + OK);
  assertEquals(it.isReusable, true);
  const error = await failed({}, ProtocolError, hint.repeat(33) + OK);
  assertEquals([error.code, error.phase], ["bad_framing", "headers"]);
});

Deno.test("a body that is to wait for 100 Continue leaves when that comes", async () => {
  using it = new Exchanging({ body: "hello", options: { expectContinue: true } });
  const reading = it.exchange.readHead();
  await turns(50);
  assert(it.transport.text.endsWith(`Expect: 100-continue${HEAD_END}`));
  it.transport.source.push("HTTP/1.1 102 X\r\n\r\n");
  await turns(50);
  assert(it.transport.text.endsWith(HEAD_END));
  it.transport.source.push("HTTP/1.1 100 Continue\r\n\r\n");
  await turns(50);
  assert(it.transport.text.endsWith(`${HEAD_END}hello`));
  it.transport.source.push(OK);
  await reading;
  await it.exchange.readAll();
  assertEquals(it.isReusable, true);
});

Deno.test("a body that was not asked for is not sent after 417 or any other refusal", async () => {
  using it = await exchanged(
    { body: "hello", options: { expectContinue: true } },
    "HTTP/1.1 417 X\r\nContent-Length: 0\r\n\r\n",
  );
  assert(it.transport.text.endsWith(HEAD_END));
  assertEquals(it.isReusable, false);
});

Deno.test("a server that never says 100 gets the body after a second", async () => {
  const beginMs = performance.now();
  using it = new Exchanging({ body: "hello", options: { expectContinue: true } });
  const reading = it.exchange.readHead();
  await until("the body leaves", () => it.transport.text.endsWith("hello"));
  assert(performance.now() - beginMs >= 1000);
  it.transport.source.push(OK);
  await reading;
  await it.exchange.readAll();
});

Deno.test("101 is refused unless it was asked for", async () => {
  const switching = "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nmore";
  const error = await failed({}, ProtocolError, switching);
  assertEquals(error.message, "Cannot read response: 101 to a request that asked for no upgrade");
  using it = new Exchanging({ options: { headers: { Upgrade: "x", Connection: "upgrade" } } });
  it.transport.source.push(switching);
  assertEquals((await it.exchange.readHead()).status, 101);
  await it.exchange.endUpgraded();
  it.exchange.close();
  it.control.fail("over");
  assertEquals([it.transport.closed, it.released], [false, []]);
  assertEquals(textOf(await it.connection.take()), "more");
});

Deno.test("101 is never the answer before another request", async () => {
  using it = await exchanged(
    { options: { headers: { Upgrade: "x", Connection: "upgrade" } } },
    "HTTP/1.1 101 X\r\n\r\n",
  );
  assertEquals(it.isReusable, false);
});

Deno.test("each reason for not using a connection again closes it (RFC 9112 9.3)", async () => {
  const length = "Content-Length: 2";
  const cases: [why: string, isReusable: boolean, asked: Asked, ...arrivals: (string | null)[]][] =
    [
      ["none", true, {}, OK],
      ["none, with a body of no length", true, {}, "HTTP/1.1 204 X\r\n\r\n"],
      ["none, to HEAD", true, { method: "HEAD" }, `HTTP/1.1 200 X\r\n${length}\r\n\r\n`],
      [
        "none, in HTTP/1.0",
        true,
        {},
        `HTTP/1.0 200 X\r\n${length}\r\nConnection: keep-alive\r\n\r\nok`,
      ],
      [
        "the server says close",
        false,
        {},
        `HTTP/1.1 200 X\r\n${length}\r\nConnection: close\r\n\r\nok`,
      ],
      ["the server speaks HTTP/1.0", false, {}, `HTTP/1.0 200 X\r\n${length}\r\n\r\nok`],
      ["we say close", false, { close: true }, OK],
      ["the caller says close", false, { options: { headers: { Connection: "close" } } }, OK],
      ["the body ends with the connection", false, {}, "HTTP/1.1 200 X\r\n\r\nok", null],
      ["something follows that was not asked for", false, {}, `${OK}HTTP/1.1 200`],
      [
        "something follows an answer to HEAD",
        false,
        { method: "HEAD" },
        `HTTP/1.1 200 X\r\n${length}\r\n\r\nok`,
      ],
      ["something follows a 204", false, {}, "HTTP/1.1 204 X\r\n\r\n\r\n"],
      [
        "something follows the chunks",
        false,
        {},
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx",
      ],
    ];
  for (const [why, isReusable, asked, ...arrivals] of cases) {
    using it = await exchanged(asked, ...arrivals);
    assertEquals(it.isReusable, isReusable, why);
  }
});

Deno.test("a connection that ended after the answer is not used again", async () => {
  using it = new Exchanging();
  it.transport.source.push("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  await it.exchange.readHead();
  it.transport.source.push("ok", null);
  await it.connection.reader.fill();
  await it.connection.reader.fill();
  await it.exchange.readAll();
  assertEquals(it.isReusable, false);
});

Deno.test("a connection on which writing failed is not used again", async () => {
  using it = new Exchanging();
  it.transport.sink.failAfter = 0;
  it.transport.source.push(OK);
  await it.exchange.readHead();
  await it.exchange.readAll();
  assertEquals(it.isReusable, false);
});

Deno.test("a body that came along is there at once, behind an upload and in chunks too", async () => {
  const chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n";
  for (const body of [undefined, "hello", "x".repeat(200_000)]) {
    for (const response of [OK, chunks]) {
      using it = new Exchanging(body === undefined ? {} : { body });
      const reading = it.exchange.readHead();
      const isSent = () => it.transport.text.length > (body?.length ?? 0);
      await until("the request is sent", isSent);
      it.transport.source.push(response);
      await reading;
      assertEquals(textOf(it.exchange.tryReadAll()!), "ok");
      assertEquals(it.isReusable, true);
    }
  }
});

Deno.test("a body that only seemed to be there is given whole all the same", async () => {
  const response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\na\r\n\r\n";
  for (const read of ["read", "readAll"] as const) {
    using it = new Exchanging();
    it.transport.source.push(response);
    await it.exchange.readHead();
    assertEquals(it.exchange.tryReadAll(), undefined);
    it.transport.source.push("b\r\n0\r\n\r\n");
    let text = "";
    if (read === "readAll") text = textOf(await it.exchange.readAll());
    else for (let piece; (piece = await it.exchange.read());) text += textOf(piece);
    assertEquals(text, "a\r\n\r\nb");
    assertEquals(it.isReusable, true);
  }
});

Deno.test("a body that is malformed where it came along closes the connection", async () => {
  using it = new Exchanging();
  it.transport.source.push("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n");
  await it.exchange.readHead();
  await assertRejects(async () => void await it.exchange.tryReadAll(), ProtocolError);
  assertEquals(it.isReusable, false);
});
