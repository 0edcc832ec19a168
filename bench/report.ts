/**
 * Turns measurements into what is printed: a table for people, or plain data for programs.
 */

import type { Measurement } from "./measure.ts";
import type { ContestantKey, Scenario } from "./scenarios.ts";
import { summarize, type Summary } from "./stats.ts";
import { formatNumber, formatRange, formatRatio, renderTable } from "./table.ts";

/** One contestant in one scenario. */
export interface ReportRow {
  contestant: ContestantKey;
  label: string;
  rate: Summary;
  /** Microseconds a request, or a MB; null where processor times cannot be read. */
  cpuMicros: Summary | null;
  /** Share of one processor; null where processor times cannot be read. */
  busy: number | null;
  /** The same of the server under a client; null of servers. */
  peerBusy: number | null;
  /** Our rate by this one's: above 1 we are faster. Null without us. */
  speedRatio: number | null;
  /** This one's processor time by ours: above 1 we need less. Null without us. */
  cpuRatio: number | null;
}

/** One scenario. */
export interface ScenarioReport {
  scenario: string;
  title: string;
  /** Null where there is no network. */
  connections: number | null;
  /** The server under the clients; null where none is. */
  peer: string | null;
  rateUnit: "requests/s" | "MB/s";
  rows: ReportRow[];
}

/** Sums the runs of a scenario up. */
export function reportScenario(
  scenario: Pick<Scenario, "name" | "title" | "rateUnit">,
  run: { connections?: number; peer?: string },
  measurements: readonly Measurement[],
): ScenarioReport {
  const rows = measurements.map(({ contestant, samples }): ReportRow => ({
    contestant: contestant.key,
    label: contestant.label,
    rate: summarize(samples.map((sample) => sample.rate)),
    cpuMicros: trySummarize(samples.map((sample) => sample.cpuMicros)),
    busy: trySummarize(samples.map((sample) => sample.busy))?.median ?? null,
    peerBusy: trySummarize(samples.map((sample) => sample.peerBusy))?.median ?? null,
    speedRatio: null,
    cpuRatio: null,
  }));
  const ours = rows.find((row) => row.contestant === "ours");
  for (const row of rows) {
    if (!ours || row === ours) continue;
    row.speedRatio = ours.rate.median / row.rate.median;
    if (ours.cpuMicros && row.cpuMicros && ours.cpuMicros.median > 0) {
      row.cpuRatio = row.cpuMicros.median / ours.cpuMicros.median;
    }
  }
  return {
    scenario: scenario.name,
    title: scenario.title,
    connections: run.connections ?? null,
    peer: run.peer ?? null,
    rateUnit: scenario.rateUnit,
    rows,
  };
}

/** A scenario as text: a title and a table. */
export function renderScenario(report: ScenarioReport): string {
  const unit = report.rateUnit === "MB/s" ? "MB" : "request";
  const head = [
    "",
    report.rateUnit,
    "min–max",
    `CPU µs/${unit}`,
    "min–max",
    "CPU busy",
    ...(report.peer === null ? [] : ["server busy"]),
    "ours ÷ it",
    "CPU it ÷ ours",
  ];
  const rows = report.rows.map((row) => [
    row.label,
    formatNumber(row.rate.median),
    formatRange(row.rate.min, row.rate.max),
    formatNumber(row.cpuMicros?.median),
    row.cpuMicros ? formatRange(row.cpuMicros.min, row.cpuMicros.max) : "-",
    formatShare(row.busy),
    ...(report.peer === null ? [] : [formatShare(row.peerBusy)]),
    formatRatio(row.speedRatio ?? undefined),
    formatRatio(row.cpuRatio ?? undefined),
  ]);
  const peer = report.peer === null ? "" : ` to ${report.peer}`;
  return `${report.title}${formatConnections(report.connections)}${peer}\n${
    renderTable(head, rows)
  }`;
}

function formatConnections(count: number | null): string {
  if (count === null) return "";
  return count === 1 ? ", 1 connection" : `, ${count} connections`;
}

function formatShare(share: number | null): string {
  return share === null ? "-" : `${Math.round(share * 100)} %`;
}

function trySummarize(values: readonly (number | undefined)[]): Summary | null {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 && known.length === values.length ? summarize(known) : null;
}
