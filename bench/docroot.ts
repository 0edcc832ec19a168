/**
 * The files that every file server serves, and what the right answers are.
 */

import { createHash } from "node:crypto";
import { HELLO_BODY, type Scenario } from "./scenarios.ts";

const BLOCK_BYTES = 64 * 1024;

/** Writes the files that the scenarios ask for and returns each target's SHA-256, in hex. */
export async function writeDocroot(
  docroot: string,
  scenarios: readonly Scenario[],
): Promise<Map<string, string>> {
  // Workers of nginx may run as a user of their own, and have to read the folder.
  await Deno.chmod(docroot, 0o755);
  const digests = new Map<string, string>();
  for (const { group, target, bodyBytes } of scenarios) {
    const digest = group === "hello" || group === "pipelined"
      ? createHash("sha256").update(HELLO_BODY).digest("hex")
      : writeRandomFile(docroot + target, bodyBytes);
    digests.set(target, digest);
  }
  return digests;
}

function writeRandomFile(path: string, bytes: number): string {
  const hash = createHash("sha256");
  using file = Deno.openSync(path, { write: true, createNew: true, mode: 0o644 });
  for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
    const block = crypto.getRandomValues(new Uint8Array(Math.min(left, BLOCK_BYTES)));
    hash.update(block);
    for (let at = 0; at < block.length;) at += file.writeSync(block.subarray(at));
  }
  return hash.digest("hex");
}
