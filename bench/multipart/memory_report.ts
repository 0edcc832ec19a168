/**
 * Turns what was seen of the parsers' memory into what is printed.
 */

import type { ContestantKey, StreamScenario } from "../scenarios.ts";
import { summarize, type Summary } from "../stats.ts";
import { formatNumber, formatRange, renderTable } from "../table.ts";
import type { MemoryMeasurement } from "./memory.ts";

/** One parser. */
export interface MemoryRow {
  contestant: ContestantKey;
  label: string;
  growthMb: Summary;
  peakMb: Summary;
  rate: Summary;
}

/** One scenario. */
export interface MemoryReport {
  scenario: string;
  title: string;
  rateUnit: "MB/s";
  rows: MemoryRow[];
}

/** Sums the runs of a scenario up. */
export function reportMemory(
  scenario: Pick<StreamScenario, "name" | "title">,
  measurements: readonly MemoryMeasurement[],
): MemoryReport {
  const rows = measurements.map(({ contestant, samples }): MemoryRow => ({
    contestant: contestant.key,
    label: contestant.label,
    growthMb: summarize(samples.map((sample) => sample.growthMb)),
    peakMb: summarize(samples.map((sample) => sample.peakMb)),
    rate: summarize(samples.map((sample) => sample.rate)),
  }));
  return { scenario: scenario.name, title: scenario.title, rateUnit: "MB/s", rows };
}

/** A scenario as text: a title and a table. */
export function renderMemory(report: MemoryReport): string {
  const head = ["", "growth MB", "min–max", "peak MB", "min–max", "MB/s", "min–max"];
  const cells = ({ median, min, max }: Summary) => [formatNumber(median), formatRange(min, max)];
  const rows = report.rows.map((
    { label, growthMb, peakMb, rate },
  ) => [label, ...cells(growthMb), ...cells(peakMb), ...cells(rate)]);
  return `${report.title}\n${renderTable(head, rows)}`;
}
