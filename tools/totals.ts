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

/** What the last line of a test run says. */
export interface Summary extends Totals {
  steps: number;
}

/** The last line of a test run: `ok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)`. */
const TEST_SUMMARY =
  /^(?:ok|FAILED) \| (\d+) passed(?: \((\d+) steps?\))? \| (\d+) failed(?: \(\d+ steps?\))?(?: \| (\d+) ignored)?/;
/** A verdict of `tools/ok.ts`: `check | lint | passed`. */
const CHECK_VERDICT = /^check \| [^|]+ \| (passed|failed)$/;
// deno-lint-ignore no-control-regex -- terminal colours start with an escape character
const COLOR = /\x1b\[[0-9;]*m/g;

/** The summary of a test run in its output; undefined if it did not come to one. */
export function readSummary(output: string): Summary | undefined {
  // Tests may print summaries of runs that they start: the last one is the run's own.
  const found = linesOf(output).map((line) => TEST_SUMMARY.exec(line))
    .findLast((match) => match !== null);
  if (found === undefined) return undefined;
  const [passed, steps, failed, skipped] = found!.slice(1).map((count) => Number(count ?? 0));
  return { passed: passed!, steps: steps!, failed: failed!, skipped: skipped! };
}

/** Counts what the output of one run reports; `exitCode` is how that run ended. */
export function countRun(output: string, exitCode: number): Totals {
  const totals: Totals = { passed: 0, failed: 0, skipped: 0 };
  let complete = false;
  for (const line of linesOf(output)) {
    const verdict = CHECK_VERDICT.exec(line)?.[1];
    if (verdict === undefined) continue;
    complete = true;
    totals[verdict as "passed" | "failed"]++;
  }
  const summary = readSummary(output);
  if (summary !== undefined) {
    complete = true;
    totals.passed += summary.passed;
    totals.failed += summary.failed;
    totals.skipped += summary.skipped;
  }
  if (totals.failed === 0 && (exitCode !== 0 || !complete)) totals.failed = 1;
  return totals;
}

function linesOf(output: string): string[] {
  return output.replaceAll(COLOR, "").split(/\r?\n/);
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
