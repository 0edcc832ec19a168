/**
 * Runs nginx with one worker and sendfile, with or without an access log, everything else as it comes: its own
 * configuration, its own scratch folder, the same files as everybody. nginx cannot listen on port 0
 * and tell which one it got, so it is given a port that was free a moment ago, and another one when
 * it lost that port to somebody else.
 */

import { ownProcess, type RunningServer } from "./process.ts";
import { HELLO_BODY } from "./scenarios.ts";

/** What the configuration depends on. */
export interface NginxSetup {
  port: number;
  docroot: string;
  /** A folder of nginx's own, for its pid file and the bodies that it would buffer. */
  scratch: string;
  connections: number;
  /** Whether each request has a line in a file, which is nginx's default. Default: it has none. */
  log?: boolean;
  /** Whether a connection ends after 1000 requests, which is nginx's default. Default: it does. */
  keepForever?: boolean;
}

const START_ATTEMPTS = 5;
const START_DEADLINE_MS = 5_000;
const POLL_MS = 20;

/** The text of nginx's configuration file. */
export function nginxConfig(setup: NginxSetup): string {
  // 512 is the default; it counts listening and internal connections too.
  const connections = Math.max(512, setup.connections + 64);
  const scratch = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `  ${name}_temp_path "${setup.scratch}/${name}";`).join("\n");
  return `worker_processes 1;
daemon off;
pid "${setup.scratch}/nginx.pid";
error_log stderr crit;
events {
  worker_connections ${connections};
}
http {
  access_log ${setup.log ? `"${setup.scratch}/access.log"` : "off"};
  sendfile on;
${setup.keepForever ? "  keepalive_requests 1000000000;\n" : ""}${scratch}
  server {
    listen 127.0.0.1:${setup.port};
    root "${setup.docroot}";
    location = /hello {
      default_type text/plain;
      return 200 "${HELLO_BODY}";
    }
  }
}
`;
}

/** Starts nginx; resolves when it accepts connections. */
export async function startNginx(
  setup: Omit<NginxSetup, "port">,
  signal: AbortSignal,
): Promise<RunningServer> {
  let last: unknown;
  for (let attempt = 0; attempt < START_ATTEMPTS; attempt++) {
    signal.throwIfAborted();
    try {
      return await startOn(freePort(), setup, signal);
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw new Error(`Cannot start nginx: ${START_ATTEMPTS} attempts failed`, { cause: last });
}

async function startOn(
  port: number,
  setup: Omit<NginxSetup, "port">,
  signal: AbortSignal,
): Promise<RunningServer> {
  const configPath = `${setup.scratch}/nginx.conf`;
  await Deno.writeTextFile(configPath, nginxConfig({ ...setup, port }));
  const child = new Deno.Command("nginx", {
    args: ["-e", "stderr", "-c", configPath],
    stdin: "null",
    stdout: "null",
  }).spawn();
  const server = ownProcess(child);
  const deadline = Date.now() + START_DEADLINE_MS;
  let exitCode: number | undefined;
  server.ended.then((status) => exitCode = status.code);
  try {
    while (!await accepts(port)) {
      signal.throwIfAborted();
      if (exitCode !== undefined) throw new Error(`Cannot start nginx: exit code ${exitCode}`);
      if (Date.now() > deadline) {
        throw new Error(`Cannot start nginx: not listening after ${START_DEADLINE_MS} ms`);
      }
      // Polling: nginx has no way of saying that it is ready.
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return {
      pid: child.pid,
      port,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function accepts(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}
