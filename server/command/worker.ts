/**
 * A worker of the serve command: a thread with a listener of its own on the port of the others. Importing this
 * module outside of a worker does nothing.
 *
 * @module
 */

import { LineWriter } from "./line_writer.ts";
import { type RunningSite, startSite } from "./start_site.ts";
import type { ServeSettings } from "./settings.ts";
import type { FromWorker, ToWorker } from "./worker_messages.ts";

/** The part of a worker's global scope that is used here. */
export interface WorkerScope {
  postMessage(message: FromWorker): void;
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
  close(): void;
}

/** Serves as told by messages. */
export function runWorker(scope: WorkerScope): void {
  let running: RunningSite | undefined;
  let graceMs = 0;
  let logged: (() => void) | undefined;
  const decoder = new TextDecoder();
  const lines = new LineWriter(
    (bytes) => {
      scope.postMessage({ type: "log", lines: decoder.decode(bytes) });
      return new Promise((resolve) => logged = () => resolve(bytes.length));
    },
    () => {}, // Messages cannot fail.
  );

  const start = (settings: ServeSettings): void => {
    try {
      running = startSite(settings, lines);
      graceMs = settings.graceMs;
      scope.postMessage({ type: "listening" });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      scope.postMessage({ type: "failed", message });
    }
  };
  const end = async (): Promise<void> => {
    const { drained, cut } = await running?.server.shutdown({ timeout: graceMs / 1000 }) ??
      { drained: 0, cut: 0 };
    await lines.flush();
    scope.postMessage({ type: "ended", drained, cut });
    scope.close();
  };

  scope.addEventListener("message", ({ data }) => {
    if (data.type === "start") start(data.settings);
    else if (data.type === "logged") logged?.();
    else if (data.type === "drain" && running !== undefined) running.site.draining = true;
    else if (data.type === "shutdown") end();
  });
}

if ("WorkerGlobalScope" in globalThis) runWorker(globalThis as unknown as WorkerScope);
