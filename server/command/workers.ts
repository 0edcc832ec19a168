// Workers: threads that serve the same site on the same port. They are started when the port is known, and end together.

import type { ShutdownReport } from "../listen.ts";
import type { LineWriter } from "./line_writer.ts";
import type { ServeSettings } from "./settings.ts";
import type { FromWorker, ToWorker } from "./worker_messages.ts";

/** What is used of a worker. */
export type WorkerThread = Pick<Worker, "addEventListener" | "terminate"> & {
  postMessage(message: ToWorker): void;
};

/** Workers that are listening. */
export class Workers {
  readonly #threads: readonly Thread[];

  private constructor(threads: readonly Thread[]) {
    this.#threads = threads;
  }

  /**
   * Starts `count` workers with the settings, whose port is not 0, and waits until all are listening. Their lines go
   * to `lines`. Rejects when one of them cannot start, and then ends all. `make` is for tests.
   */
  static async start(
    count: number,
    settings: ServeSettings,
    lines: LineWriter,
    make: () => WorkerThread = makeWorker,
  ): Promise<Workers> {
    const threads = Array.from({ length: count }, () => new Thread(make(), settings, lines));
    try {
      await Promise.all(threads.map(({ listening }) => listening));
    } catch (error) {
      for (const thread of threads) thread.terminate();
      throw error;
    }
    return new Workers(threads);
  }

  /** Lets their health say that they are about to end. */
  drain(): void {
    for (const thread of this.#threads) thread.post({ type: "drain" });
  }

  /** Ends them gently; resolves with the sums of their reports. */
  async shutdown(): Promise<ShutdownReport> {
    for (const thread of this.#threads) thread.post({ type: "shutdown" });
    const reports = await Promise.all(this.#threads.map(({ ended }) => ended));
    const sum = { drained: 0, cut: 0 };
    for (const { drained, cut } of reports) {
      sum.drained += drained;
      sum.cut += cut;
    }
    return sum;
  }
}

function makeWorker(): WorkerThread {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
}

/** One worker. */
class Thread {
  /** Resolves when it is listening. */
  readonly listening: Promise<void>;
  /** Resolves when it has ended, be it by an error. */
  readonly ended: Promise<ShutdownReport>;
  readonly #worker: WorkerThread;

  constructor(worker: WorkerThread, settings: ServeSettings, lines: LineWriter) {
    this.#worker = worker;
    const listening = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<ShutdownReport>();
    let isListening = false;
    this.listening = listening.promise;
    this.ended = ended.promise;
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
      if (data.type === "listening") {
        isListening = true;
        listening.resolve();
      } else if (data.type === "failed") listening.reject(new Error(data.message));
      else if (data.type === "ended") ended.resolve(data);
      else this.#log(data.lines, lines);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const { message } = event as ErrorEvent;
      if (isListening) console.error(`error: Cannot go on with a worker: ${message}`);
      else listening.reject(new Error(`Cannot start a worker: ${message}`));
      ended.resolve({ drained: 0, cut: 0 });
    });
    this.post({ type: "start", settings });
  }

  post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  terminate(): void {
    this.#worker.terminate();
  }

  async #log(text: string, lines: LineWriter): Promise<void> {
    lines.put(text.slice(0, -1));
    // A reader that stands still holds the workers up as well.
    if (lines.full) await lines.flush();
    this.post({ type: "logged" });
  }
}
