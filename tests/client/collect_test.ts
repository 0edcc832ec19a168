import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { BodySource } from "../../client/body_source.ts";
import { collect, pour, save } from "../../client/collect.ts";
import { Control } from "../../client/exchange/control.ts";
import { FileSink } from "../../client/download/file_sink.ts";
import { LimitError } from "../../wire/errors.ts";
import { bytesOf, textOf } from "../wire/fakes.ts";

/** A source whose pieces all lie in one buffer that it uses again, as those of a connection do. */
class FakeBody implements BodySource {
  closes = 0;
  reads = 0;
  readonly #pieces: (string | Error)[];
  readonly #window = new Uint8Array(64);

  constructor(...pieces: (string | Error)[]) {
    this.#pieces = pieces;
  }

  read(): Promise<Uint8Array | undefined> {
    this.reads++;
    this.#window.fill(0x3f);
    const piece = this.#pieces.shift();
    if (piece instanceof Error) return Promise.reject(piece);
    if (piece === undefined) return Promise.resolve(undefined);
    this.#window.set(bytesOf(piece));
    return Promise.resolve(this.#window.subarray(0, piece.length));
  }

  close(): void {
    this.closes++;
  }
}

Deno.test("collect() puts the pieces together, as copies", async () => {
  assertEquals(textOf(await collect(new FakeBody("ab", "c", "def"), 6)), "abcdef");
  assertEquals(await collect(new FakeBody(), 0), new Uint8Array(0));
});

Deno.test("collect() closes a body that is over the limit, by a byte", async () => {
  const body = new FakeBody("ab", "cd", "never");
  const error = await assertRejects(() => collect(body, 3), LimitError);
  assertEquals([error.limit, error.max, body.closes, body.reads], ["maxBodyBytes", 3, 1, 2]);
  assertEquals(textOf(await collect(new FakeBody("ab", "cd"), 4)), "abcd");
});

Deno.test("collect() passes on why a body failed", async () => {
  const error = new Error("lost");
  assertStrictEquals(await assertRejects(() => collect(new FakeBody("a", error), 9)), error);
});

Deno.test("pour() gives copies, and waits for each to be taken", async () => {
  const control = new Control(0, undefined);
  const taken: Uint8Array[] = [];
  const body = new FakeBody("ab", "c");
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const poured = pour(body, (chunk) => gates[taken.push(chunk) - 1]!.promise, control);
  for (const [i, gate] of gates.entries()) {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    assertEquals([taken.length, body.reads], [i + 1, i + 1]);
    gate.resolve();
  }
  await poured;
  assertEquals([taken.map(textOf), body.closes], [["ab", "c"], 1]);
  control.end();
});

Deno.test("pour() takes functions that return anything", async () => {
  const control = new Control(0, undefined);
  const taken: Uint8Array[] = [];
  await pour(new FakeBody("ab", "c"), (chunk) => taken.push(chunk) as unknown as void, control);
  assertEquals(taken.map(textOf), ["ab", "c"]);
  control.end();
});

Deno.test("pour() gives the body up when it is not taken", async () => {
  const control = new Control(0, undefined);
  const error = new Error("no");
  const throws = () => {
    throw error;
  };
  for (const take of [throws, () => Promise.reject(error)]) {
    const body = new FakeBody("ab", "c");
    assertStrictEquals(await assertRejects(() => pour(body, take, control)), error);
    assertEquals([body.closes, body.reads], [1, 1]);
  }
  control.end();
});

Deno.test("pour() does not wait for a slow function when the request ends", async () => {
  const control = new Control(0, undefined);
  const body = new FakeBody("ab", "c");
  const poured = pour(body, () => new Promise(() => {}), control);
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  control.fail(new Error("over"));
  await assertRejects(() => poured, Error, "over");
  assertEquals(body.closes, 1);
  control.end();
});

Deno.test("save() writes a file that appears when it is whole", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_collect_" });
  try {
    const path = `${folder}/file`;
    const body = new FakeBody("ab", "c");
    await save(body, await FileSink.create(path), new Control(0, undefined));
    assertEquals([await Deno.readTextFile(path), body.closes], ["abc", 1]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("save() leaves a file as it was when the body fails", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_collect_" });
  try {
    const path = `${folder}/file`;
    await Deno.writeTextFile(path, "old");
    const sink = await FileSink.create(path);
    const body = new FakeBody("ab", new Error("lost"));
    await assertRejects(() => save(body, sink, new Control(0, undefined)), Error, "lost");
    await sink.discard();
    assertEquals([await Deno.readTextFile(path), body.closes], ["old", 1]);
    assert([...Deno.readDirSync(folder)].length === 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("save() waits for a writer that may wait no longer than the request may take", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_fifo_" });
  try {
    const path = `${folder}/fifo`;
    await new Deno.Command("mkfifo", { args: [path] }).output();
    // Both ends, so that opening does not wait; nobody reads.
    const reader = await Deno.open(path, { read: true, write: true });
    const sink = await FileSink.create(path);
    const control = new Control(0, undefined);
    const body = new FakeBody(...Array<string>(5000).fill("x".repeat(64)));
    const saving = save(body, sink, control);
    const reason = new Error("enough");
    let isOver = false;
    saving.catch(() => {}).finally(() => isOver = true);
    // The pipe is full when no more pieces are asked for.
    for (let before = -1; before < body.reads || before === 0;) {
      before = body.reads;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    assertEquals(isOver, false);
    control.fail(reason);
    assertStrictEquals(await assertRejects(() => saving), reason);
    assertEquals(body.closes, 1);
    // The write itself is the system's: it ends when somebody reads.
    const drain = new Uint8Array(65536);
    await reader.read(drain);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await sink.discard();
    reader.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
