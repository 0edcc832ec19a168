/**
 * Which servers run: for each rival, what has to be installed and how its server for a scenario is started.
 */

import { type Contestant, findProgram, type Grounds, prepareOrSkip } from "./grounds.ts";
import { startNginx } from "./nginx.ts";
import { type RunningServer, startPrintingServer } from "./process.ts";
import type { ContestantKey, ServerScenario } from "./scenarios.ts";
import { prepareStdFileServer } from "./std_file_server.ts";

/** One server that takes part. */
export interface ServerContestant extends Contestant {
  start: (scenario: ServerScenario, signal: AbortSignal) => Promise<RunningServer>;
}

type Found = Omit<ServerContestant, "key"> | undefined;

/** How each of them is found; undefined: it cannot take part, which was noted. */
const FINDERS: [key: ContestantKey, find: (grounds: Grounds) => Found | Promise<Found>][] = [
  ["ours", findOurs],
  [
    "bare",
    () => ({ label: "bare loop", start: (_, signal) => startDeno("bare_hello.ts", [], signal) }),
  ],
  ["deno", findDeno],
  ["node", findNode],
  ["nginx", findNginx],
  ["std", findStd],
];

/** Finds out which servers among `wanted` can take part. */
export async function findServers(
  wanted: ReadonlySet<ContestantKey>,
  grounds: Grounds,
): Promise<Map<ContestantKey, ServerContestant>> {
  const servers = new Map<ContestantKey, ServerContestant>();
  for (const [key, find] of FINDERS) {
    const found = wanted.has(key) ? await find(grounds) : undefined;
    if (found) servers.set(key, { key, ...found });
  }
  return servers;
}

async function findOurs({ docroot, makeScratch }: Grounds): Promise<Found> {
  const scratch = await makeScratch("ours");
  return {
    label: "ours",
    start(scenario, signal) {
      const { group } = scenario;
      if (group === "serve") return startHandler("ours_serve.ts", scenario, signal);
      if (group === "logged") {
        return startDeno("ours_logged.ts", [docroot, `${scratch}/access.log`], signal);
      }
      const isHello = group === "hello" || group === "pipelined";
      return isHello
        ? startDeno("ours_hello.ts", [], signal)
        : startDeno("ours_files.ts", [docroot], signal);
    },
  };
}

function findDeno(): Found {
  return {
    label: `Deno.serve ${Deno.version.deno}`,
    start: (scenario, signal) =>
      scenario.group === "serve"
        ? startHandler("deno_serve.ts", scenario, signal)
        : startDeno("deno_hello.ts", [], signal),
  };
}

function findNode(grounds: Grounds): Found {
  const source = "get it from https://nodejs.org";
  const version = findProgram("node", ["node", "--version"], source, grounds);
  if (!version) return undefined;
  return {
    label: `node:http ${version}`,
    start: (_, signal) => startPrintingServer("node", [serverPath("node_hello.mjs")], signal),
  };
}

async function findNginx(grounds: Grounds): Promise<Found> {
  const version = findProgram("nginx", ["nginx", "-v"], "apt-get install nginx-light", grounds);
  if (!version) return undefined;
  const { docroot, connections } = grounds;
  const scratch = await grounds.makeScratch("nginx");
  return {
    label: `nginx ${version}`,
    start: ({ group }, signal) =>
      startNginx({ docroot, connections, scratch, log: group === "logged" }, signal),
  };
}

async function findStd(grounds: Grounds): Promise<Found> {
  const { docroot, signal, onNote } = grounds;
  const scratch = await grounds.makeScratch("std");
  const prepare = () => prepareStdFileServer(scratch, signal);
  const std = await prepareOrSkip("std", "its file server could not be had", grounds, prepare);
  if (!std) return undefined;
  onNote(`The standard library's file server is ${std.label}`);
  return {
    label: "std serveDir",
    start: (_, signal) => startDeno("std_files.ts", [std.specifier, docroot], signal),
  };
}

function startHandler(
  file: string,
  { name, bodyBytes }: ServerScenario,
  signal: AbortSignal,
): Promise<RunningServer> {
  return startDeno(file, [name, String(bodyBytes)], signal);
}

/** Starts one of the programs in servers/ with Deno. */
export function startDeno(
  file: string,
  args: string[],
  signal: AbortSignal,
): Promise<RunningServer> {
  const command = ["run", "--quiet", "--no-check", "--allow-all", serverPath(file), ...args];
  return startPrintingServer(Deno.execPath(), command, signal);
}

function serverPath(file: string): string {
  return `${import.meta.dirname}/servers/${file}`;
}
