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

/** A stream over a source, and what makes it fail. */
function failable<T>(source: PullSource<T>): [PullStream<T>, (error: unknown) => void] {
  let fail: (error: unknown) => void;
  const stream = new PullStream(source, (it) => fail = it);
  return [stream, fail!];
}

function streamOf<T>(source: PullSource<T>): PullStream<T> {
  return failable(source)[0];
}

Deno.test("items are pulled when they are asked for, one at a time", async () => {
  const source = new Numbers(3);
  const reader = streamOf(source).getReader();
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
    const stream = streamOf(new Numbers(3));
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
  const read = streamOf(new Numbers(1));
  read.getReader();
  assertThrows(() => read[Symbol.asyncIterator](), TypeError, "it is being read already");
  assertThrows(() => read.values(), TypeError, "it is being read already");
});

Deno.test("a stream that is iterated is not read in any other way, until the loop is left", async () => {
  const stream = streamOf(new Numbers(3));
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
  const stream = () => streamOf(new Numbers(3));
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
  const [stream, fail] = failable(source);
  const iterator = stream[Symbol.asyncIterator]();
  const error = new Error("broken");
  source.next = () => {
    fail(error);
    return Promise.reject(error);
  };
  await assertRejects(() => iterator.next(), Error, "broken");
  assertEquals(stream.locked, false);
  await assertRejects(() => stream.cancel(), Error, "broken");
});

Deno.test("leaving a loop cancels the stream, unless that is prevented", async () => {
  const source = new Numbers(3);
  const stream = streamOf(source);
  for await (const item of stream) if (item === 2) break;
  assertEquals(source.log, [1, 2, ["cancel", undefined]]);
  assertEquals(stream.locked, false);
  assertEquals(await stream.getReader().read(), { done: true, value: undefined });

  const kept = new Numbers(3);
  const other = streamOf(kept);
  for await (const _ of other.values({ preventCancel: true })) break;
  assertEquals(await Array.fromAsync(other), [2, 3]);
  assertEquals(kept.log, [1, 2, 3, undefined]);
});

Deno.test("an iterator that is done stays done", async () => {
  const iterator = streamOf(new Numbers(1))[Symbol.asyncIterator]();
  assertEquals(await iterator.return!("early"), { done: true, value: "early" });
  assertEquals(await iterator.next(), { done: true, value: undefined });
  assertEquals(await iterator.return!("again"), { done: true, value: "again" });
});

Deno.test("cancelling hands on the reason", async () => {
  const source = new Numbers(3);
  const stream = streamOf(source);
  await stream.cancel("enough");
  assertEquals(source.log, [["cancel", "enough"]]);
});

Deno.test("what fails a stream ends it with an error, and one that is over with nothing", async () => {
  const [failed, fail] = failable(new Numbers(3));
  fail(new Error("broken"));
  await assertRejects(() => failed.getReader().read(), Error, "broken");
  const [over, failOver] = failable(new Numbers(1));
  assertEquals(await Array.fromAsync(over), [1]);
  failOver(new Error("late"));
  const [read, failRead] = failable(new Numbers(1));
  const reader = read.getReader();
  await reader.read();
  failRead(new Error("late"));
  assertEquals(await reader.read(), { done: true, value: undefined });
});

/** Gives its numbers when it is told to. */
class SlowNumbers extends Numbers {
  readonly #waiting: (() => void)[] = [];

  override next<R>(made: (item: number | undefined) => R): Promise<R> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    return promise.then(() => super.next(made));
  }

  give(): void {
    this.#waiting.shift()!();
  }
}

Deno.test("an item that was on its way when its reader let go comes to the loop that follows", async () => {
  for (const isLate of [false, true]) {
    const source = new SlowNumbers(3);
    const stream = streamOf<number>(source);
    const reader = stream.getReader();
    const read = reader.read().catch(() => {});
    // The platform asks for items a little later.
    await new Promise((resolve) => setTimeout(resolve, 0));
    reader.releaseLock();
    await read;
    const looping = Array.fromAsync(isLate ? stream.values() : stream);
    assertEquals(stream.locked, true);
    for (let i = 0; i < 3; i++) {
      source.give();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    assertEquals(await looping, [1, 2, 3]);
    assertEquals(stream.locked, false);
  }
});

Deno.test("a loop behind a reader that is left before it began, or while it waits, lets go", async () => {
  const unbegun = streamOf(new Numbers(3));
  const reader = unbegun.getReader();
  await reader.read();
  reader.releaseLock();
  await unbegun[Symbol.asyncIterator]().return!();
  assertEquals(unbegun.locked, false);
  assertEquals(await unbegun.getReader().read(), { done: true, value: undefined });

  const source = new SlowNumbers(3);
  const stream = streamOf<number>(source);
  const first = stream.getReader();
  const read = first.read();
  await new Promise((resolve) => setTimeout(resolve, 0));
  source.give();
  await read;
  first.releaseLock();
  const iterator = stream[Symbol.asyncIterator]();
  const waiting = iterator.next();
  assertEquals(await iterator.return!("enough"), { done: true, value: "enough" });
  assertEquals(await waiting, { done: true, value: undefined });
  assertEquals([stream.locked, source.log.at(-1)], [false, ["cancel", "enough"]]);
});

Deno.test("a loop behind a reader can be left, and fails as the stream does", async () => {
  const left = new Numbers(3);
  const stream = streamOf(left);
  const reader = stream.getReader();
  await reader.read();
  reader.releaseLock();
  for await (const _ of stream) break;
  assertEquals(left.log, [1, 2, ["cancel", undefined]]);
  assertEquals(stream.locked, false);

  const kept = new Numbers(3);
  const other = streamOf(kept);
  const otherReader = other.getReader();
  await otherReader.read();
  otherReader.releaseLock();
  for await (const _ of other.values({ preventCancel: true })) break;
  assertEquals(await Array.fromAsync(other), [3]);

  const [failing, fail] = failable(new Numbers(3));
  const last = failing.getReader();
  await last.read();
  last.releaseLock();
  fail(new Error("broken"));
  await assertRejects(() => Array.fromAsync(failing), Error, "broken");
  assertEquals(failing.locked, false);
});

Deno.test("an item that comes after the stream was cancelled is dropped", async () => {
  const given = Promise.withResolvers<void>();
  const stream = streamOf<number>({
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
