/**
 * Which clients run: for each rival, what has to be installed or fetched, and how it is started.
 */

import { type RunningClient, startClient } from "./client_process.ts";
import { type Contestant, findProgram, type Grounds, prepareOrSkip, skip } from "./grounds.ts";
import { installPackage, TOOL_DEADLINE_MS } from "./npm_package.ts";
import type { ContestantKey } from "./scenarios.ts";

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
  if (wanted.has("ours-fetch")) addDeno("ours-fetch", "ours, fetch", "ours_fetch.ts");
  if (wanted.has("bare")) addDeno("bare", "bare loop", "bare.ts");
  if (wanted.has("deno")) addDeno("deno", `fetch, Deno ${Deno.version.deno}`, "deno_fetch.ts");
  const nodeFor = (key: "node" | "undici") =>
    wanted.has(key)
      ? findProgram(key, ["node", "--version"], "get it from https://nodejs.org", grounds)
      : undefined;
  const forUndici = nodeFor("undici");
  const undici = forUndici ? await tryInstallUndici(forUndici, grounds) : undefined;
  if (undici) {
    add("undici", `undici ${undici.version}`, "node", [clientPath("undici.mjs"), undici.folder]);
  }
  const forNode = nodeFor("node");
  if (forNode) add("node", `node:http ${forNode}`, "node", [clientPath("node_http.mjs")]);
  if (wanted.has("curl")) {
    const version = findProgram("curl", ["curl", "--version"], "apt-get install curl", grounds);
    if (version) addDeno("curl", `curl ${version}`, "curl.ts");
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
    skip("undici", `it needs Node.js 18.17 or later, and this is ${nodeVersion}`, grounds);
    return undefined;
  }
  const { signal } = grounds;
  const folder = await grounds.makeScratch("undici");
  return await prepareOrSkip("undici", "npm did not deliver it", grounds, async () => {
    const limits = { cwd: folder, signal, timeoutMs: TOOL_DEADLINE_MS };
    const installed = await installPackage("undici", range, limits);
    const { version } = JSON.parse(await Deno.readTextFile(`${installed}/package.json`));
    return { folder, version };
  });
}

function denoArgs(file: string): string[] {
  return ["run", "--quiet", "--no-check", "--allow-all", clientPath(file)];
}

function clientPath(file: string): string {
  return `${import.meta.dirname}/clients/${file}`;
}
