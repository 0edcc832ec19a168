/**
 * `deno task test`: all tests, in two processes at a time, since most of them wait more than they work. To begin a
 * file costs more than most tests in it, so some files of a folder are loaded as one; a few of these make a batch,
 * which is a run of `deno test`. The last line adds all up. With files or folders among the arguments it is
 * `deno test` of these; options go to every run.
 */

import { readSummary, type Summary } from "./totals.ts";

const TESTS = "tests";
/** Files that are loaded as one. */
const FILES_IN_GROUP = 16;
/** Groups that are one run. */
const GROUPS_IN_BATCH = 6;
const RUNS_AT_A_TIME = 2;
/** How much is said again of a run that broke off. */
const LAST_LINES = 40;
/**
 * Whose files each begin anew. They take long, too, so that they come first: at the end both processes shall have
 * something to do.
 */
const APART = [
  "tests/peers/", // start many processes, or measure their own
  "tests/browser/",
  "tests/package/",
  "tests/conformance/multipart/linear_test.ts", // takes times, which the memory of others would change
  "tests/server/websocket/upgrade_test.ts", // looks at what is loaded
];

/** What a run came to, and what it printed. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** The files in groups that are loaded as one: some of the same folder each. */
export function groupsOf(files: readonly string[]): string[][] {
  const isApart = (file: string): boolean => APART.some((it) => file.startsWith(it));
  const groups = files.filter(isApart).map((file) => [file]);
  const open = new Map<string, string[]>();
  for (const file of files.filter((file) => !isApart(file))) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    let group = open.get(folder);
    if (group === undefined || group.length === FILES_IN_GROUP) {
      group = [];
      groups.push(group);
      open.set(folder, group);
    }
    group.push(file);
  }
  return groups;
}

/** Writes a module for each group into `folder`; returns their paths. */
function writeGroups(groups: readonly (readonly string[])[], folder: string): string[] {
  return groups.map((files, index) => {
    const path = `${folder}/${index}_test.ts`;
    const imports = files.map((file) => `import ${JSON.stringify(toUrl(file))};\n`);
    Deno.writeTextFileSync(path, imports.join(""));
    return path;
  });
}

function toUrl(file: string): string {
  return new URL(`../${file}`, import.meta.url).href;
}

/** All files with tests below a folder, in order. */
function testsIn(folder: string): string[] {
  const files: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) files.push(...testsIn(path));
    else if (name.endsWith("_test.ts")) files.push(path);
  }
  return files.sort();
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

/** What a run that failed says of it: its errors and the names of the tests, or its last lines if it broke off. */
export function failuresOf({ code, output }: Run): string {
  const failed = readSummary(output)?.failed ?? 0;
  if (code === 0 && failed === 0) return "";
  const lines = output.trimEnd().split("\n");
  // Tests may print errors of runs that they start: the last ones are the run's own.
  const from = lines.findLastIndex((line) => line.includes(" ERRORS "));
  return `${lines.slice(failed > 0 && from >= 0 ? from : -LAST_LINES).join("\n")}\n`;
}

async function main(args: string[]): Promise<number> {
  if (args.some((arg) => !arg.startsWith("-"))) return await deno("test", "--allow-all", ...args);
  // Types are checked, and packages loaded, once for all.
  const code = await deno("test", "--no-run", ...args);
  if (code !== 0) return code;
  const start = performance.now();
  const folder = Deno.makeTempDirSync({ prefix: "tests_" });
  const runs: Run[] = [];
  try {
    const modules = writeGroups(groupsOf(testsIn(TESTS)), folder);
    const work = async (): Promise<void> => {
      while (modules.length > 0) {
        const run = await runBatch([...args, ...modules.splice(0, GROUPS_IN_BATCH)]);
        runs.push(run);
        await print(run.output);
      }
    };
    await Promise.all(Array.from({ length: RUNS_AT_A_TIME }, work));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  const summary = addSummaries(runs, Math.round((performance.now() - start) / 1000));
  // Again where they are found: behind thousands of lines of other runs.
  await print(runs.map(failuresOf).join(""));
  if (summary !== undefined) console.log(summary);
  return Math.max(...runs.map((run) => run.code));
}

/** Runs deno to its end, here. */
async function deno(...args: string[]): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args, stdin: "null" }).spawn();
  return (await child.status).code;
}

/** Runs tests, and keeps what they print. */
async function runBatch(args: string[]): Promise<Run> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--config", "deno.json", "--allow-all", "--no-check", ...args],
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function print(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
