/**
 * The bench: `deno task bench`. Measures this server and its rivals on this machine, in one run, and
 * prints their ratios. Whatever it starts or writes is gone when it ends, however it ends.
 */

import { findContestants } from "./contestants.ts";
import { writeDocroot } from "./docroot.ts";
import { measure } from "./measure.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { tryVersion } from "./process.ts";
import { renderScenario, reportScenario, type ScenarioReport } from "./report.ts";
import type { ServerKey } from "./scenarios.ts";

const INSTALL_HINT = "apt-get install wrk nginx-light";

/** Runs the bench and returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(args);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  const wrkVersion = tryVersion("wrk", "--version");
  if (!wrkVersion) {
    console.error(`Cannot run the bench: wrk is not installed; ${INSTALL_HINT}`);
    return 1;
  }
  const interruption = new AbortController();
  const interrupt = () => interruption.abort(new Error("Interrupted"));
  const signals: Deno.Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const name of signals) Deno.addSignalListener(name, interrupt);
  try {
    await runBench(options, describeMachine(wrkVersion), interruption.signal);
    return 0;
  } catch (error) {
    if (interruption.signal.aborted) {
      console.error("Interrupted");
      return 130;
    }
    console.error(error instanceof Error ? `${error.message}${causeOf(error)}` : error);
    return 1;
  } finally {
    for (const name of signals) Deno.removeSignalListener(name, interrupt);
  }
}

async function runBench(
  options: BenchOptions,
  machine: string,
  signal: AbortSignal,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "eco_http_bench_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  await Deno.chmod(folder, 0o755); // see writeDocroot
  const docroot = `${folder}/docroot`;
  await Deno.mkdir(docroot);
  const digests = await writeDocroot(docroot, options.scenarios);

  const wanted = new Set<ServerKey>(
    options.scenarios.flatMap((one) => one.servers).filter((key) => !options.without.has(key)),
  );
  const contestants = await findContestants(wanted, {
    docroot,
    signal,
    connections: options.connections ?? 64,
    makeScratch: async (name) => {
      await Deno.mkdir(`${folder}/${name}`);
      return `${folder}/${name}`;
    },
    onNote: (message) => console.error(message),
  });

  if (!options.json) {
    console.log(`${machine}; ${options.rounds} rounds of ${options.seconds} s, in turn; medians\n`);
  }
  const reports: ScenarioReport[] = [];
  for (const scenario of options.scenarios) {
    const inScenario = scenario.servers.flatMap((key) => contestants.get(key) ?? []);
    if (inScenario.length === 0) {
      console.error(`Skipping ${scenario.name}: no server is left to measure`);
      continue;
    }
    const connections = scenario.group === "download"
      ? scenario.connections
      : options.connections ?? scenario.connections;
    const measurements = await measure(scenario, inScenario, {
      seconds: options.seconds,
      rounds: options.rounds,
      connections,
      digest: digests.get(scenario.target)!,
      signal,
      onProgress: (message) => console.error(message),
    });
    const report = reportScenario(scenario, connections, measurements);
    reports.push(report);
    if (!options.json) console.log(renderScenario(report));
  }
  if (options.json) {
    const { rounds, seconds } = options;
    console.log(JSON.stringify({ machine, rounds, seconds, scenarios: reports }, null, 2));
  }
}

function describeMachine(wrkVersion: string): string {
  const { os, arch } = Deno.build;
  return `${navigator.hardwareConcurrency} processors, ${os} ${arch}, wrk ${wrkVersion}`;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `: ${error.cause.message}` : "";
}

if (import.meta.main) Deno.exit(await main(Deno.args));
