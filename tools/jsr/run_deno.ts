/**
 * Runs another deno with this one's terminal, passes signals on to it, and waits for its exit
 * code. The child is this very binary, whatever `deno` means on the path.
 */

const FORWARDED: Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Runs deno with `args` and `env` added to the environment; returns its exit code. */
export async function runDeno(args: string[], env: Record<string, string> = {}): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    env,
    stdin: "inherit",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();

  const forwarders = FORWARDED.map((signal) => {
    const forward = (): void => {
      // A terminal sends its Ctrl+C to the child as well; once is enough.
      if (signal === "SIGINT" && Deno.stdin.isTerminal()) return;
      try {
        child.kill(signal);
      } catch {
        // The child has ended meanwhile, and its status is on the way.
      }
    };
    Deno.addSignalListener(signal, forward);
    return { signal, forward };
  });
  try {
    return (await child.status).code;
  } finally {
    for (const { signal, forward } of forwarders) Deno.removeSignalListener(signal, forward);
  }
}
