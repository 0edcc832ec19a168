/**
 * Which multipart parsers run: for each rival, what has to be fetched, and how it is started.
 */

import { type Contestant, findProgram, type Grounds, prepareOrSkip, skip } from "../grounds.ts";
import { installPackage, TOOL_DEADLINE_MS } from "../npm_package.ts";
import type { ContestantKey } from "../scenarios.ts";
import { type RunningParser, startParser } from "./parser_process.ts";

/** One parser that takes part. */
export interface ParserContestant extends Contestant {
  start: (signal: AbortSignal) => RunningParser;
}

/** A package of npm, and the program that uses it. */
interface Rival {
  key: ContestantKey;
  name: string;
  range: string;
  program: string;
}

/** A package that npm delivered. */
interface Installed {
  version: string;
  /** What Deno imports. */
  specifier: string;
  /** What Node.js imports. */
  url: string;
}

const BUSBOY: Rival = {
  key: "busboy",
  name: "busboy",
  range: "1.6.0",
  program: "busboy.mjs",
};
const OTHERS: readonly Rival[] = [
  {
    key: "fastify-busboy",
    name: "@fastify/busboy",
    range: "^3.0.0",
    program: "fastify_busboy.mjs",
  },
  {
    key: "remix",
    name: "@remix-run/multipart-parser",
    range: "^0.16.3",
    program: "remix.mjs",
  },
];

/** Finds out which parsers among `wanted` can take part. */
export async function findParsers(
  wanted: ReadonlySet<ContestantKey>,
  grounds: Grounds,
): Promise<Map<ContestantKey, ParserContestant>> {
  const found = new Map<ContestantKey, ParserContestant>();
  const add = (key: ContestantKey, label: string, program: string, args: string[]) =>
    found.set(key, { key, label, start: (signal) => startParser(program, args, signal) });
  const addDeno = (key: ContestantKey, label: string, file: string, ...args: string[]) =>
    add(key, label, Deno.execPath(), [...denoArgs(file), ...args]);

  if (wanted.has("ours")) addDeno("ours", "ours", "ours.ts");
  if (wanted.has("ours-events")) addDeno("ours-events", "ours, events", "ours_events.ts");
  await addBusboy(wanted, grounds, add, addDeno);
  for (const rival of OTHERS.filter(({ key }) => wanted.has(key))) {
    const installed = await tryInstall(rival, grounds);
    if (!installed) continue;
    const label = `${rival.name} ${installed.version}`;
    addDeno(rival.key, label, rival.program, installed.specifier);
  }
  if (wanted.has("formdata")) {
    addDeno("formdata", `Response.formData, Deno ${Deno.version.deno}`, "form_data.ts");
  }
  return found;
}

/** Node.js is where busboy is at home: it has a row for each of the two. */
async function addBusboy(
  wanted: ReadonlySet<ContestantKey>,
  grounds: Grounds,
  add: (key: ContestantKey, label: string, program: string, args: string[]) => void,
  addDeno: (key: ContestantKey, label: string, file: string, ...args: string[]) => void,
): Promise<void> {
  const node = wanted.has("busboy-node")
    ? findProgram("busboy-node", ["node", "--version"], "get it from https://nodejs.org", grounds)
    : undefined;
  if (!wanted.has("busboy") && !node) return;
  const installed = await tryInstall(BUSBOY, grounds);
  if (!installed) {
    if (node) skip("busboy-node", "it is the same package", grounds);
    return;
  }
  const label = `busboy ${installed.version}`;
  if (wanted.has("busboy")) addDeno("busboy", label, BUSBOY.program, installed.specifier);
  if (node) {
    const args = ["--expose-gc", parserPath(BUSBOY.program), installed.url];
    add("busboy-node", `${label}, Node.js ${node}`, "node", args);
  }
}

async function tryInstall(rival: Rival, grounds: Grounds): Promise<Installed | undefined> {
  const { key, name, range } = rival;
  const { signal } = grounds;
  const folder = await grounds.makeScratch(key);
  return await prepareOrSkip(key, "npm did not deliver it", grounds, async () => {
    const limits = { cwd: folder, signal, timeoutMs: TOOL_DEADLINE_MS };
    const installed = await installPackage(name, range, limits);
    const { version, main } = JSON.parse(await Deno.readTextFile(`${installed}/package.json`));
    const url = new URL(main ?? "index.js", `file://${installed}/`).href;
    return { version, specifier: `npm:${name}@${version}`, url };
  });
}

function denoArgs(file: string): string[] {
  return [
    "run",
    "--quiet",
    "--no-check",
    "--allow-all",
    "--v8-flags=--expose-gc",
    parserPath(file),
  ];
}

function parserPath(file: string): string {
  return `${import.meta.dirname}/parsers/${file}`;
}
