/**
 * The files that every file server serves and every client sends, and what the right bodies are.
 */

import { createHash } from "node:crypto";
import {
  type ClientScenario,
  HELLO_BODY,
  HELLO_TARGET,
  type Scenario,
  type ServerScenario,
} from "./scenarios.ts";
import { patternDigest } from "./servers/pattern.ts";
import { JSON_VALUE, POST_ANSWER } from "./servers/serve_handlers.ts";

const BLOCK_BYTES = 64 * 1024;

/** Writes the files that the scenarios ask for and returns each target's SHA-256, in hex. */
export async function writeDocroot(
  docroot: string,
  scenarios: readonly Scenario[],
): Promise<Map<string, string>> {
  // Workers of nginx may run as a user of their own, and have to read the folder.
  await Deno.chmod(docroot, 0o755);
  const digests = new Map<string, string>();
  for (const scenario of scenarios) {
    if (scenario.group === "multipart") continue; // has no target
    if (digests.has(scenario.target)) continue;
    digests.set(scenario.target, digestOf(scenario, docroot));
  }
  return digests;
}

/** The answers of handlers in Fetch's terms that are no streams. */
const SERVED: Record<string, string | undefined> = {
  "/serve-hello": HELLO_BODY,
  "/serve-json": JSON.stringify(JSON_VALUE),
  "/serve-post": POST_ANSWER,
};

function digestOfText(text: string): string;
function digestOfText(text: string | undefined): string | undefined;
function digestOfText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash("sha256").update(text).digest("hex");
}

function digestOf(scenario: ServerScenario | ClientScenario, docroot: string): string {
  const { target, bodyBytes } = scenario;
  if (target === HELLO_TARGET) return digestOfText(HELLO_BODY);
  if (scenario.group === "client" && scenario.work === "download") return patternDigest(bodyBytes);
  if (scenario.group === "serve") return digestOfText(SERVED[target]) ?? patternDigest(bodyBytes);
  return writeRandomFile(docroot + target, bodyBytes);
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
