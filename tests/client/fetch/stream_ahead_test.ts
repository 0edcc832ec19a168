import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { readStreamAhead, StreamRest } from "../../../client/fetch/stream_ahead.ts";

const piece = (size: number, fill = 1) => new Uint8Array(size).fill(fill);

Deno.test("a short stream is read whole", async () => {
  const whole = await readStreamAhead(ReadableStream.from([piece(2), piece(3, 2)]));
  assertEquals(whole, new Uint8Array([1, 1, 2, 2, 2]));
});

Deno.test("of a long one nothing is lost, and no more is read than needed", async () => {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pulled === 5) controller.close();
      else controller.enqueue(piece(40_000, ++pulled));
    },
  }, { highWaterMark: 0 });
  const rest = await readStreamAhead(stream);
  assertInstanceOf(rest, StreamRest);
  assertEquals(pulled, 2);
  const seen: number[] = [];
  for await (const one of rest) seen.push(one[0]!);
  assertEquals(seen, [1, 2, 3, 4, 5]);
});

Deno.test("one that comes bit by bit is not waited for, and can be cancelled", async () => {
  const reasons: unknown[] = [];
  const live = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(piece(1)),
    cancel: (reason) => void reasons.push(reason),
  });
  const rest = await readStreamAhead(live);
  assertInstanceOf(rest, StreamRest);
  assertEquals((await rest.next()).value, piece(1));
  const waiting = rest.next();
  await rest.return("enough");
  assertEquals([(await waiting).done, reasons], [true, ["enough"]]);
});

Deno.test("a stream that fails, fails; pieces that are no bytes are left to whoever sends them", async () => {
  const error = new Error("no more");
  const failing = new ReadableStream<Uint8Array>({ start: (it) => it.error(error) });
  assertStrictEquals(await assertRejects(() => readStreamAhead(failing)), error);
  const text = ReadableStream.from(["x"]) as unknown as ReadableStream<Uint8Array>;
  const rest = await readStreamAhead(text);
  assertInstanceOf(rest, StreamRest);
  assertEquals((await rest.next()).value as unknown, "x");
  await rest.return();
});
