import { assert, assertEquals, assertThrows } from "@std/assert";
import { mayBeWhole, takeArrived } from "../../../client/exchange/arrived_body.ts";
import { BodyReader } from "../../../wire/body_reader.ts";
import { ConnReader } from "../../../wire/conn_reader.ts";
import { ProtocolError } from "../../../wire/errors.ts";
import type { BodyKind } from "../../../wire/framing.ts";
import { FakeSource, splitsOf, textOf } from "../../wire/fakes.ts";

const LIMITS = {
  maxBodyBytes: Infinity,
  maxChunkLineBytes: 4096,
  maxTrailerBytes: 16384,
  maxFields: 128,
};

/** A body whose first bytes have arrived; disposing ends its reader. */
class Arrived implements Disposable {
  readonly reader: ConnReader;
  readonly body: BodyReader;

  constructor(kind: BodyKind, length: number, arrivals: string[]) {
    this.reader = new ConnReader(new FakeSource(...arrivals), () => {});
    this.body = new BodyReader(this.reader, kind, length, LIMITS);
  }

  [Symbol.dispose](): void {
    this.reader.release();
  }
}

async function arrived(kind: BodyKind, length: number, ...arrivals: string[]): Promise<Arrived> {
  const it = new Arrived(kind, length, arrivals);
  await it.reader.fill();
  return it;
}

Deno.test("a body with a length is whole when so many bytes are there, and not one more is taken", async () => {
  using whole = await arrived("length", 5, "helloHTTP/1.1");
  assert(mayBeWhole(whole.body, whole.reader));
  assertEquals(textOf(takeArrived(whole.body, whole.reader)), "hello");
  assertEquals([whole.body.done, whole.reader.end - whole.reader.start], [true, 8]);
  using part = await arrived("length", 6, "hello");
  assert(!mayBeWhole(part.body, part.reader));
});

Deno.test("a chunked body is whole when its end is there, trailers included", async () => {
  for (const trailers of ["", "X-Sum: 1\r\n"]) {
    const text = `2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n${trailers}\r\n`;
    for (const [first] of splitsOf(text)) {
      using it = await arrived("chunked", 0, first!);
      const { body, reader } = it;
      const isWhole = first === text;
      if (isWhole) assert(mayBeWhole(body, reader));
      if (!mayBeWhole(body, reader)) continue;
      assertEquals(textOf(takeArrived(body, reader)), "hello");
      assertEquals(body.done, isWhole);
    }
    using it = await arrived("chunked", 0, text);
    const { body, reader } = it;
    const bytes = takeArrived(body, reader);
    assertEquals(bytes.buffer.byteLength, bytes.length); // of its own, and no larger than needed
    assertEquals(body.trailers?.raw() ?? [], trailers === "" ? [] : [["X-Sum", "1"]]);
  }
});

Deno.test("what only looks like the end of a body is taken all the same, and the rest read later", async () => {
  using it = await arrived("chunked", 0, "8\r\nab\r\n\r\n", "cd\r\n0\r\n\r\n");
  const { body, reader } = it;
  assert(mayBeWhole(body, reader));
  assertEquals([textOf(takeArrived(body, reader)), body.done], ["ab\r\n\r\n", false]);
  assertEquals(textOf(await body.readAll(100, 0)), "cd");
  using closing = await arrived("close", 0, "a\r\n\r\n");
  assert(mayBeWhole(closing.body, closing.reader));
  assertEquals(textOf(takeArrived(closing.body, closing.reader)), "a\r\n\r\n");
  assert(!closing.body.done);
});

Deno.test("what is malformed is an error", async () => {
  using it = await arrived("chunked", 0, "1\r\na\r\nxyz\r\n\r\n");
  const { body, reader } = it;
  assert(mayBeWhole(body, reader));
  assertThrows(() => takeArrived(body, reader), ProtocolError);
});
