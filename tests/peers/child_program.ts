// A program that runs beside a test and says when it is ready: `await using child = await
// ChildProgram.start(...)`. It ends with the test, however that goes.

import { within } from "../conformance/waiting.ts";

/** So that a program which never says what is waited for fails a test instead of hanging it. */
const READY_MS = 30_000;

/** What to start. */
export interface ProgramOptions {
  program: string;
  args: string[];
  /** What it says, on either of its outputs, when it is ready. */
  ready: RegExp;
  cwd?: string | URL;
  env?: Record<string, string>;
  /** What ends it. Default: SIGTERM. */
  endWith?: Deno.Signal;
}

/** A running program. */
export class ChildProgram implements AsyncDisposable {
  /** What it said when it was ready. */
  readonly match: RegExpExecArray;
  readonly #child: Deno.ChildProcess;
  readonly #output: Output;
  readonly #endWith: Deno.Signal | undefined;

  private constructor(
    child: Deno.ChildProcess,
    output: Output,
    match: RegExpExecArray,
    endWith?: Deno.Signal,
  ) {
    this.#child = child;
    this.#endWith = endWith;
    this.#output = output;
    this.match = match;
  }

  /** Starts it and waits until it is ready. */
  static async start(options: ProgramOptions): Promise<ChildProgram> {
    const { program, args, ready, cwd, env, endWith } = options;
    const child = new Deno.Command(program, {
      args,
      cwd,
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = new Output(child);
    try {
      const match = await within(`${program} says ${ready}`, output.find(ready), READY_MS);
      return new ChildProgram(child, output, match, endWith);
    } catch (error) {
      await end(child, output, endWith);
      throw error;
    }
  }

  /** Everything that it said so far. */
  get text(): string {
    return this.#output.text;
  }

  /** Waits until it has said that. */
  said(pattern: RegExp): Promise<RegExpExecArray> {
    return within(`the program says ${pattern}`, this.#output.find(pattern), READY_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#child, this.#output, this.#endWith);
  }
}

async function end(
  child: Deno.ChildProcess,
  output: Output,
  signal: Deno.Signal = "SIGTERM",
): Promise<void> {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
  await child.status;
  await output.whole;
}

/** Both outputs of a program. */
class Output {
  text = "";
  /** Resolves at their end. */
  readonly whole: Promise<void>;
  #ended = false;
  #waiting: (() => void)[] = [];

  constructor(child: Deno.ChildProcess) {
    this.whole = Promise.all([this.#read(child.stdout), this.#read(child.stderr)]).then(() => {
      this.#ended = true;
      this.#wake();
    });
  }

  async find(pattern: RegExp): Promise<RegExpExecArray> {
    while (true) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      if (this.#ended) throw new Error(`The program never said ${pattern}:\n${this.text}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.#wake();
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
