import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type PullSource, PullStream } from "../../../multipart/parse/pull_stream.ts";

/** Gives the numbers from 1 to `count`, and keeps what happened. */
class Numbers implements PullSource<number> {
  readonly log: unknown[] = [];
  #last = 0;
  readonly #count: number;

  constructor(count: number) {
    this.#count = count;
  }

  get isComplete(): boolean {
    return this.#last >= this.#count;
  }

  next<R>(made: (item: number | undefined) => R): Promise<R> {
    const item = this.isComplete ? undefined : ++this.#last;
    this.log.push(item);
    return Promise.resolve(made(item));
  }

  cancel(reason: unknown): void {
    this.log.push(["cancel", reason]);
  }
}

Deno.test("items are pulled when they are asked for, one at a time", async () => {
  const source = new Numbers(3);
  const reader = new PullStream(source).getReader();
  await Promise.resolve();
  assertEquals(source.log, []);
  assertEquals(await reader.read(), { done: false, value: 1 });
  assertEquals(source.log, [1]);
  assertEquals(await reader.read(), { done: false, value: 2 });
  assertEquals(await reader.read(), { done: false, value: 3 });
  assertEquals(await reader.read(), { done: true, value: undefined });
  // That it was complete was known, so nothing more was asked for.
  assertEquals(source.log, [1, 2, 3]);
});

Deno.test("iterating gives the same items, and leaves the stream free", async () => {
  for (const loop of ["stream", "values"]) {
    const stream = new PullStream(new Numbers(3));
    const items: number[] = [];
    for await (const item of loop === "stream" ? stream : stream.values()) {
      assertEquals(stream.locked, true);
      items.push(item);
    }
    assertEquals(items, [1, 2, 3]);
    assertEquals(stream.locked, false);
    assertEquals(await stream.getReader().read(), { done: true, value: undefined });
  }
});

Deno.test("a stream that is being read is not iterated", () => {
  const read = new PullStream(new Numbers(1));
  read.getReader();
  assertThrows(() => read[Symbol.asyncIterator](), TypeError, "it is being read already");
  assertThrows(() => read.values(), TypeError, "it is being read already");
});

Deno.test("a stream that is iterated is not read in any other way, until the loop is left", async () => {
  const stream = new PullStream(new Numbers(3));
  const iterator = stream[Symbol.asyncIterator]();
  assertEquals(stream.locked, true);
  const message = "Cannot read stream: it is being read already";
  assertThrows(() => stream.getReader(), TypeError, message);
  assertThrows(() => stream.tee(), TypeError, message);
  assertThrows(() => stream.pipeThrough(new TransformStream()), TypeError, message);
  assertThrows(() => stream.values(), TypeError, message);
  await assertRejects(() => stream.pipeTo(new WritableStream()), TypeError, message);
  await assertRejects(() => stream.cancel(), TypeError, message);
  await iterator.return!();
  assertEquals(stream.locked, false);
  await stream.cancel();
});

Deno.test("a stream that is not iterated is read in all ways of the platform", async () => {
  const stream = () => new PullStream(new Numbers(3));
  const [left, right] = stream().tee();
  assertEquals([await Array.fromAsync(left), await Array.fromAsync(right)], [[1, 2, 3], [1, 2, 3]]);
  const through = stream().pipeThrough(
    new TransformStream<number, number>({ transform: (it, to) => to.enqueue(it * 2) }),
  );
  assertEquals(await Array.fromAsync(through), [2, 4, 6]);
  const written: number[] = [];
  await stream().pipeTo(new WritableStream({ write: (it) => void written.push(it) }));
  assertEquals(written, [1, 2, 3]);
});

Deno.test("a loop that failed does not hold the stream", async () => {
  const source = new Numbers(3);
  const stream = new PullStream(source);
  const iterator = stream[Symbol.asyncIterator]();
  const error = new Error("broken");
  source.next = () => {
    stream.fail(error);
    return Promise.reject(error);
  };
  await assertRejects(() => iterator.next(), Error, "broken");
  assertEquals(stream.locked, false);
  await assertRejects(() => stream.cancel(), Error, "broken");
});

Deno.test("leaving a loop cancels the stream, unless that is prevented", async () => {
  const source = new Numbers(3);
  const stream = new PullStream(source);
  for await (const item of stream) if (item === 2) break;
  assertEquals(source.log, [1, 2, ["cancel", undefined]]);
  assertEquals(stream.locked, false);
  assertEquals(await stream.getReader().read(), { done: true, value: undefined });

  const kept = new Numbers(3);
  const other = new PullStream(kept);
  for await (const _ of other.values({ preventCancel: true })) break;
  assertEquals(await Array.fromAsync(other), [2, 3]);
  assertEquals(kept.log, [1, 2, 3, undefined]);
});

Deno.test("an iterator that is done stays done", async () => {
  const iterator = new PullStream(new Numbers(1))[Symbol.asyncIterator]();
  assertEquals(await iterator.return!("early"), { done: true, value: "early" });
  assertEquals(await iterator.next(), { done: true, value: undefined });
  assertEquals(await iterator.return!("again"), { done: true, value: "again" });
});

Deno.test("cancelling hands on the reason", async () => {
  const source = new Numbers(3);
  const stream = new PullStream(source);
  await stream.cancel("enough");
  assertEquals(source.log, [["cancel", "enough"]]);
});

Deno.test("fail() ends a stream with an error, and one that is over with nothing", async () => {
  const failed = new PullStream(new Numbers(3));
  failed.fail(new Error("broken"));
  await assertRejects(() => failed.getReader().read(), Error, "broken");
  const over = new PullStream(new Numbers(1));
  assertEquals(await Array.fromAsync(over), [1]);
  over.fail(new Error("late"));
  const read = new PullStream(new Numbers(1));
  const reader = read.getReader();
  await reader.read();
  read.fail(new Error("late"));
  assertEquals(await reader.read(), { done: true, value: undefined });
});

Deno.test("an item that comes after the stream was cancelled is dropped", async () => {
  const given = Promise.withResolvers<void>();
  const stream = new PullStream<number>({
    isComplete: false,
    next: async (made) => {
      await given.promise;
      return made(1);
    },
    cancel: () => {},
  });
  const reader = stream.getReader();
  const reading = reader.read();
  await reader.cancel();
  given.resolve();
  assertEquals(await reading, { done: true, value: undefined });
});
