// A headless Chromium that tests lead by playwright: `await using browser = await Browser.open()`. It works in a
// folder of its own, talks to loopback, and goes with the test. What pages complain about is kept for the test.

import {
  type Browser as Driven,
  type BrowserContextOptions,
  chromium,
  type Page,
} from "playwright-core";
import { within } from "../conformance/waiting.ts";
import { ARGUMENTS } from "../peers/chromium.ts";

/** It may do much at its first start, on a machine that does other things as well. */
const START_MS = 60_000;
/** So long a page may take for a step, on such a machine. */
const STEP_MS = 20_000;
/** After that long without an end it is ended without being asked. */
const PATIENCE_MS = 5_000;

/** Where to put pictures of pages; none are taken without it. */
const PICTURES = Deno.env.get("LISTING_PICTURES");

/** A running browser. */
export class Browser implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #folder: string;
  readonly #printed: Promise<unknown>;
  readonly #driven: Driven;
  /** Errors of scripts and of the console, dialogs, and requests to other hosts, of all pages. */
  readonly #complaints: string[] = [];

  private constructor(
    child: Deno.ChildProcess,
    folder: string,
    printed: Promise<unknown>,
    driven: Driven,
  ) {
    this.#child = child;
    this.#folder = folder;
    this.#printed = printed;
    this.#driven = driven;
  }

  /** Starts it. */
  static async open(): Promise<Browser> {
    const folder = await Deno.makeTempDir({ prefix: "eco_http_browser_" });
    const child = new Deno.Command("chromium", {
      args: [
        ...ARGUMENTS,
        "--remote-debugging-port=0",
        "--hide-scrollbars",
        `--user-data-dir=${folder}/profile`,
        "about:blank",
      ],
      env: { HOME: folder, TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = Promise.withResolvers<string>();
    const printed = listenFor(/DevTools listening on (ws:\S+)/, child.stderr, address);
    try {
      const endpoint = await within("Chromium starts", address.promise, START_MS);
      const driven = await chromium.connectOverCDP(endpoint, { timeout: START_MS });
      return new Browser(child, folder, printed, driven);
    } catch (error) {
      await end(child, printed, folder);
      throw error;
    }
  }

  /** A page in a context of its own, which knows of no other page. */
  async newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#driven.newContext({
      ...{ locale: "en-GB", timezoneId: "UTC", viewport: { width: 1180, height: 860 } },
      ...options,
    });
    context.setDefaultTimeout(STEP_MS);
    const page = await context.newPage();
    page.on("console", (message) => {
      // That a request was refused is what some tests want.
      const isRefusal = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isRefusal) this.#complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.#complaints.push(String(error)));
    page.on("dialog", (dialog) => {
      this.#complaints.push(`A dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {}); // the page may be gone
    });
    page.on("request", (request) => {
      if (!/^(?:data:|https?:\/\/127\.0\.0\.1[:/])/.test(request.url())) {
        this.#complaints.push(`A request: ${request.url()}`);
      }
    });
    return page;
  }

  /** What pages have complained about since the last call. */
  takeComplaints(): string[] {
    return this.#complaints.splice(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#driven.close();
    await end(this.#child, this.#printed, this.#folder);
  }
}

/** Takes a picture of a page, where pictures are wanted. */
export async function takePicture(page: Page, name: string, fullPage = false): Promise<void> {
  if (PICTURES === undefined) return;
  await page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage, animations: "disabled" });
}

/** Reads to the end; what `pattern` finds on the way goes to `found`. */
async function listenFor(
  pattern: RegExp,
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  found: PromiseWithResolvers<string>,
): Promise<void> {
  let text = "";
  for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
    text = (text + piece).slice(-100_000);
    const match = pattern.exec(text);
    if (match !== null) found.resolve(match[1]!);
  }
  found.reject(new Error(`Chromium has ended: ${text}`));
}

async function end(
  child: Deno.ChildProcess,
  printed: Promise<unknown>,
  folder: string,
): Promise<void> {
  const tryKill = (signal: Deno.Signal): void => {
    try {
      child.kill(signal);
    } catch {
      // It has ended by itself.
    }
  };
  tryKill("SIGTERM");
  const timer = setTimeout(() => tryKill("SIGKILL"), PATIENCE_MS);
  await child.status;
  clearTimeout(timer);
  // The output ends with the last of its helpers, which may still write to the folder before.
  await printed;
  await Deno.remove(folder, { recursive: true });
}
