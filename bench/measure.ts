/**
 * Measures one scenario: starts a server of every contestant, sees that each answers right, warms
 * each up, and then runs them in turn, round after round, so that a change of the machine's pace
 * meets all of them alike.
 */

import { checkAnswer } from "./check.ts";
import type { Contestant } from "./contestants.ts";
import { readCpuMs } from "./cpu.ts";
import { runDownloads } from "./download.ts";
import type { RunningServer } from "./process.ts";
import type { Scenario } from "./scenarios.ts";
import { runWrk } from "./wrk.ts";

/** One run of one server. */
export interface Sample {
  /** Answers a second; of a download, MB (MiB) a second. */
  rate: number;
  /** Processor time of the server an answer; of a download, a MB. Undefined without /proc. */
  cpuMicros: number | undefined;
  /** Share of one processor that the server used; 1 is all of it. */
  busy: number | undefined;
}

/** All runs of one server in a scenario. */
export interface Measurement {
  contestant: Contestant;
  samples: Sample[];
}

/** How to measure. */
export interface MeasurePlan {
  seconds: number;
  rounds: number;
  connections: number;
  /** SHA-256 of the right body. */
  digest: string;
  signal: AbortSignal;
  onProgress: (message: string) => void;
}

const MIB = 1024 * 1024;

/** Runs every contestant `rounds` times, in turn. */
export async function measure(
  scenario: Scenario,
  contestants: readonly Contestant[],
  plan: MeasurePlan,
): Promise<Measurement[]> {
  await using stack = new AsyncDisposableStack();
  const entries: { measurement: Measurement; server: RunningServer }[] = [];
  for (const contestant of contestants) {
    const server = stack.use(await contestant.start(scenario, plan.signal));
    await checkAnswer(urlOf(scenario, server), {
      bodyBytes: scenario.bodyBytes,
      digest: plan.digest,
    }, plan.signal);
    entries.push({ measurement: { contestant, samples: [] }, server });
  }
  for (const { server } of entries) await runOnce(scenario, server, { ...plan, seconds: 1 });
  for (let round = 1; round <= plan.rounds; round++) {
    plan.onProgress(`${scenario.name}: round ${round} of ${plan.rounds}`);
    for (const { measurement, server } of entries) {
      measurement.samples.push(await runOnce(scenario, server, plan));
    }
  }
  return entries.map((entry) => entry.measurement);
}

async function runOnce(
  scenario: Scenario,
  server: RunningServer,
  plan: MeasurePlan,
): Promise<Sample> {
  plan.signal.throwIfAborted();
  const cpuBefore = readCpuMs(server.pid);
  const startMs = performance.now();
  const { rate, units } = await load(scenario, server, plan);
  const wallMs = performance.now() - startMs;
  const cpuAfter = readCpuMs(server.pid);
  if (cpuBefore === undefined || cpuAfter === undefined) {
    return { rate, cpuMicros: undefined, busy: undefined };
  }
  const cpuMs = cpuAfter - cpuBefore;
  return { rate, cpuMicros: cpuMs * 1000 / units, busy: cpuMs / wallMs };
}

/** Puts load on a server; `units` are the answers or MB that its processor time is divided by. */
async function load(
  scenario: Scenario,
  server: RunningServer,
  plan: MeasurePlan,
): Promise<{ rate: number; units: number }> {
  const { target, bodyBytes, pipeline } = scenario;
  const { seconds, connections, signal } = plan;
  if (scenario.group === "download") {
    const report = await runDownloads({ port: server.port, target, bodyBytes, seconds, signal });
    const units = report.bytes / MIB;
    return { rate: units / report.seconds, units };
  }
  const url = urlOf(scenario, server);
  const report = await runWrk({ url, connections, seconds, pipeline, bodyBytes, signal });
  return { rate: report.rate, units: report.requests };
}

function urlOf(scenario: Scenario, server: RunningServer): string {
  return `http://127.0.0.1:${server.port}${scenario.target}`;
}
