/**
 * `totals.ts <log> <exit code> …` adds up what the logs of test and check runs report, and prints
 * it as `12 passed, 0 failed`. A run that failed without naming a failure, or that ended before its
 * summary, counts as one failure: a crash is never taken for success.
 */

/** What one run, or several together, came to. */
export interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** The last line of a test run: `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`. */
const TEST_SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed(?: \(\d+ steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/;
/** A verdict of `tools/ok.ts`: `check | lint | passed`. */
const CHECK_VERDICT = /^check \| [^|]+ \| (passed|failed)$/;
// deno-lint-ignore no-control-regex -- terminal colours start with an escape character
const COLOR = /\x1b\[[0-9;]*m/g;

/** Counts what the output of one run reports; `exitCode` is how that run ended. */
export function countRun(output: string, exitCode: number): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  let complete = false;
  let summary: RegExpExecArray | null = null;
  for (const line of output.replaceAll(COLOR, "").split(/\r?\n/)) {
    // Tests may print summaries of runs that they start: the last one is the run's own.
    summary = TEST_SUMMARY.exec(line) ?? summary;
    const verdict = CHECK_VERDICT.exec(line)?.[1];
    if (verdict === undefined) continue;
    complete = true;
    totals[verdict as "passed" | "failed"]++;
  }
  if (summary !== null) {
    complete = true;
    totals.passed += Number(summary[1]);
    totals.failed += Number(summary[2]);
    totals.skipped += Number(summary[3] ?? 0);
  }
  if (totals.failed === 0 && (exitCode !== 0 || !complete)) totals.failed = 1;
  return totals;
}

/** The line that ends a report; skipped tests are named when there are any. */
export function formatTotals({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

/** Nothing failed, and there was something to fail. */
export function isSuccess({ passed, failed }: Totals): boolean {
  return failed === 0 && passed > 0;
}

async function main(args: string[]): Promise<number> {
  const sum: Totals = { passed: 0, failed: 0, skipped: 0 };
  for (let i = 0; i + 1 < args.length; i += 2) {
    const run = countRun(await Deno.readTextFile(args[i]), Number(args[i + 1]));
    sum.passed += run.passed;
    sum.failed += run.failed;
    sum.skipped += run.skipped;
  }
  console.log(formatTotals(sum));
  return isSuccess(sum) ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
