import { assert, assertEquals, assertRejects } from "@std/assert";
import { AHEAD_BYTES, ResponseBody } from "../../../client/fetch/response_body.ts";
import { WatchedSource } from "../../../client/watched_source.ts";

/** A source that gives these pieces, one by one, and then ends or fails. */
class Pieces {
  reads = 0;
  closed = 0;
  readonly #pieces: Uint8Array[];
  readonly #error: unknown;

  constructor(sizes: number[], error?: unknown) {
    this.#pieces = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
    this.#error = error;
  }

  read(): Promise<Uint8Array | undefined> {
    const piece = this.#pieces[this.reads++];
    if (piece === undefined && this.#error !== undefined) return Promise.reject(this.#error);
    return Promise.resolve(piece);
  }

  close(): void {
    this.closed++;
  }
}

function bodyOf(source: Pieces, length?: number): { body: ResponseBody; ends: boolean[] } {
  const ends: boolean[] = [];
  const watched = new WatchedSource(source, {
    onEnd: (isWhole) => ends.push(isWhole),
    explain: (error) => error,
    race: (promise) => promise,
  });
  return { body: new ResponseBody(watched, length, (error) => ({ why: error })), ends };
}

/** Lets everything go on that can. */
async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("a short body is read though nobody asks, a long one is not", async () => {
  const unknown = new Pieces([10, 20]);
  const { ends, body } = bodyOf(unknown);
  await settle();
  assertEquals([unknown.reads, ends], [3, [true]]);
  await body.ended;
  assertEquals((await body.collect(30)).length, 30);
  const announced = new Pieces([10]);
  bodyOf(announced, AHEAD_BYTES + 1);
  await settle();
  assertEquals(announced.reads, 0);
  const endless = new Pieces(Array(100).fill(AHEAD_BYTES / 4));
  bodyOf(endless);
  await settle();
  assertEquals(endless.reads, 4);
});

Deno.test("pieces are the reader's own, in order, and nothing is read before it is pulled", async () => {
  const source = new Pieces(Array(10).fill(AHEAD_BYTES));
  const reader = bodyOf(source).body.stream().getReader();
  await settle();
  assertEquals(source.reads, 1);
  for (let i = 1; i <= 10; i++) {
    const { value } = await reader.read();
    assertEquals([value!.length, value![0], source.reads], [AHEAD_BYTES, i, i]);
  }
  assert((await reader.read()).done);
});

Deno.test("a stream fills the buffers of its reader", async () => {
  const reader = bodyOf(new Pieces([3, 5])).body.stream().getReader({ mode: "byob" });
  const seen: number[] = [];
  for (let view = new Uint8Array(2);;) {
    const { done, value } = await reader.read(view);
    if (done) break;
    seen.push(...value);
    view = new Uint8Array(value.buffer);
  }
  assertEquals(seen, [1, 1, 1, 2, 2, 2, 2, 2]);
});

Deno.test("what arrived is given before the failure, which ends all ways to the body", async () => {
  const { body, ends } = bodyOf(new Pieces([4], "broken"));
  await settle();
  assertEquals((await body.read())!.length, 4);
  const failure = await body.read().catch((error) => error);
  assertEquals(failure, { why: "broken" });
  assertEquals(await body.ended.catch((error) => error), failure);
  assertEquals(await body.collect(9).catch((error) => error), failure);
  assertEquals(ends, [false]);
});

Deno.test("collect() stops at its limit", async () => {
  const source = new Pieces(Array(10).fill(AHEAD_BYTES));
  const { body } = bodyOf(source, 10 * AHEAD_BYTES);
  const error = await body.collect(3 * AHEAD_BYTES).catch((it) => it);
  assertEquals([error.why.limit, error.why.max], ["maxBodyBytes", 3 * AHEAD_BYTES]);
  assertEquals([source.reads, source.closed], [4, 1]);
});

Deno.test("a body that is closed fails for whoever reads it, once it was not whole", async () => {
  const source = new Pieces([1, 1], undefined);
  const { body, ends } = bodyOf(source, 1e9);
  body.close();
  body.close();
  await assertRejects(() => body.read(), TypeError, "it was closed");
  await assertRejects(() => body.ended, TypeError, "it was closed");
  assertEquals([source.closed, ends], [1, [false]]);
  const whole = bodyOf(new Pieces([1]));
  await settle();
  whole.body.close();
  assertEquals((await whole.body.collect(1)).length, 1);
});

Deno.test("cancelling the stream closes the source", async () => {
  const source = new Pieces([1], undefined);
  const stream = bodyOf(source, 1e9).body.stream();
  await stream.cancel();
  assertEquals(source.closed, 1);
});
