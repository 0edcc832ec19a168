/**
 * `deno task test`: all tests, in two halves at the same time, since most of them wait more than they
 * work. The output of the second half follows on that of the first; the last line adds both up. To begin a file
 * costs more than most tests in it, so some files of a folder are loaded as one. With files or folders among the
 * arguments it is `deno test` of these; options go to both halves.
 */

import { readSummary, type Summary } from "./totals.ts";

/** The folders of the first half, which take about half of the time; everything else is the second. */
const FIRST = ["tests/client", "tests/conformance", "tests/wire", "tests/multipart", "tests/peers"];
const TESTS = "tests";
/** Files that are loaded as one. */
const FILES_IN_GROUP = 16;
/** Folders whose files each begin anew: they start many processes, or measure their own. */
const APART = ["tests/peers", "tests/browser", "tests/package"];

/** What a run came to, and what it printed. */
export interface Run {
  readonly code: number;
  readonly output: string;
}

/** The files of both halves, given those of all tests. */
export function halves(files: readonly string[]): [string[], string[]] {
  const isFirst = (file: string): boolean => FIRST.some((folder) => file.startsWith(`${folder}/`));
  return [files.filter(isFirst), files.filter((file) => !isFirst(file))];
}

/** The files in groups that are loaded as one: some of the same folder each. */
export function groupsOf(files: readonly string[]): string[][] {
  const groups: string[][] = [];
  const open = new Map<string, string[]>();
  for (const file of files) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    const isApart = APART.some((it) => `${folder}/`.startsWith(`${it}/`));
    let group = isApart ? undefined : open.get(folder);
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

async function main(args: string[]): Promise<number> {
  if (args.some((arg) => !arg.startsWith("-"))) return await deno("test", "--allow-all", ...args);
  // Types are checked, and packages loaded, once for both.
  const code = await deno("test", "--no-run", ...args);
  if (code !== 0) return code;
  const start = performance.now();
  const folder = Deno.makeTempDirSync({ prefix: "tests_" });
  let runs: Run[];
  try {
    const [first, second] = halves(testsIn(TESTS)).map((files, index) => {
      Deno.mkdirSync(`${folder}/${index}`);
      return runHalf([...args, ...writeGroups(groupsOf(files), `${folder}/${index}`)], index === 0);
    }) as [Promise<Run>, Promise<Run>];
    runs = [await first, await second];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
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
    args: ["test", "--config", "deno.json", "--allow-all", "--no-check", ...args],
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
