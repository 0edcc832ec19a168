// Real proxies on loopback, each with a configuration of its own: `await using proxy = await startTinyproxy()`.

import { PlacedProgram } from "./placed_program.ts";

/** Where Debian has it, which is not where users look for programs. */
const DANTED = "/usr/sbin/danted";

/** A proxy that runs. */
export interface RunningProxy extends AsyncDisposable {
  readonly port: number;
  /** Waits until its log has said so. */
  logged(pattern: RegExp): Promise<unknown>;
}

/** Starts Debian's tinyproxy; `lines` are added to its configuration. */
export function startTinyproxy(lines: string[] = []): Promise<RunningProxy> {
  return start((port, folder) => ({
    program: "tinyproxy",
    args: ["-d", "-c", `${folder}/config`],
    config: [`Port ${port}`, "Listen 127.0.0.1", "Timeout 60", "LogLevel Info", ...lines],
    ready: /Accepting connections/,
  }));
}

/** Starts dante-server; `rules` stand before the one that lets everything pass. */
export function startDanted(rules: string[] = [], method = "none"): Promise<RunningProxy> {
  return start((port, folder) => ({
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

interface ProxyPlan {
  program: string;
  args: string[];
  config: string[];
  ready: RegExp;
}

async function start(plan: (port: number, folder: string) => ProxyPlan): Promise<RunningProxy> {
  const placed = await PlacedProgram.start("proxy", 1, async (folder, [port]) => {
    const { config, ...program } = plan(port!, folder);
    await Deno.writeTextFile(`${folder}/config`, `${config.join("\n")}\n`);
    return program;
  });
  return {
    port: placed.ports[0]!,
    logged: (pattern) => placed.child.said(pattern),
    [Symbol.asyncDispose]: () => placed[Symbol.asyncDispose](),
  };
}
