/**
 * Lets contestants take turns in one scenario: warms each up, and then runs them round after round, so
 * that a change of the machine's pace meets all of them alike. Who they are, and how one puts load on
 * them or has them put load on a server, is in ready_servers.ts and ready_clients.ts.
 */

import { readCpuMs } from "./cpu.ts";
import type { Scenario } from "./scenarios.ts";
import type { Contestant } from "./grounds.ts";

/** Somebody who was started, and answered or asked right. */
export interface Runner {
  contestant: Contestant;
  /** The process whose processor time counts. */
  pid: number;
  /** The server under a client. */
  peerPid?: number;
  run: (seconds: number) => Promise<Load>;
}

/** What came of a run. */
export interface Load {
  /** Answers a second; of bodies, MB (MiB) a second. */
  rate: number;
  /** The answers or MB that the processor time is divided by. */
  units: number;
}

/** One run of one contestant. */
export interface Sample {
  /** Answers a second; of bodies, MB a second. */
  rate: number;
  /** Processor time of the contestant an answer, or a MB. Undefined without /proc. */
  cpuMicros: number | undefined;
  /** Share of one processor that the contestant used; 1 is all of it. */
  busy: number | undefined;
  /** The same of the server under a client. */
  peerBusy: number | undefined;
}

/** All runs of one contestant in a scenario. */
export interface Measurement {
  contestant: Contestant;
  samples: Sample[];
}

/** How to measure. */
export interface MeasurePlan {
  seconds: number;
  rounds: number;
  signal: AbortSignal;
  onProgress: (message: string) => void;
}

export const MIB: number = 1024 * 1024;

/** Runs everybody `rounds` times, in turn. */
export async function takeTurns(
  scenario: Pick<Scenario, "name">,
  runners: readonly Runner[],
  plan: MeasurePlan,
): Promise<Measurement[]> {
  const entries = runners.map((runner) => ({
    runner,
    measurement: { contestant: runner.contestant, samples: [] } as Measurement,
  }));
  for (const { runner } of entries) await runOnce(runner, 1, plan.signal);
  for (let round = 1; round <= plan.rounds; round++) {
    plan.onProgress(`${scenario.name}: round ${round} of ${plan.rounds}`);
    for (const { runner, measurement } of entries) {
      measurement.samples.push(await runOnce(runner, plan.seconds, plan.signal));
    }
  }
  return entries.map((entry) => entry.measurement);
}

async function runOnce(runner: Runner, seconds: number, signal: AbortSignal): Promise<Sample> {
  signal.throwIfAborted();
  const { pid, peerPid } = runner;
  const cpuBefore = readCpuMs(pid);
  const peerBefore = peerPid && readCpuMs(peerPid);
  const startMs = performance.now();
  const { rate, units } = await runner.run(seconds);
  const wallMs = performance.now() - startMs;
  const cpuMs = tryDifference(cpuBefore, readCpuMs(pid));
  const peerMs = tryDifference(peerBefore, peerPid && readCpuMs(peerPid));
  return {
    rate,
    cpuMicros: cpuMs === undefined ? undefined : cpuMs * 1000 / units,
    busy: cpuMs === undefined ? undefined : cpuMs / wallMs,
    peerBusy: peerMs === undefined ? undefined : peerMs / wallMs,
  };
}

function tryDifference(before: number | undefined, after: number | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after - before;
}
