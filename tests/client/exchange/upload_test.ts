import { assert, assertEquals, assertRejects } from "@std/assert";
import { outgoingBody, type RequestBody } from "../../../client/request_body.ts";
import { oneTurn } from "../../../wire/event_loop.ts";
import { FileBody } from "../../../client/file_body.ts";
import { Upload } from "../../../client/exchange/upload.ts";
import { ConnWriter } from "../../../wire/conn_writer.ts";
import { HttpError } from "../../../wire/errors.ts";
import { within } from "../../conformance/waiting.ts";
import { bytesOf, FakeSink, turns } from "../../wire/fakes.ts";

function uploading(body: RequestBody, length: number | undefined) {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 0);
  const accepted: number[] = [];
  const upload = new Upload(outgoingBody(body), length, writer, (sent) => accepted.push(sent));
  return { sink, writer, accepted, upload };
}

async function* chunks(...pieces: string[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const piece of pieces) yield await Promise.resolve(bytesOf(piece));
}

/** A body that the test feeds. */
function fed() {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  return { readable, feeder: writable.getWriter() };
}

Deno.test("a small body shares its write with what was put before", async () => {
  const { sink, writer, upload, accepted } = uploading("hello", 5);
  writer.putAscii("head\r\n");
  await upload.run(undefined, undefined);
  assertEquals([sink.writes, upload.ended], [["head\r\nhello"], true]);
  assertEquals(accepted.at(-1), 5);
  writer.release();
});

Deno.test("a body of unknown length goes out in chunks, with its trailers", async () => {
  const { sink, writer, upload } = uploading(chunks("hello", "", "!"), undefined);
  await upload.run(undefined, [["X-A", "1"], ["X-B", "\u00e9"]]);
  assertEquals(sink.text, "5\r\nhello\r\n1\r\n!\r\n0\r\nX-A: 1\r\nX-B: \xe9\r\n\r\n");
  writer.release();
});

Deno.test("an empty body sends nothing but the last chunk, where it is chunked, and has ended", async () => {
  for (const [length, text] of [[0, ""], [undefined, "0\r\n\r\n"]] as const) {
    const { sink, writer, upload } = uploading(chunks(), length);
    await upload.run(undefined, undefined);
    assertEquals([sink.text, upload.ended], [text, true]);
    writer.release();
  }
});

Deno.test("what was accepted is counted by the socket's word, without the chunked coding", async () => {
  const { sink, writer, upload, accepted } = uploading(chunks("abc", "de"), undefined);
  sink.held = true;
  const running = upload.run(undefined, undefined);
  await turns(50);
  assertEquals(accepted, []);
  sink.proceed();
  await turns(50);
  assertEquals(accepted, [3]);
  sink.held = false;
  sink.proceed();
  await running;
  assertEquals(accepted, [3, 5, 5]);
  writer.release();
});

Deno.test("a large body in memory leaves in pieces, none before the last was accepted", async () => {
  const body = new Uint8Array(1_000_000).fill(0x61);
  const { sink, writer, upload, accepted } = uploading(body, body.length);
  await upload.run(undefined, undefined);
  assert(sink.writes.length > 2 && sink.writes.every((it) => it.length <= 262_144));
  assertEquals(sink.text.length, body.length);
  assertEquals(accepted.length, sink.writes.length + 1);
  writer.release();
});

Deno.test("a socket that takes everything at once leaves the event loop its turns", async () => {
  const body = new Uint8Array(4 * 1024 * 1024);
  const writer = new ConnWriter({ write: ({ length }) => Promise.resolve(length), close() {} }, 0);
  const turnsTaken: number[] = [];
  let sent = 0;
  const upload = new Upload(outgoingBody(body), body.length, writer, (count) => sent = count);
  const running = upload.run(undefined, undefined);
  for (let turn = 0; turn < 10_000 && !upload.ended; turn++) {
    await oneTurn();
    turnsTaken.push(sent);
  }
  await within("the upload ends", running);
  assert(turnsTaken.filter((it) => it < body.length).length >= 3, `${turnsTaken}`);
  writer.release();
});

Deno.test("a file leaves in pieces, and chunked where that was asked for", async () => {
  const path = await Deno.makeTempFile();
  try {
    const text = "0123456789".repeat(60_000);
    await Deno.writeTextFile(path, text);
    const plain = uploading(new FileBody(path, text.length), text.length);
    await plain.upload.run(undefined, undefined);
    assert(plain.sink.text === text && plain.sink.writes.length > 2);
    plain.writer.release();
    const chunked = uploading(new FileBody(path, text.length), undefined);
    await chunked.upload.run(undefined, undefined);
    assert(
      chunked.sink.text.replace(/(?:\r\n)?[0-9a-f]{1,6}\r\n/g, "").startsWith(text.slice(0, 99)),
    );
    assert(chunked.sink.text.endsWith("\r\n0\r\n\r\n"));
    chunked.writer.release();
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a body that is shorter or longer than it was announced fails", async () => {
  const short = uploading(chunks("abc"), 5);
  await assertRejects(
    () => short.upload.run(undefined, undefined),
    RangeError,
    "Cannot send body: it ended after 3 bytes, 2 are missing",
  );
  const long = uploading(chunks("abc", "def"), 5);
  await assertRejects(() => long.upload.run(undefined, undefined), RangeError, "6 bytes are more");
  assertEquals([short.upload.ended, long.upload.ended, long.sink.text], [false, false, "abc"]);
  short.writer.release();
  long.writer.release();
});

Deno.test("an error of the source is that of the upload", async () => {
  const failing = async function* () {
    yield bytesOf("a");
    throw new Error("disk on fire");
  };
  const { writer, upload } = uploading(failing(), undefined);
  await assertRejects(() => upload.run(undefined, undefined), Error, "disk on fire");
  assertEquals(upload.ended, false);
  writer.release();
  const none = uploading(new FileBody("/no/such/file", 5), 5);
  await assertRejects(() => none.upload.run(undefined, undefined), HttpError, "/no/such/file");
  none.writer.release();
});

Deno.test("a broken connection ends the upload without an error, for the reader to report", async () => {
  const { sink, writer, upload } = uploading(chunks("abc", "def"), undefined);
  sink.failAfter = 1;
  await upload.run(undefined, undefined);
  assertEquals([upload.ended, writer.error?.code], [false, "closed"]);
  writer.release();
});

Deno.test("nothing leaves before the gate opens", async () => {
  const gate = Promise.withResolvers<void>();
  const { sink, writer, upload } = uploading("hello", 5);
  const running = upload.run(gate.promise, undefined);
  await turns(50);
  assertEquals([sink.writes, writer.pending], [[], 0]);
  gate.resolve();
  await running;
  assertEquals([sink.text, upload.ended], ["hello", true]);
  writer.release();
});

Deno.test("stop() ends an upload that waits for the gate, its source or the socket", async () => {
  const atGate = uploading("hello", 5);
  const { readable } = fed();
  const atSource = uploading(readable, undefined);
  const atSocket = uploading("hello", 5);
  atSocket.sink.held = true;
  const running = [
    atGate.upload.run(new Promise(() => {}), undefined),
    atSource.upload.run(undefined, undefined),
    atSocket.upload.run(undefined, undefined),
  ];
  await turns(50);
  for (const { upload } of [atGate, atSource, atSocket]) upload.stop();
  atSocket.sink.proceed();
  await Promise.all(running);
  assertEquals([atGate.upload.ended, atSource.upload.ended, atSocket.upload.ended], [
    false,
    false,
    false,
  ]);
  assertEquals([atGate.sink.text, atSource.sink.text, atSocket.accepted], ["", "", []]);
  for (const { writer } of [atGate, atSource, atSocket]) writer.release();
});

Deno.test("after stop() nothing more is sent, and the source is told", async () => {
  const { sink, writer, upload } = uploading(fed().readable, undefined);
  upload.stop();
  await upload.run(undefined, undefined);
  assertEquals([sink.text, upload.ended], ["", false]);
  writer.release();

  const { readable, feeder } = fed();
  const second = uploading(readable, undefined);
  const running = second.upload.run(undefined, undefined);
  await feeder.write(bytesOf("abc"));
  await turns(50);
  second.upload.stop();
  await running;
  // Cancelled: whoever feeds it hears of it.
  await assertRejects(() => feeder.write(bytesOf("def")));
  assertEquals(second.sink.text, "3\r\nabc\r\n");
  second.writer.release();
});

Deno.test("a source that fails after stop() is heard out", async () => {
  const { writer, upload } = uploading(
    {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("too late")) }),
    },
    undefined,
  );
  upload.stop();
  // Were it not, the rejection would be nobody's, which fails this test.
  await upload.run(undefined, undefined);
  await turns();
  assertEquals(upload.ended, false);
  writer.release();
});

Deno.test("an error of who counts ends the upload", async () => {
  const sink = new FakeSink();
  const writer = new ConnWriter(sink, 0);
  const upload = new Upload(outgoingBody("hello"), 5, writer, () => {
    throw new Error("no counting");
  });
  await assertRejects(() => upload.run(undefined, undefined), Error, "no counting");
  writer.release();
});

Deno.test("the source is told why an upload was stopped, by the first who stopped it", async () => {
  const cases: [reasons: unknown[], told: unknown][] = [[["lost", "late"], "lost"], [[null], null]];
  for (const [reasons, told] of cases) {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const source = new ReadableStream({ pull: () => new Promise(() => {}), cancel: resolve });
    const { writer, upload } = uploading(source, undefined);
    const running = upload.run(undefined, undefined);
    await turns(50);
    for (const reason of reasons) upload.stop(reason);
    await running;
    assertEquals([await promise, upload.ended], [told, false]);
    writer.release();
  }
});

Deno.test("the source is told why an upload was stopped, not how the closed connection failed of it", async () => {
  const { promise: told, resolve } = Promise.withResolvers<unknown>();
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytesOf("x")),
    cancel: resolve,
  }, { highWaterMark: 0 });
  const { sink, writer, upload } = uploading(source, undefined);
  const broken = Promise.withResolvers<number>();
  sink.write = () => broken.promise;
  const running = upload.run(undefined, undefined);
  await turns(50);
  upload.stop("no more");
  broken.reject(new Error("Bad resource ID"));
  await running;
  assertEquals([await told, upload.ended], ["no more", false]);
  writer.release();
});
