/** Runs deno as the tests of the tools need it: apart from the terminal, with its output kept. */

/** How a run ended and what it printed. */
export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/** The root of the repository. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** A command that runs this deno with `args` in `cwd`. */
export function denoCommand(
  args: string[],
  { cwd = ROOT, env = {} }: { cwd?: URL | string; env?: Record<string, string> } = {},
): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** Runs deno to its end. */
export async function runDenoToEnd(
  args: string[],
  options?: { cwd?: URL | string; env?: Record<string, string> },
): Promise<Finished> {
  const { code, stdout, stderr } = await denoCommand(args, options).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Reads `stream` up to and including the first match of `pattern`; fails at its end. */
export async function readUntil(
  stream: ReadableStreamDefaultReader<Uint8Array>,
  pattern: RegExp,
): Promise<RegExpExecArray> {
  const decoder = new TextDecoder();
  let text = "";
  while (true) {
    const match = pattern.exec(text);
    if (match !== null) return match;
    const { value, done } = await stream.read();
    if (done) throw new Error(`Cannot find ${pattern}: the output ended after "${text}"`);
    text += decoder.decode(value, { stream: true });
  }
}
