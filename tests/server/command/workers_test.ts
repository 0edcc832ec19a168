import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { LineWriter } from "../../../server/command/line_writer.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings } from "../../../server/command/settings.ts";
import type { FromWorker, ToWorker } from "../../../server/command/worker_messages.ts";
import { Workers, type WorkerThread } from "../../../server/command/workers.ts";

const SETTINGS = resolveSettings(new OptionValues(parseArguments([])));

/** A worker that answers as it was made to. */
class FakeWorker extends EventTarget implements WorkerThread {
  readonly told: string[] = [];
  terminated = false;
  readonly #answer: (message: ToWorker) => FromWorker | undefined;

  constructor(answer: (message: ToWorker) => FromWorker | undefined) {
    super();
    this.#answer = answer;
  }

  postMessage(message: ToWorker): void {
    this.told.push(message.type);
    const data = this.#answer(message);
    if (data !== undefined) this.say(data);
  }

  say(data: FromWorker): void {
    queueMicrotask(() => this.dispatchEvent(new MessageEvent("message", { data })));
  }

  terminate(): void {
    this.terminated = true;
  }
}

const obeys = (message: ToWorker): FromWorker | undefined =>
  message.type === "start"
    ? { type: "listening" }
    : message.type === "shutdown"
    ? { type: "ended", drained: 2, cut: 1 }
    : undefined;

function recorder(): { lines: LineWriter; written: string[] } {
  const written: string[] = [];
  const lines = new LineWriter((bytes) => {
    written.push(new TextDecoder().decode(bytes));
    return Promise.resolve(bytes.length);
  }, () => {});
  return { lines, written };
}

Deno.test("Workers start together, write their lines in one place, and end together", async () => {
  const { lines, written } = recorder();
  const fakes: FakeWorker[] = [];
  const workers = await Workers.start(2, SETTINGS, lines, () => {
    const fake = new FakeWorker(obeys);
    fakes.push(fake);
    return fake;
  });
  const [one, two] = fakes;
  one!.say({ type: "log", lines: "a\nb\n" });
  two!.say({ type: "log", lines: "c\n" });
  workers.drain();
  assertEquals(await workers.shutdown(), { drained: 4, cut: 2 });
  await lines.flush();
  assertEquals(written.join(""), "a\nb\nc\n");
  assertEquals(one!.told.toSorted(), ["drain", "logged", "shutdown", "start"]);
});

Deno.test("Workers that are none need nothing", async () => {
  const workers = await Workers.start(0, SETTINGS, recorder().lines, () => {
    throw new Error("unexpected");
  });
  workers.drain();
  assertEquals(await workers.shutdown(), { drained: 0, cut: 0 });
});

Deno.test("Workers end when one of them cannot start", async () => {
  const fakes: FakeWorker[] = [];
  const start = Workers.start(2, SETTINGS, recorder().lines, () => {
    const fails = fakes.length === 1;
    const fake = new FakeWorker((message) =>
      fails ? { type: "failed", message: "Cannot listen on here: taken" } : obeys(message)
    );
    fakes.push(fake);
    return fake;
  });
  await assertRejects(() => start, Error, "Cannot listen on here: taken");
  assertEquals(fakes.map(({ terminated }) => terminated), [true, true]);
});

Deno.test("Workers say why a worker could not even begin", async () => {
  const start = Workers.start(1, SETTINGS, recorder().lines, () => {
    const fake = new FakeWorker(() => undefined);
    queueMicrotask(() => {
      fake.dispatchEvent(new ErrorEvent("error", { message: "no module", cancelable: true }));
    });
    return fake;
  });
  await assertRejects(() => start, Error, "Cannot start a worker: no module");
});

Deno.test("Workers go on, and end, without one that failed later", async () => {
  const fakes: FakeWorker[] = [];
  const workers = await Workers.start(2, SETTINGS, recorder().lines, () => {
    const isFirst = fakes.length === 0;
    const fake = new FakeWorker((message) =>
      isFirst && message.type === "shutdown" ? undefined : obeys(message)
    );
    fakes.push(fake);
    return fake;
  });
  const { error } = console;
  const complaints: unknown[] = [];
  console.error = (...args) => void complaints.push(...args);
  try {
    fakes[0]!.dispatchEvent(
      new ErrorEvent("error", { message: "out of memory", cancelable: true }),
    );
  } finally {
    console.error = error;
  }
  assertEquals(complaints, ["error: Cannot go on with a worker: out of memory"]);
  assertEquals(await workers.shutdown(), { drained: 2, cut: 1 });
});
