/**
 * Starts and ends the programs of the bench: servers, which live until they are disposed of, and
 * tools, which run to their end within a time limit. Everything started here is ended here.
 */

import { readFamilyPids } from "./cpu.ts";

/** A server in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  pid: number;
  /** Resolves when the process has ended. */
  ended: Promise<Deno.CommandStatus>;
}

/** A server process and the loopback port it listens on. */
export interface RunningServer extends AsyncDisposable {
  pid: number;
  port: number;
}

/** A process that prints lines, and takes some if it was started as one that listens. */
export interface TalkingProcess extends AsyncDisposable {
  pid: number;
  /** The next line that it prints; rejects when it is late, when it ends, and when aborted. */
  nextLine: (deadlineMs: number) => Promise<string>;
  /** Tells it a line and waits for the next one that it prints. */
  ask: (line: string, deadlineMs: number) => Promise<string>;
}

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 2_000;

/** The version that a program tells when asked with `flag`; undefined when it is not installed. */
export function tryVersion(program: string, flag: string): string | undefined {
  try {
    // The exit code does not count: wrk's is 1 here. nginx answers on stderr.
    const output = new Deno.Command(program, { args: [flag], stdin: "null" }).outputSync();
    const text = new TextDecoder().decode(output.stdout) + new TextDecoder().decode(output.stderr);
    // Where no Node.js is installed, Deno gives its children a "node" that is Deno itself.
    if (/^deno /.test(text)) return undefined;
    return /\d+(\.\d+)+/.exec(text)?.[0] ?? "of unknown version";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs a program to its end and returns what it printed; rejects on failure and when it is late. */
export async function runTool(
  program: string,
  args: string[],
  options: { signal: AbortSignal; timeoutMs: number; cwd?: string },
): Promise<string> {
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const output = await new Deno.Command(program, {
    args,
    cwd: options.cwd,
    stdin: "null",
    signal: AbortSignal.any([options.signal, timeout]),
  }).output();
  options.signal.throwIfAborted();
  if (timeout.aborted) {
    throw new Error(`Cannot run "${program}": not done after ${options.timeoutMs} ms`);
  }
  const decoder = new TextDecoder();
  if (!output.success) {
    const detail = (decoder.decode(output.stderr) || decoder.decode(output.stdout)).trim();
    throw new Error(`Cannot run "${program}": exit code ${output.code}: ${detail}`);
  }
  return decoder.decode(output.stdout);
}

/** Starts a server that prints its port as its first line. */
export async function startPrintingServer(
  program: string,
  args: string[],
  signal: AbortSignal,
): Promise<RunningServer> {
  const server = startTalking(program, args, { signal });
  try {
    const line = await server.nextLine(START_DEADLINE_MS);
    const port = Number(line);
    if (!/^\d+$/.test(line) || port > 65535) throw new Error(`it printed "${line}" for a port`);
    return { pid: server.pid, port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot start "${[program, ...args].join(" ")}": ${reason}`, { cause: error });
  }
}

/** Starts a process whose standard output is read line by line, from here on to its end. */
export function startTalking(
  program: string,
  args: string[],
  options: { signal: AbortSignal; env?: Record<string, string>; listens?: boolean },
): TalkingProcess {
  const { signal, env, listens } = options;
  signal.throwIfAborted();
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: listens ? "piped" : "null",
    stdout: "piped",
  }).spawn();
  const owned = ownProcess(child);
  const input = listens ? child.stdin.getWriter() : undefined;
  let next: PromiseWithResolvers<string> | undefined;
  const drained = drainLines(child.stdout, (line) => next?.resolve(line));
  let end: Error | undefined;
  child.status.then(({ code }) => {
    end = new Error(`exit code ${code}`);
    next?.reject(end);
  });
  const nextLine = async (deadlineMs: number) => {
    signal.throwIfAborted();
    if (end) throw end;
    const line = next = Promise.withResolvers<string>();
    const giveUp = () => line.reject(signal.reason);
    const timer = setTimeout(
      () => line.reject(new Error(`nothing printed within ${deadlineMs} ms`)),
      deadlineMs,
    );
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await line.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
    }
  };
  return {
    pid: child.pid,
    nextLine,
    ask: async (line, deadlineMs) => {
      const answer = nextLine(deadlineMs);
      // A process that cannot be written to has ended, which `answer` says better.
      input?.write(new TextEncoder().encode(line + "\n")).catch(() => {});
      return await answer;
    },
    [Symbol.asyncDispose]: async () => {
      await owned[Symbol.asyncDispose]();
      await input?.abort().catch(() => {}); // the process is gone
      await drained;
    },
  };
}

/** Makes a child process disposable: asked to end, then, with all of its descendants, killed. */
export function ownProcess(child: Deno.ChildProcess): ServerProcess {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    const pids = readFamilyPids(child.pid);
    tryKill(child.pid, "SIGTERM");
    const timer = setTimeout(
      () => pids.forEach((pid) => tryKill(pid, "SIGKILL")),
      STOP_DEADLINE_MS,
    );
    await child.status;
    clearTimeout(timer);
  };
  return {
    pid: child.pid,
    ended: child.status,
    [Symbol.asyncDispose]: () => stopping ??= stop(),
  };
}

function tryKill(pid: number, how: Deno.Signal): void {
  try {
    Deno.kill(pid, how);
  } catch {
    // It has ended by itself.
  }
}

async function drainLines(
  stdout: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let text = "";
  for await (const chunk of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + chunk).split("\n");
    text = lines.pop()!;
    for (const line of lines) onLine(line.trim());
  }
}
