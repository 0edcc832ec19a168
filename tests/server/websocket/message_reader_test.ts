import { assertEquals, assertRejects } from "@std/assert";
import type { Receiver } from "../../../server/websocket/library.ts";
import { MessageReader } from "../../../server/websocket/message_reader.ts";

/** A connection, a receiver and a host that write down what happens. */
class Bench {
  readonly log: string[] = [];
  readonly reader: MessageReader;
  readonly kept: Uint8Array[] = [];
  error: Error | undefined;
  readonly #arrivals: (number | Error)[];

  constructor(...arrivals: (number | Error)[]) {
    this.#arrivals = arrivals;
    const receiver: Receiver = {
      on() {},
      write: (bytes, done) => {
        this.kept.push(bytes);
        this.log.push(`used ${bytes.length}`);
        queueMicrotask(() => done(this.error));
      },
    };
    this.reader = new MessageReader(this, receiver, {
      arrived: () => this.log.push("arrived"),
      ready: () => {
        this.log.push("ready");
        return Promise.resolve();
      },
      refused: (error) => this.log.push(`refused ${(error as Error).message}`),
    });
  }

  async read(into: Uint8Array): Promise<number | null> {
    const next = this.#arrivals.shift();
    await undefined;
    if (next === undefined) return null;
    if (next instanceof Error) throw next;
    this.log.push(`window ${into.length}`);
    const count = Math.min(next, into.length);
    into.fill(count & 255, 0, count);
    return count;
  }
}

Deno.test("what was buffered comes first, each piece when the one before is used", async () => {
  const bench = new Bench(2);
  await bench.reader.run(Uint8Array.of(1));
  assertEquals(bench.log, ["ready", "used 1", "window 4096", "arrived", "ready", "used 2"]);
});

Deno.test("a busy connection gets a large window, and one that may be idle a small one", async () => {
  const bench = new Bench(4096, 65536, 10_000, 10, 4096, 65535, 10);
  await bench.reader.run(new Uint8Array(0));
  assertEquals(bench.log.filter((it) => it.startsWith("window")), [
    "window 4096",
    "window 65536",
    "window 65536",
    "window 4096",
    "window 4096",
    "window 65536",
    "window 4096",
  ]);
  // Several looks at what waits for a client go with one large arrival.
  const used = bench.log.filter((it) => it.startsWith("used"));
  assertEquals(used.slice(1, 5), ["used 16384", "used 16384", "used 16384", "used 16384"]);
});

Deno.test("what the receiver keeps does not change with the next arrival", async () => {
  const bench = new Bench(1, 2);
  await bench.reader.run(new Uint8Array(0));
  assertEquals(bench.kept, [Uint8Array.of(1), Uint8Array.of(2, 2)]);
});

Deno.test("after an error of the receiver all is read and dropped", async () => {
  const bench = new Bench(3, 4);
  bench.error = new Error("bad");
  await bench.reader.run(new Uint8Array(0));
  assertEquals(bench.log, [
    "window 4096",
    "arrived",
    "ready",
    "used 3",
    "refused bad",
    "window 4096",
    "arrived",
    "ready",
  ]);
});

Deno.test("a connection that breaks rejects", async () => {
  const bench = new Bench(new Error("reset"));
  await assertRejects(() => bench.reader.run(new Uint8Array(0)), Error, "reset");
});
