/**
 * Which servers run: for each rival, what has to be installed and how its server for a scenario is started.
 */

import { startNginx } from "./nginx.ts";
import { type RunningServer, startPrintingServer, tryVersion } from "./process.ts";
import type { ContestantKey, ServerScenario } from "./scenarios.ts";
import { prepareStdFileServer, type StdFileServer } from "./std_file_server.ts";

/** Somebody who takes part. */
export interface Contestant {
  key: ContestantKey;
  label: string;
}

/** One server that takes part. */
export interface ServerContestant extends Contestant {
  start: (scenario: ServerScenario, signal: AbortSignal) => Promise<RunningServer>;
}

/** Where the contestants find and leave things. */
export interface Grounds {
  docroot: string;
  /** Makes an empty folder that goes away with the bench. */
  makeScratch: (name: string) => Promise<string>;
  connections: number;
  signal: AbortSignal;
  /** Hears who cannot take part and why, and other things worth knowing. */
  onNote: (message: string) => void;
}

/** Finds out which servers among `wanted` can take part. */
export async function findServers(
  wanted: ReadonlySet<ContestantKey>,
  grounds: Grounds,
): Promise<Map<ContestantKey, ServerContestant>> {
  const found = new Map<ContestantKey, ServerContestant>();
  const add = (key: ContestantKey, label: string, start: ServerContestant["start"]) =>
    found.set(key, { key, label, start });

  if (wanted.has("ours")) {
    add(
      "ours",
      "ours",
      (scenario, signal) =>
        isHello(scenario)
          ? startDeno("ours_hello.ts", [], signal)
          : startDeno("ours_files.ts", [grounds.docroot], signal),
    );
  }
  if (wanted.has("bare")) {
    add("bare", "bare loop", (_, signal) => startDeno("bare_hello.ts", [], signal));
  }
  if (wanted.has("deno")) {
    add(
      "deno",
      `Deno.serve ${Deno.version.deno}`,
      (_, signal) => startDeno("deno_hello.ts", [], signal),
    );
  }
  if (wanted.has("node")) {
    const version = tryVersion("node", "--version");
    if (version) {
      add(
        "node",
        `node:http ${version}`,
        (_, signal) => startPrintingServer("node", [serverPath("node_hello.mjs")], signal),
      );
    } else {
      grounds.onNote("Skipping node: it is not installed; get it from https://nodejs.org");
    }
  }
  if (wanted.has("nginx")) {
    const version = tryVersion("nginx", "-v");
    if (version) {
      const { docroot, connections } = grounds;
      const scratch = await grounds.makeScratch("nginx");
      add(
        "nginx",
        `nginx ${version}`,
        (_, signal) => startNginx({ docroot, connections, scratch }, signal),
      );
    } else {
      grounds.onNote("Skipping nginx: it is not installed; apt-get install nginx-light");
    }
  }
  if (wanted.has("std")) {
    const std = await tryPrepareStd(grounds);
    if (std) {
      add(
        "std",
        "std serveDir",
        (_, signal) => startDeno("std_files.ts", [std.specifier, grounds.docroot], signal),
      );
    }
  }
  return found;
}

function isHello(scenario: ServerScenario): boolean {
  return scenario.group === "hello" || scenario.group === "pipelined";
}

async function tryPrepareStd(grounds: Grounds): Promise<StdFileServer | undefined> {
  try {
    const std = await prepareStdFileServer(await grounds.makeScratch("std"), grounds.signal);
    grounds.onNote(`The standard library's file server is ${std.label}`);
    return std;
  } catch (error) {
    grounds.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    grounds.onNote(`Skipping std: its file server could not be had: ${reason}`);
    return undefined;
  }
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
