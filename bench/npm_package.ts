/**
 * Fetches packages from npm into a scratch folder, for those rivals that are not programs of their
 * own. Deno does it, so that npm need not be installed.
 */

import { runTool } from "./process.ts";

/** How long any fetching of packages may take. */
export const TOOL_DEADLINE_MS = 60_000;

/** Installs a package in the empty folder `cwd` and returns where it is; rejects when npm is out of reach. */
export async function installPackage(
  name: string,
  range: string,
  limits: { cwd: string; signal: AbortSignal; timeoutMs: number },
): Promise<string> {
  await Deno.writeTextFile(
    `${limits.cwd}/package.json`,
    JSON.stringify({ dependencies: { [name]: range } }),
  );
  await runTool(Deno.execPath(), ["install", "--quiet", "--no-lock"], limits);
  return `${limits.cwd}/node_modules/${name}`;
}
