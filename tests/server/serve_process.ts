// The serve command as a process of its own: `await using serve = await ServeProcess.start([...])`
// with its output read line by line. It is ended with the test, however that goes.

import { fromFileUrl } from "@std/path";

const ROOT = new URL("../../", import.meta.url);
const MAIN = fromFileUrl(new URL("server/main.ts", ROOT));

/** The rights that the command is given unless a test says otherwise. */
const RIGHTS = ["--allow-net", "--allow-read"];

/** A running command. */
export class ServeProcess {
  /** Its first line. */
  readonly startLine: string;
  /** What it says besides at start, without the spaces in front. */
  readonly banner: readonly string[];
  /** Everything it wrote to the standard error, once it has ended. */
  readonly complaints: Promise<string>;
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;

  private constructor(
    child: Deno.ChildProcess,
    lines: ReadableStreamDefaultReader<string>,
    complaints: Promise<string>,
    [startLine, ...banner]: [string, ...string[]],
  ) {
    this.#child = child;
    this.#lines = lines;
    this.complaints = complaints;
    this.startLine = startLine;
    this.banner = banner.map((line) => line.trim());
  }

  /** Starts it, with `env` besides the variables that there are, and waits for what it says at start. */
  static async start(
    args: string[],
    rights: string[] = RIGHTS,
    env: Record<string, string> = {},
  ): Promise<ServeProcess> {
    const child = command(args, rights, env).spawn();
    const complaints = new Response(child.stderr).text();
    const lines = child.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(lineSplitter()).getReader();
    const banner: string[] = [];
    while (!banner.at(-1)?.startsWith("  Least rights: ")) {
      const { value } = await lines.read();
      if (value === undefined) {
        await child.status;
        throw new Error(`Cannot start the serve command: ${await complaints}`);
      }
      banner.push(value);
    }
    return new ServeProcess(child, lines, complaints, banner as [string, ...string[]]);
  }

  /** The URL of the start line, with a slash at its end. */
  get url(): string {
    return /https?:\/\/\S+\/$/.exec(this.startLine)?.[0] ?? "";
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The next line of the output; undefined at its end. */
  async nextLine(): Promise<string | undefined> {
    return (await this.#lines.read()).value;
  }

  /** The lines that were not read, once the command has ended. */
  async restOfLines(): Promise<string[]> {
    const lines: string[] = [];
    for (let line; (line = await this.nextLine()) !== undefined;) lines.push(line);
    return lines;
  }

  /** Closes the pipe of its output. */
  async stopReading(): Promise<void> {
    await this.#lines.cancel();
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  /** Its exit code, when it has ended. */
  async exitCode(): Promise<number> {
    return (await this.#child.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended already, as most tests want.
    }
    await this.#child.status;
    await this.#lines.cancel();
    await this.complaints;
  }
}

/** Runs the command with arguments with which it does not stay. */
export async function runServe(
  args: string[],
  rights: string[] = RIGHTS,
  env: Record<string, string> = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await command(args, rights, env).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function command(args: string[], rights: string[], env: Record<string, string>): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...rights, MAIN, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

function lineSplitter(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      for (const line of lines) controller.enqueue(line);
    },
    flush(controller) {
      if (rest !== "") controller.enqueue(rest);
    },
  });
}
