import { assert, assertEquals } from "@std/assert";
import {
  finalLine,
  progressLine,
  type ProgressState,
  waitingLine,
} from "../../../client/command/progress_line.ts";

const STATE: ProgressState = {
  bytes: 5_200_000,
  total: 10_000_000,
  rate: 1_300_000,
  elapsedMs: 4000,
};

Deno.test("progressLine() shows share, bytes, rate and time left", () => {
  assertEquals(
    progressLine(STATE, 80),
    "[#################-----------------]  52%  5.2 MB / 10 MB  1.3 MB/s  0:04 left",
  );
});

Deno.test("progressLine() shows bytes, rate and time where the total is not known, or wrong", () => {
  assertEquals(progressLine({ ...STATE, total: undefined }, 80), "5.2 MB  1.3 MB/s  0:04");
  assertEquals(progressLine({ ...STATE, total: 1 }, 80), "5.2 MB  1.3 MB/s  0:04");
});

Deno.test("progressLine() never divides by nothing", () => {
  assert(progressLine({ ...STATE, rate: 0 }, 80).endsWith("0 B/s  stalled"));
  const empty = progressLine({ bytes: 0, total: 0, rate: 0, elapsedMs: 0 }, 80);
  assert(empty.includes("100%"), empty);
  assert(progressLine({ ...STATE, rate: 1e-9 }, 80).endsWith("99:59:59 left"));
});

Deno.test("progressLine() shows long times in hours", () => {
  assert(progressLine({ ...STATE, rate: 1300 }, 80).endsWith("1:01:32 left"));
});

Deno.test("progressLine() fits every terminal", () => {
  for (let columns = 1; columns < 200; columns++) {
    for (const total of [10_000_000, undefined]) {
      const line = progressLine({ ...STATE, total }, columns);
      assert(line.length < Math.max(columns, 7), `${columns}: ${line}`);
    }
  }
});

Deno.test("finalLine() shows bytes, time and rate", () => {
  assertEquals(finalLine(STATE), "5.2 MB in 0:04 (1.3 MB/s)");
});

Deno.test("waitingLine() shows what was sent, and how long that is ago", () => {
  assertEquals(waitingLine(STATE, 80), "5.2 MB sent  waiting for the server  0:04");
  assertEquals(waitingLine(STATE, 20), "5.2 MB sent");
});
