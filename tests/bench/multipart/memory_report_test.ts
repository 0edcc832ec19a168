import { assertEquals } from "@std/assert";
import type { MemoryMeasurement, MemorySample } from "../../../bench/multipart/memory.ts";
import { renderMemory, reportMemory } from "../../../bench/multipart/memory_report.ts";
import { startParser } from "../../../bench/multipart/parser_process.ts";

const SCENARIO = { name: "multipart-memory", title: "a long file", rateUnit: "MB/s" } as const;

Deno.test("reportMemory() has medians and ranges of growth, peak and rate", () => {
  const report = reportMemory(SCENARIO, [
    measurement("ours", [sample(3, 90, 900), sample(1, 80, 700), sample(2, 100, 800)]),
  ]);
  const { rows, ...head } = report;
  assertEquals(head, { scenario: "multipart-memory", title: "a long file", rateUnit: "MB/s" });
  assertEquals(rows, [{
    contestant: "ours",
    label: "ours it is",
    growthMb: { median: 2, min: 1, max: 3 },
    peakMb: { median: 90, min: 80, max: 100 },
    rate: { median: 800, min: 700, max: 900 },
  }]);
});

Deno.test("renderMemory() shows them in a row", () => {
  const text = renderMemory(reportMemory(SCENARIO, [measurement("busboy", [sample(2, 90, 700)])]));
  const [title, _head, _rule, row] = text.split("\n");
  assertEquals(title, "a long file");
  assertEquals(row.split(/ {2,}/), [
    "busboy it is",
    "2.00",
    "2.00–2.00",
    "90.0",
    "90.0–90.0",
    "700",
    "700–700",
  ]);
});

function sample(growthMb: number, peakMb: number, rate: number): MemorySample {
  return { growthMb, peakMb, rate };
}

function measurement(key: "ours" | "busboy", samples: MemorySample[]): MemoryMeasurement {
  const start = (signal: AbortSignal) => startParser("true", [], signal);
  return { contestant: { key, label: `${key} it is`, start }, samples };
}
