// Real proxies on loopback, each with a configuration of its own in a folder that goes with it:
// `await using proxy = await startTinyproxy()`.

const ATTEMPTS = 5;
/** So that a proxy which never says what is waited for fails a test instead of hanging it. */
const LOG_DEADLINE_MS = 30_000;
/** Where Debian has it, which is not where users look for programs. */
const DANTED = "/usr/sbin/danted";

/** A proxy that runs. */
export interface RunningProxy extends AsyncDisposable {
  readonly port: number;
  /** Waits until its log has said so. */
  logged(pattern: RegExp): Promise<void>;
}

/** Starts Debian's tinyproxy; `lines` are added to its configuration. */
export function startTinyproxy(lines: string[] = []): Promise<RunningProxy> {
  return startAnywhere((port, folder) => ({
    program: "tinyproxy",
    args: ["-d", "-c", `${folder}/config`],
    config: [`Port ${port}`, "Listen 127.0.0.1", "Timeout 60", "LogLevel Info", ...lines],
    ready: /Accepting connections/,
  }));
}

/** Starts dante-server; `rules` stand before the one that lets everything pass. */
export function startDanted(rules: string[] = [], method = "none"): Promise<RunningProxy> {
  return startAnywhere((port, folder) => ({
    program: DANTED,
    args: ["-p", `${folder}/pid`, "-f", `${folder}/config`],
    config: [
      "logoutput: stderr",
      `internal: 127.0.0.1 port = ${port}`,
      "external: lo",
      "clientmethod: none",
      `socksmethod: ${method}`,
      "client pass { from: 0/0 to: 0/0 }",
      ...rules,
      "socks pass { from: 0/0 to: 0/0 log: connect error }",
    ],
    ready: /Dante\/server\S* \S+ running/,
  }));
}

interface Plan {
  program: string;
  args: string[];
  config: string[];
  ready: RegExp;
}

/** Starts on a port that was free a moment ago, and elsewhere if it is no longer. */
async function startAnywhere(
  plan: (port: number, folder: string) => Plan,
): Promise<RunningProxy> {
  for (let attempt = 1;; attempt++) {
    const folder = await Deno.makeTempDir({ prefix: "eco_http_proxy_" });
    const port = freePort();
    try {
      return await start(plan(port, folder), port, folder);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function start(plan: Plan, port: number, folder: string): Promise<RunningProxy> {
  await Deno.writeTextFile(`${folder}/config`, plan.config.join("\n") + "\n");
  const child = new Deno.Command(plan.program, {
    args: plan.args,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = new Log();
  const reading = Promise.all([log.read(child.stdout), log.read(child.stderr)])
    .then(() => log.end());
  const proxy: RunningProxy = {
    port,
    logged: (pattern) => log.has(pattern),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
      await reading;
      await Deno.remove(folder, { recursive: true });
    },
  };
  try {
    await log.has(plan.ready);
  } catch (error) {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended by itself: that is what the log could not wait for.
    }
    await child.status;
    await reading;
    throw error;
  }
  return proxy;
}

/** What a program says. */
class Log {
  #text = "";
  #ended = false;
  readonly #waiting = new Set<() => void>();

  async read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.#text += text;
      this.#wake();
    }
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async has(pattern: RegExp): Promise<void> {
    const timer = setTimeout(() => this.end(), LOG_DEADLINE_MS);
    try {
      while (!pattern.test(this.#text)) {
        if (this.#ended) throw new Error(`The log never said ${pattern}:\n${this.#text}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** A port where nobody listens. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
