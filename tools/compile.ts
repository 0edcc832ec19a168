/**
 * `deno task compile [output]` makes one binary of the serve command. Deno downloads the runtime
 * that it puts into the binary when it compiles; where that cannot be had, this says so by name.
 */

const DEFAULT_OUTPUT = "dist/eco-serve";

async function main([output = DEFAULT_OUTPUT]: string[]): Promise<number> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "compile",
      "--allow-net",
      "--allow-read",
      "--output",
      output,
      "server/main.ts",
    ],
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  const report = new TextDecoder().decode(stderr);
  const runtime = missingRuntime(report);
  if (code === 0) {
    console.log(`Compiled ${output}`);
  } else if (runtime !== undefined) {
    console.error(`error: Cannot compile: the compile runtime "${runtime}" cannot be downloaded`);
  } else {
    console.error(report.trimEnd());
  }
  return code;
}

/** The compile runtime that the errors in `report` are about, or undefined when it is none. */
export function missingRuntime(report: string): string | undefined {
  const start = report.search(/^error/m);
  return start < 0 ? undefined : /denort[\w-]*/.exec(report.slice(start))?.[0];
}

if (import.meta.main) Deno.exit(await main(Deno.args));
