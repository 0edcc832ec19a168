// A headless Chromium with a page: `await using browser = await Chromium.open(url)`. It works in a folder of
// its own; browser and folder go with the test, however that ends.

import { within } from "../conformance/waiting.ts";

/** It may do much at its first start, on a machine that does other things as well. */
const GUARD_MS = 60_000;
/** After that long without an end it is ended without being asked. */
const PATIENCE_MS = 5_000;

/** What it is started with. */
export const ARGUMENTS: readonly string[] = [
  "--headless=new",
  "--disable-gpu",
  "--no-first-run",
  "--no-default-browser-check",
  "--no-proxy-server",
  "--disable-background-networking",
  "--disable-breakpad",
  "--disable-component-update",
  "--disable-default-apps",
  "--disable-dev-shm-usage",
  "--disable-extensions",
  "--disable-sync",
  "--password-store=basic",
  // The sandbox is no protection from root, whom Chromium therefore refuses.
  ...(Deno.uid() === 0 ? ["--no-sandbox"] : []),
];

/** A running browser. */
export class Chromium implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  /** What it printed, at the end of it and of all its helpers, which have the same outputs. */
  readonly #printed: Promise<string>;

  private constructor(child: Deno.ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#printed = new Response(child.stderr).text();
  }

  /** Starts it with a page. */
  static async open(url: string): Promise<Chromium> {
    const folder = await Deno.makeTempDir({ prefix: "eco_http_chromium_" });
    try {
      const child = new Deno.Command("chromium", {
        args: [...ARGUMENTS, `--user-data-dir=${folder}/profile`, url],
        env: { HOME: folder, TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      return new Chromium(child, folder);
    } catch (error) {
      await Deno.remove(folder, { recursive: true });
      throw error;
    }
  }

  /** Waits for what the page is to bring about; fails when the browser ends before. */
  async until<T>(what: string, happens: Promise<T>): Promise<T> {
    const ended = this.#child.status.then(async ({ code }): Promise<never> => {
      throw new Error(`Chromium ended with ${code}: ${await this.#printed}`);
    });
    return await within(what, Promise.race([happens, ended]), GUARD_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const tryKill = (signal: Deno.Signal): void => {
      try {
        this.#child.kill(signal);
      } catch {
        // It has ended by itself.
      }
    };
    tryKill("SIGTERM");
    const timer = setTimeout(() => tryKill("SIGKILL"), PATIENCE_MS);
    await this.#child.status;
    clearTimeout(timer);
    await this.#printed;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
