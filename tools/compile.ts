/**
 * `deno task compile [output]` makes one binary of the serve command; `deno task compile --site folder [output]` makes
 * one that has the files of a folder in itself and serves these. With `--precompress` compressed forms of them
 * are made first. Deno downloads the runtime that it puts into the binary when it compiles; where that
 * cannot be had, this says so by name.
 *
 * Each binary has the least rights, for good. The serve command may listen, read, and know its variables and the
 * addresses of the machine; it cannot take uploads or change files. The one with a site may listen, and read nothing
 * but what is in it: that needs no flag, since the runtime lets a binary read the files that were included.
 */

import { parseArgs } from "@std/cli/parse-args";
import { prepareSite } from "./site/prepare_site.ts";

const SERVE_OUTPUT = "dist/eco-serve";
const SITE_OUTPUT = "dist/eco-site";
/** Where the program with a site is put together. */
const BUILD = ".site-build";

const USAGE = "Usage: deno task compile [output]\n" +
  "       deno task compile --site <folder> [--precompress] [output]";

/** What `deno compile` is to be told to make a binary of the serve command. */
export const SERVE_OPTIONS: readonly string[] = [
  ...["--allow-net", "--allow-read", "--allow-env=SERVE_*", "--allow-sys=networkInterfaces"],
  // A worker is a module of its own that nothing imports, and shares its port by what is not stable yet.
  ...["--unstable-net", "--include", "server/command/worker.ts"],
];

/** What to make. */
export interface CompileArguments {
  /** The binary. */
  readonly output: string;
  /** The folder with the site; undefined: the serve command. */
  readonly site: string | undefined;
  readonly precompress: boolean;
}

/** Reads the arguments; undefined when they make no sense. */
export function parseCompileArguments(args: readonly string[]): CompileArguments | undefined {
  let isKnown = true;
  const { _: outputs, site, precompress } = parseArgs([...args], {
    string: ["site", "_"],
    boolean: ["precompress"],
    unknown: (_arg, key) => isKnown &&= key === undefined,
  });
  if (!isKnown || outputs.length > 1 || site === "" || outputs[0] === "") return undefined;
  if (site === undefined && precompress) return undefined;
  const output = outputs[0] ?? (site === undefined ? SERVE_OUTPUT : SITE_OUTPUT);
  return { output: String(output), site, precompress };
}

async function main(args: string[]): Promise<number> {
  const asked = parseCompileArguments(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  try {
    await compile(asked);
    console.log(`Compiled ${asked.output}`);
    if (asked.site === undefined) {
      console.log(
        "Its rights are for good: it may listen and read, not take uploads or change files",
      );
    }
    return 0;
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

async function compile({ output, site, precompress }: CompileArguments): Promise<void> {
  if (site === undefined) {
    return await compileModule("server/main.ts", SERVE_OPTIONS, output);
  }
  const { main, files, count } = await prepareSite({ site, build: BUILD, precompress });
  console.log(`Prepared ${count} files in ${BUILD}`);
  await compileModule(main, siteOptions(files), output);
}

/** What `deno compile` is to be told to make a binary with the files in a folder. */
export function siteOptions(files: string): string[] {
  return ["--allow-net", "--include", files];
}

/** The compile runtime that there has to be cannot be had. */
export class MissingRuntimeError extends Error {
  override readonly name = "MissingRuntimeError";

  constructor(runtime: string) {
    super(`Cannot compile: the compile runtime "${runtime}" cannot be downloaded`);
  }
}

/** Compiles a module; throws MissingRuntimeError, or an Error with what the compiler said. */
export async function compileModule(
  module: string,
  options: readonly string[],
  output: string,
): Promise<void> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", ...options, "--output", output, module],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  if (code === 0) return;
  const report = new TextDecoder().decode(stderr);
  const runtime = missingRuntime(report);
  if (runtime !== undefined) throw new MissingRuntimeError(runtime);
  throw new Error(report.trim().replace(/^error: /, ""));
}

/** The compile runtime that the errors in `report` are about, or undefined when it is none. */
export function missingRuntime(report: string): string | undefined {
  const start = report.search(/^error/m);
  return start < 0 ? undefined : /denort[\w-]*/.exec(report.slice(start))?.[0];
}

if (import.meta.main) Deno.exit(await main(Deno.args));
