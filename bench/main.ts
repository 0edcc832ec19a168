/**
 * The bench: `deno task bench`. Measures this library and its rivals on this machine, in one run, and
 * prints their ratios. Whatever it starts or writes is gone when it ends, however it ends.
 */

import { type Peer, startPeer } from "./client_peers.ts";
import { type ClientContestant, findClients } from "./clients.ts";
import { writeDocroot } from "./docroot.ts";
import { type Runner, takeTurns } from "./measure.ts";
import { type BenchOptions, parseOptions, USAGE } from "./options.ts";
import { tryVersion } from "./process.ts";
import { readyClients } from "./ready_clients.ts";
import { readyServers } from "./ready_servers.ts";
import { measureMemory } from "./multipart/memory.ts";
import { type MemoryReport, renderMemory, reportMemory } from "./multipart/memory_report.ts";
import { findParsers, type ParserContestant } from "./multipart/parsers.ts";
import { readyParsers, writeScenarioForm } from "./multipart/ready_parsers.ts";
import { renderScenario, reportScenario, type ScenarioReport } from "./report.ts";
import type {
  ContestantKey,
  RateScenario,
  Scenario,
  ServerScenario,
  StreamScenario,
} from "./scenarios.ts";
import type { Contestant, Grounds } from "./grounds.ts";
import { findServers, type ServerContestant } from "./servers.ts";

/** Who can take part, and where. */
interface Field {
  grounds: Grounds;
  /** SHA-256 of the right body of each target, in hex. */
  digests: ReadonlyMap<string, string>;
  servers: ReadonlyMap<ContestantKey, ServerContestant>;
  clients: ReadonlyMap<ContestantKey, ClientContestant>;
  parsers: ReadonlyMap<ContestantKey, ParserContestant>;
}

type Report = ScenarioReport | MemoryReport;

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
  if (!wrkVersion && options.scenarios.some(needsWrk)) {
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
  const grounds: Grounds = {
    docroot,
    signal,
    connections: options.connections ?? 64,
    makeScratch: async (name) => {
      await Deno.mkdir(`${folder}/${name}`);
      return `${folder}/${name}`;
    },
    onNote: (message) => console.error(message),
  };
  const field: Field = {
    grounds,
    digests: await writeDocroot(docroot, options.scenarios),
    servers: await findServers(wantedIn(options, isOfServers), grounds),
    clients: await findClients(wantedIn(options, (one) => one.group === "client"), grounds),
    parsers: await findParsers(wantedIn(options, (one) => one.group === "multipart"), grounds),
  };

  if (!options.json) {
    console.log(`${machine}; ${options.rounds} rounds of ${options.seconds} s, in turn; medians\n`);
  }
  const reports: Report[] = [];
  for (const scenario of options.scenarios) {
    const report = await runScenario(scenario, field, options);
    if (report === undefined) {
      console.error(`Skipping ${scenario.name}: nobody is left to measure`);
      continue;
    }
    reports.push(report);
    if (options.json) continue;
    console.log("peer" in report ? renderScenario(report) : renderMemory(report));
  }
  if (options.json) {
    const { rounds, seconds } = options;
    console.log(JSON.stringify({ machine, rounds, seconds, scenarios: reports }, null, 2));
  }
}

/** Measures one scenario; undefined when nobody is left for it. */
async function runScenario(
  scenario: Scenario,
  field: Field,
  options: BenchOptions,
): Promise<Report | undefined> {
  return scenario.group === "multipart" && scenario.work === "stream"
    ? await runStream(scenario, field, options)
    : await runRates(scenario, field, options);
}

async function runRates(
  scenario: RateScenario,
  field: Field,
  options: BenchOptions,
): Promise<ScenarioReport | undefined> {
  await using stack = new AsyncDisposableStack();
  const { grounds } = field;
  const { signal } = grounds;
  let runners: Runner[];
  let connections: number | undefined;
  let peer: Peer | undefined;
  if (scenario.group === "multipart") {
    const contestants = choose(scenario, field.parsers);
    const form = await writeScenarioForm(scenario, grounds);
    runners = await readyParsers(form, contestants, signal, stack);
  } else if (scenario.group === "client") {
    const contestants = choose(scenario, field.clients);
    const digest = field.digests.get(scenario.target)!;
    connections = scenario.connections;
    peer = await startPeer(scenario, grounds);
    stack.use(peer.server);
    const plan = { peer, digest, docroot: grounds.docroot, signal };
    runners = await readyClients(scenario, contestants, plan, stack);
  } else {
    const contestants = choose(scenario, field.servers);
    const digest = field.digests.get(scenario.target)!;
    connections = scenario.connections;
    if (usesWrk(scenario)) connections = options.connections ?? connections;
    runners = await readyServers(scenario, contestants, { connections, digest, signal }, stack);
  }
  if (runners.length === 0) return undefined;
  const measurements = await takeTurns(scenario, runners, {
    seconds: options.seconds,
    rounds: options.rounds,
    signal,
    onProgress: (message) => console.error(message),
  });
  return reportScenario(scenario, { connections, peer: peer?.label }, measurements);
}

async function runStream(
  scenario: StreamScenario,
  field: Field,
  options: BenchOptions,
): Promise<MemoryReport | undefined> {
  const contestants = choose(scenario, field.parsers);
  if (contestants.length === 0) return undefined;
  const measurements = await measureMemory(scenario, contestants, {
    rounds: options.rounds,
    signal: field.grounds.signal,
    onProgress: (message) => console.error(message),
  });
  return reportMemory(scenario, measurements);
}

/** Those that take part in a scenario, in its order. */
function choose<T extends Contestant>(
  scenario: Scenario,
  found: ReadonlyMap<ContestantKey, T>,
): T[] {
  return scenario.contestants.flatMap((key) => found.get(key) ?? []);
}

/** Who is asked for in the scenarios chosen that `isMeant` picks. */
function wantedIn(
  options: BenchOptions,
  isMeant: (scenario: Scenario) => boolean,
): Set<ContestantKey> {
  const keys = options.scenarios.filter(isMeant).flatMap((one) => [...one.contestants]);
  return new Set(keys.filter((key) => !options.without.has(key)));
}

function isOfServers(scenario: Scenario): scenario is ServerScenario {
  return scenario.group !== "client" && scenario.group !== "multipart";
}

function needsWrk(scenario: Scenario): boolean {
  return isOfServers(scenario) && usesWrk(scenario);
}

function usesWrk({ load }: ServerScenario): boolean {
  return load === "wrk" || load === "wrk-post";
}

function describeMachine(wrkVersion: string | undefined): string {
  const { os, arch } = Deno.build;
  const wrk = wrkVersion === undefined ? "" : `, wrk ${wrkVersion}`;
  return `${navigator.hardwareConcurrency} processors, ${os} ${arch}${wrk}`;
}

function causeOf(error: Error): string {
  return error.cause instanceof Error ? `: ${error.cause.message}` : "";
}

if (import.meta.main) Deno.exit(await main(Deno.args));
