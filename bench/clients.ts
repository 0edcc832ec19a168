/**
 * Which clients run: for each rival, what has to be installed or fetched, and how it is started.
 */

import { type RunningClient, startClient } from "./client_process.ts";
import { installPackage, TOOL_DEADLINE_MS } from "./npm_package.ts";
import { tryVersion } from "./process.ts";
import type { ContestantKey } from "./scenarios.ts";
import type { Contestant, Grounds } from "./servers.ts";

/** One client that takes part. */
export interface ClientContestant extends Contestant {
  start: (signal: AbortSignal) => RunningClient;
}

/** Finds out which clients among `wanted` can take part. */
export async function findClients(
  wanted: ReadonlySet<ContestantKey>,
  grounds: Grounds,
): Promise<Map<ContestantKey, ClientContestant>> {
  const found = new Map<ContestantKey, ClientContestant>();
  const add = (key: ContestantKey, label: string, program: string, args: string[]) =>
    found.set(key, { key, label, start: (signal) => startClient(program, args, signal) });
  const addDeno = (key: ContestantKey, label: string, file: string) =>
    add(key, label, Deno.execPath(), denoArgs(file));

  if (wanted.has("ours")) addDeno("ours", "ours", "ours.ts");
  if (wanted.has("bare")) addDeno("bare", "bare loop", "bare.ts");
  if (wanted.has("deno")) addDeno("deno", `fetch, Deno ${Deno.version.deno}`, "deno_fetch.ts");
  const nodeVersion = wanted.has("node") || wanted.has("undici")
    ? tryVersion("node", "--version")
    : undefined;
  for (const key of ["node", "undici"] as const) {
    if (!wanted.has(key) || nodeVersion) continue;
    grounds.onNote(`Skipping ${key}: Node.js is not installed; get it from https://nodejs.org`);
  }
  if (wanted.has("undici") && nodeVersion) {
    const undici = await tryInstallUndici(nodeVersion, grounds);
    if (undici) {
      const args = [clientPath("undici.mjs"), undici.folder];
      add("undici", `undici ${undici.version}`, "node", args);
    }
  }
  if (wanted.has("node") && nodeVersion) {
    add("node", `node:http ${nodeVersion}`, "node", [clientPath("node_http.mjs")]);
  }
  if (wanted.has("curl")) {
    const version = tryVersion("curl", "--version");
    if (version) addDeno("curl", `curl ${version}`, "curl.ts");
    else grounds.onNote("Skipping curl: it is not installed; apt-get install curl");
  }
  return found;
}

/** The newest major version of undici that a version of Node.js runs, or undefined. */
export function undiciRange(nodeVersion: string): string | undefined {
  const [major = 0, minor = 0, patch = 0] = nodeVersion.split(".").map(Number);
  const isAtLeast = (...wanted: [number, number, number]) =>
    (major - wanted[0] || minor - wanted[1] || patch - wanted[2]) >= 0;
  if (isAtLeast(22, 19, 0)) return "^8.0.0";
  if (isAtLeast(20, 18, 1)) return "^7.0.0";
  return isAtLeast(18, 17, 0) ? "^6.0.0" : undefined;
}

async function tryInstallUndici(
  nodeVersion: string,
  grounds: Grounds,
): Promise<{ folder: string; version: string } | undefined> {
  const range = undiciRange(nodeVersion);
  if (range === undefined) {
    grounds.onNote(`Skipping undici: it needs Node.js 18.17 or later, and this is ${nodeVersion}`);
    return undefined;
  }
  const { signal } = grounds;
  const folder = await grounds.makeScratch("undici");
  try {
    const limits = { cwd: folder, signal, timeoutMs: TOOL_DEADLINE_MS };
    const installed = await installPackage("undici", range, limits);
    const { version } = JSON.parse(await Deno.readTextFile(`${installed}/package.json`));
    return { folder, version };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    grounds.onNote(`Skipping undici: npm did not deliver it: ${reason.split("\n", 1)[0]}`);
    return undefined;
  }
}

function denoArgs(file: string): string[] {
  return ["run", "--quiet", "--no-check", "--allow-all", clientPath(file)];
}

function clientPath(file: string): string {
  return `${import.meta.dirname}/clients/${file}`;
}
