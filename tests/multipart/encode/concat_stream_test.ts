import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  BytesSupply,
  type ByteSupply,
  concatStream,
  StreamSupply,
} from "../../../multipart/encode/concat_stream.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A supply that notes what happens to it. */
class NotedSupply implements ByteSupply {
  readonly #name: string;
  readonly #log: string[];
  readonly #pieces: (string | Error | Promise<undefined>)[];

  constructor(name: string, log: string[], ...pieces: (string | Error | Promise<undefined>)[]) {
    this.#name = name;
    this.#log = log;
    this.#pieces = pieces;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#log.push(`read ${this.#name}`);
    const piece = await this.#pieces.shift();
    if (piece instanceof Error) throw piece;
    return piece === undefined ? undefined : bytesOf(piece);
  }

  close(reason?: unknown): void {
    this.#log.push(`close ${this.#name}${reason === undefined ? "" : ` for ${reason}`}`);
  }
}

Deno.test("concatStream() gives the bytes of all supplies in order", async () => {
  const log: string[] = [];
  const stream = concatStream([
    new BytesSupply(bytesOf("one ")),
    new NotedSupply("a", log, "two ", "", "three "),
    new BytesSupply(new Uint8Array(0)),
    new StreamSupply(() => new Response("four").body!),
  ]);
  assertEquals(await new Response(stream).text(), "one two three four");
  assertEquals(log, ["read a", "read a", "read a", "read a", "close a"]);
});

Deno.test("concatStream() of nothing is empty", async () => {
  assertEquals(await new Response(concatStream([])).text(), "");
});

Deno.test("concatStream() reads nothing before it is asked for", async () => {
  const log: string[] = [];
  const asked: string[] = [];
  const supplies = function* () {
    for (const name of ["a", "b"]) {
      asked.push(name);
      yield new NotedSupply(name, log, "x", "y");
    }
  };
  const reader = concatStream(supplies()).getReader();
  await Promise.resolve();
  assertEquals([log, asked], [[], []]);
  await reader.read();
  assertEquals([log, asked], [["read a"], ["a"]]);
  await reader.read();
  assertEquals([log, asked], [["read a", "read a"], ["a"]]);
  await reader.cancel();
});

Deno.test("concatStream() closes what is read and what would follow when it is cancelled", async () => {
  const log: string[] = [];
  const reader = concatStream([
    new NotedSupply("a", log, "x"),
    new NotedSupply("b", log, "y", "z"),
    new NotedSupply("c", log, "z"),
  ]).getReader();
  await reader.read();
  await reader.read();
  log.length = 0;
  await reader.cancel("no time");
  assertEquals(log, ["close b for no time", "close c for no time"]);
});

Deno.test("concatStream() can be cancelled before it is read", async () => {
  const log: string[] = [];
  await concatStream([new NotedSupply("a", log), new NotedSupply("b", log)]).cancel("no");
  assertEquals(log, ["close a for no", "close b for no"]);
});

Deno.test("concatStream() can be cancelled while a read waits", async () => {
  const log: string[] = [];
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const reader = concatStream([
    new NotedSupply("a", log, promise),
    new NotedSupply("b", log, "y"),
  ]).getReader();
  const read = reader.read();
  while (log.length === 0) await Promise.resolve();
  await reader.cancel("no");
  resolve(undefined);
  assertEquals((await read).done, true);
  await Promise.resolve();
  assertEquals(log, ["read a", "close a for no", "close b for no"]);
});

Deno.test("concatStream() fails as its supply fails, and closes everything", async () => {
  const log: string[] = [];
  const error = new Error("broken");
  const reader = concatStream([
    new NotedSupply("a", log, "x"),
    new NotedSupply("b", log, error),
    new NotedSupply("c", log, "z"),
  ]).getReader();
  await reader.read();
  assertStrictEquals(await assertRejects(() => reader.read()), error);
  assertEquals(log.slice(-3), ["read b", "close b for Error: broken", "close c for Error: broken"]);
});

Deno.test("concatStream() fails at once, however long the others take to close", async () => {
  const closed: unknown[] = [];
  const hanging: ByteSupply = {
    read: () => Promise.resolve(undefined),
    close(reason) {
      closed.push(reason);
      return new Promise<void>(() => {});
    },
  };
  const error = new Error("broken");
  const stream = concatStream([new NotedSupply("a", [], error), hanging, hanging]);
  assertStrictEquals(await assertRejects(() => stream.getReader().read()), error);
  assertEquals(closed, [error, error]);
});

Deno.test("concatStream() closes all supplies, also after one that cannot be closed", async () => {
  const log: string[] = [];
  const stuck: ByteSupply = {
    read: () => Promise.reject(new Error("broken")),
    close() {
      throw new Error("stuck");
    },
  };
  const failing = concatStream([stuck, stuck, new NotedSupply("a", log)]);
  await assertRejects(() => failing.getReader().read(), Error, "broken");
  await assertRejects(
    () => concatStream([stuck, new NotedSupply("b", log)]).cancel(),
    Error,
    "stuck",
  );
  assertEquals(log, ["close a for Error: broken", "close b"]);
});

Deno.test("StreamSupply cancels its stream, even one that was not read yet", async () => {
  const reasons: unknown[] = [];
  const make = () => new ReadableStream({ cancel: (reason) => void reasons.push(reason) });
  await concatStream([new StreamSupply(make), new StreamSupply(make)]).cancel("enough");
  assertEquals(reasons, ["enough", "enough"]);
});

Deno.test("StreamSupply has nothing to close where its stream cannot be opened", async () => {
  const error = new Error("sent before");
  const open = () => {
    throw error;
  };
  await concatStream([new StreamSupply(open)]).cancel("enough");
  const reading = concatStream([new StreamSupply(open)]).getReader().read();
  assertStrictEquals(await assertRejects(() => reading), error);
});
