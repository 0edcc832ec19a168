import { assertEquals } from "@std/assert";
import { countRun, formatTotals, isSuccess, readSummary } from "../../tools/totals.ts";

const PASSED = "ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)\n";

Deno.test("countRun() reads the summary of a run, with steps and ignored tests or without", () => {
  const cases: [string, number, number, number][] = [
    [PASSED, 12, 0, 1],
    ["ok | 12 passed | 0 failed (7ms)\n", 12, 0, 0],
    ["FAILED | 10 passed (2 steps) | 4 failed (1 step) (105ms)\n", 10, 4, 0],
    ["ok | 1 passed | 0 failed | 2 ignored | 0 measured | 3 filtered out (1s)\n", 1, 0, 2],
    ["\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[38;5;245m(3ms)\x1b[0m\r\n", 3, 0, 0],
  ];
  for (const [output, passed, failed, skipped] of cases) {
    assertEquals(countRun(output, failed === 0 ? 0 : 1), { passed, failed, skipped }, output);
  }
});

Deno.test("countRun() takes the last summary, since tests may print those of runs within", () => {
  const output = `FAILED | 1 passed | 5 failed (1ms)\nmore\n${PASSED}`;
  assertEquals(countRun(output, 0), { passed: 12, failed: 0, skipped: 1 });
});

Deno.test("countRun() adds the verdicts of the checks to the tests among them", () => {
  const output = "ok | 4 passed | 0 failed (1ms)\ncheck | lint | passed\ncheck | docs | failed\n";
  assertEquals(countRun(output, 1), { passed: 5, failed: 1, skipped: 0 });
  assertEquals(countRun("check lint: deno lint\ncheck | lint | passed\n", 0).passed, 1);
});

Deno.test("countRun() counts a failure that was not reported as one", () => {
  const crashed = { passed: 0, failed: 1, skipped: 0 };
  assertEquals(countRun("error: Type checking failed\n", 1), crashed);
  assertEquals(countRun("", 137), crashed);
  assertEquals(countRun("", 0), crashed);
  assertEquals(countRun(PASSED, 1), { passed: 12, failed: 1, skipped: 1 });
});

Deno.test("formatTotals() names skipped tests only when there are any", () => {
  assertEquals(formatTotals({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
  assertEquals(formatTotals({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped");
});

Deno.test("isSuccess() wants something to have passed and nothing to have failed", () => {
  assertEquals(isSuccess({ passed: 1, failed: 0, skipped: 0 }), true);
  assertEquals(isSuccess({ passed: 1, failed: 1, skipped: 0 }), false);
  assertEquals(isSuccess({ passed: 0, failed: 0, skipped: 1 }), false);
});

Deno.test("readSummary() reads the last summary of an output, with its steps", () => {
  const summary = { passed: 12, steps: 3, failed: 0, skipped: 1 };
  assertEquals(readSummary(`ok | 1 passed | 0 failed (1s)\n${PASSED}`), summary);
  assertEquals(readSummary("error: it crashed"), undefined);
});
