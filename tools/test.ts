/**
 * `deno task test`: all tests, in two halves at the same time, since most of them wait more than they
 * work. The output of the second half follows on that of the first; the last line adds both up. With
 * files or folders among the arguments it is `deno test` of these; options go to both halves.
 */

import { readSummary, type Summary } from "./totals.ts";

/** The folders of the first half, which take about half of the time; everything else is the second. */
const FIRST = ["tests/client", "tests/conformance", "tests/wire"];
const TESTS = "tests";

/** What a run came to, and what it printed. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** The paths of both halves, given what is in the folder of the tests. */
export function halves(entries: readonly string[]): [string[], string[]] {
  const paths = entries.map((name) => `${TESTS}/${name}`).sort();
  const second = paths.filter((path) => !FIRST.includes(path));
  return [paths.filter((path) => FIRST.includes(path)), second];
}

/** The summary of several runs, as a line like those of `deno test`; undefined if one has none. */
export function addSummaries(runs: readonly Run[], seconds: number): string | undefined {
  const sum: Summary = { passed: 0, steps: 0, failed: 0, skipped: 0 };
  for (const { output } of runs) {
    const summary = readSummary(output);
    if (summary === undefined) return undefined;
    sum.passed += summary.passed;
    sum.steps += summary.steps;
    sum.failed += summary.failed;
    sum.skipped += summary.skipped;
  }
  const { passed, steps, failed, skipped } = sum;
  const verdict = failed === 0 && runs.every(({ code }) => code === 0) ? "ok" : "FAILED";
  const ignored = skipped === 0 ? "" : ` | ${skipped} ignored`;
  return `${verdict} | ${passed} passed (${steps} steps) | ${failed} failed${ignored} (${seconds}s)`;
}

async function main(args: string[]): Promise<number> {
  if (args.some((arg) => !arg.startsWith("-"))) return await deno("test", "--allow-all", ...args);
  // Types are checked, and packages loaded, once for both.
  const code = await deno("test", "--no-run", ...args);
  if (code !== 0) return code;
  const entries = [...Deno.readDirSync(TESTS)]
    .filter(({ name, isDirectory }) => isDirectory || name.endsWith("_test.ts"))
    .map(({ name }) => name);
  const start = performance.now();
  const [first, second] = halves(entries).map((paths, index) =>
    runHalf([...args, ...paths], index === 0)
  ) as [Promise<Run>, Promise<Run>];
  const runs = [await first, await second];
  await print(runs[1]!.output);
  const summary = addSummaries(runs, Math.round((performance.now() - start) / 1000));
  if (summary !== undefined) console.log(summary);
  return Math.max(...runs.map((run) => run.code));
}

/** Runs deno to its end, here. */
async function deno(...args: string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
  return (await child.status).code;
}

/** Runs tests, and keeps what they print; `isShown`: prints it as it comes, too. */
async function runHalf(args: string[], isShown: boolean): Promise<Run> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let output = "";
  const keep = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      output += text;
      if (isShown) await print(text);
    }
  };
  await Promise.all([keep(child.stdout), keep(child.stderr)]);
  return { code: (await child.status).code, output };
}

async function print(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
