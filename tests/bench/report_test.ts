import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Measurement, Sample } from "../../bench/measure.ts";
import { renderScenario, reportScenario } from "../../bench/report.ts";
import { type ContestantKey, SCENARIOS } from "../../bench/scenarios.ts";

const HELLO = SCENARIOS[0];

Deno.test("reportScenario() puts our rate over a rival's, and its processor time over ours", () => {
  const report = reportScenario(HELLO, { connections: 64 }, [
    measurement("ours", [run(300, 2), run(100, 4), run(200, 3)]),
    measurement("nginx", [run(50, 12), run(400, 9), run(100, 6)]),
  ]);
  const [ours, nginx] = report.rows;
  assertEquals(ours.rate, { median: 200, min: 100, max: 300 });
  assertEquals([ours.speedRatio, ours.cpuRatio], [null, null]);
  assertEquals(nginx.cpuMicros, { median: 9, min: 6, max: 12 });
  assertEquals([nginx.speedRatio, nginx.cpuRatio], [2, 3]);
});

Deno.test("reportScenario() has no ratios without us", () => {
  const [row] =
    reportScenario(HELLO, { connections: 64 }, [measurement("nginx", [run(50, 12)])]).rows;
  assertEquals([row.speedRatio, row.cpuRatio], [null, null]);
});

Deno.test("reportScenario() has rates and their ratio where processor times cannot be read", () => {
  const blind = (rate: number): Sample => ({
    rate,
    cpuMicros: undefined,
    busy: undefined,
    peerBusy: undefined,
  });
  const report = reportScenario(HELLO, { connections: 64 }, [
    measurement("ours", [blind(90)]),
    measurement("deno", [blind(60)]),
  ]);
  assertEquals(report.rows.map((row) => [row.cpuMicros, row.busy]), [[null, null], [null, null]]);
  assertEquals([report.rows[1].speedRatio, report.rows[1].cpuRatio], [1.5, null]);
});

Deno.test("renderScenario() shows rate, range, processor time and both ratios in a row", () => {
  const text = renderScenario(reportScenario(HELLO, { connections: 64 }, [
    measurement("ours", [run(200_000, 4)]),
    measurement("nginx", [run(100_000, 6), run(100_000, 6), run(130_000, 6)]),
  ]));
  assertStringIncludes(text, "hello, 64 connections\n");
  const row = text.split("\n").find((line) => line.startsWith("nginx"))!;
  assertEquals(row.split(/ {2,}/), [
    "nginx",
    "100,000",
    "100,000–130,000",
    "6.00",
    "6.00–6.00",
    "50 %",
    "2.00",
    "1.50",
  ]);
});

Deno.test("renderScenario() of clients names the server under them and how busy it was", () => {
  const sample: Sample = { rate: 1000, cpuMicros: 30, busy: 0.75, peerBusy: 0.251 };
  const scenario = SCENARIOS.find((one) => one.name === "client-1")!;
  const report = reportScenario(scenario, { connections: 1, peer: "nginx" }, [
    measurement("ours", [sample]),
    measurement("undici", [{ ...sample, rate: 500, peerBusy: undefined }]),
  ]);
  const [title, head, _rule, ours, undici] = renderScenario(report).split("\n");
  assertStringIncludes(title, "1 connection to nginx");
  assertStringIncludes(head, "CPU busy  server busy  ours ÷ it");
  assertEquals(ours.split(/ {2,}/).slice(-4), ["75 %", "25 %", "-", "-"]);
  assertEquals(undici.split(/ {2,}/).slice(-4), ["75 %", "-", "2.00", "1.00"]);
});

Deno.test("renderScenario() names no connections where there are none", () => {
  const scenario = SCENARIOS.find((one) => one.name === "multipart-near")!;
  const report = reportScenario(scenario, {}, [
    measurement("ours", [run(800, 100)]),
    measurement("busboy", [run(400, 300)]),
  ]);
  const [title, head, _rule, ours, busboy] = renderScenario(report).split("\n");
  assertEquals([title, report.connections, report.peer], [scenario.title, null, null]);
  assertStringIncludes(head, "MB/s");
  assertEquals(ours.split(/ {2,}/)[1], "800");
  assertEquals(busboy.split(/ {2,}/).slice(-2), ["2.00", "3.00"]);
});

function run(rate: number, cpuMicros: number): Sample {
  return { rate, cpuMicros, busy: 0.5, peerBusy: undefined };
}

function measurement(key: ContestantKey, samples: Sample[]): Measurement {
  return { contestant: { key, label: key }, samples };
}
