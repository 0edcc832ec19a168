/**
 * How much multipart parsers grow while a form passes through them that is longer than they should
 * ever keep. Every run has a process of its own, which has parsed a shorter one when it is measured.
 */

import type { MeasurePlan } from "../measure.ts";
import { MIB } from "../measure.ts";
import type { StreamScenario } from "../scenarios.ts";
import type { StreamJob } from "./job.ts";
import type { ParserContestant } from "./parsers.ts";
import { streamedFormDigest } from "./stream_source.mjs";

/** One run of one parser. */
export interface MemorySample {
  /** What the process grew by at the most, in MB of RSS. */
  growthMb: number;
  /** The most that it had, in MB of RSS. */
  peakMb: number;
  /** MB a second. */
  rate: number;
}

/** All runs of one parser. */
export interface MemoryMeasurement {
  contestant: ParserContestant;
  samples: MemorySample[];
}

/** Of the scenario's form, as much as is parsed first. */
const WARM_UP_SHARE = 1 / 4;

/** Runs everybody `rounds` times, in turn. */
export async function measureMemory(
  scenario: StreamScenario,
  contestants: readonly ParserContestant[],
  plan: Omit<MeasurePlan, "seconds">,
): Promise<MemoryMeasurement[]> {
  const measurements = contestants.map((contestant): MemoryMeasurement => ({
    contestant,
    samples: [],
  }));
  const warmUpBytes = Math.ceil(scenario.bytes * WARM_UP_SHARE);
  const digest = streamedFormDigest(warmUpBytes);
  const warmUp: StreamJob = { work: "stream", bytes: warmUpBytes, check: true, digest, seconds: 0 };
  for (let round = 1; round <= plan.rounds; round++) {
    plan.onProgress(`${scenario.name}: round ${round} of ${plan.rounds}`);
    for (const { contestant, samples } of measurements) {
      plan.signal.throwIfAborted();
      await using parser = contestant.start(plan.signal);
      await parser.perform(warmUp);
      const result = await parser.perform({ ...warmUp, bytes: scenario.bytes, check: false });
      const { before, peak } = result.memory!;
      samples.push({
        growthMb: (peak - before) / MIB,
        peakMb: peak / MIB,
        rate: scenario.bytes / MIB / result.seconds,
      });
    }
  }
  return measurements;
}
