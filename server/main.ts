/**
 * The static server as a command: serves a folder, by default the working directory on
 * `http://127.0.0.1:8080/`. It prints its address and what clients may do, then a line for each request,
 * until SIGINT or SIGTERM lets what is under way complete. `--help` tells the options, which can also be
 * set in the environment and in a file.
 *
 * ```sh
 * deno run --allow-net --allow-read jsr:@eco/http/serve some/folder --port 8000
 * ```
 *
 * Importing this module does nothing.
 *
 * @module
 */

import { resolve } from "@std/path";
import { authorityOf, isLoopback, isUnspecified } from "./command/addresses.ts";
import { parseArguments } from "./command/arguments.ts";
import { bannerLines, warningsFor } from "./command/banner.ts";
import { helpText } from "./command/help.ts";
import { leastRightsCommand } from "./command/least_rights.ts";
import { LineWriter } from "./command/line_writer.ts";
import { openBrowser, openerOf } from "./command/open_browser.ts";
import type { OptionName } from "./command/option.ts";
import type { GivenOptions } from "./command/option_values.ts";
import { qrCode } from "./command/qr_code.ts";
import { ADDRESSES_FLAG, machineAddresses, reachableHosts } from "./command/reachable.ts";
import { describeRights, missingRight } from "./command/rights.ts";
import { schemaText } from "./command/schema.ts";
import { resolveSettings, type ServeSettings } from "./command/settings.ts";
import { readSources, type Sources, withUsersOfFile } from "./command/sources.ts";
import { type RunningSite, startSite } from "./command/start_site.ts";
import { columns, complain, messageOf, warn } from "./command/terminal.ts";
import { untilSignal } from "./command/until_signal.ts";
import { UsageError } from "./command/usage_error.ts";
import { Workers } from "./command/workers.ts";
import { VERSION } from "../wire/version.ts";

/** What the command can print instead of serving. */
const TEXTS: readonly (readonly [name: OptionName, text: () => string])[] = [
  ["help", () => helpText(columns())],
  ["version", () => VERSION],
  ["schema", schemaText],
];

/** Does what `args` ask for; resolves with the exit code. */
async function main(args: string[]): Promise<number> {
  const stdout = new LineWriter(
    (bytes) => Deno.stdout.write(bytes),
    // The log's reader left: that is no reason to stop serving.
    (error) => complain(`Cannot write to the standard output: ${messageOf(error)}`),
  );
  try {
    const given = parseArguments(args);
    const text = TEXTS.find(([name]) => given.has(name))?.[1];
    if (text === undefined) return await serve(given, args, stdout);
    stdout.put(text());
    return 0;
  } catch (error) {
    const hint = error instanceof UsageError ? "; --help tells the options" : "";
    complain(`${messageOf(error)}${hint}`);
    return 1;
  } finally {
    await stdout.flush();
  }
}

async function serve(given: GivenOptions, args: string[], stdout: LineWriter): Promise<number> {
  const sources = readSources(given);
  const settings = withUsersOfFile(resolveSettings(sources.values));
  const root = resolve(settings.site.folder);
  checkFolder(settings.site.folder);
  checkRights(settings, root);
  const running = startSite(settings, stdout);
  const { port } = running.server.addr;
  let workers: Workers;
  try {
    workers = await Workers.start(settings.workers - 1, { ...settings, port }, stdout);
  } catch (error) {
    running.server.close();
    throw error;
  }
  await announce({ settings, sources, args, root, port, stdout });
  await endBySignal(running, workers, settings.drainMs);
  return 0;
}

interface Announcement {
  readonly settings: ServeSettings;
  readonly sources: Sources;
  readonly args: readonly string[];
  readonly root: string;
  readonly port: number;
  readonly stdout: LineWriter;
}

/** Says what is served; for phones and browsers, too, where that is asked for. */
async function announce(it: Announcement): Promise<void> {
  const { settings, sources, args, root, port, stdout } = it;
  const { host, cert, site } = settings;
  const urlOf = (name: string): string => {
    const scheme = cert === undefined ? "http" : "https";
    return `${scheme}://${authorityOf(name, port)}${site.prefix}/`;
  };
  const addresses = isUnspecified(host) ? machineAddresses() : [];
  const urls = addresses && reachableHosts(host, addresses).map(urlOf);
  const url = urlOf(host);
  const files = [sources.configFile, settings.authFile, settings.cert, settings.key]
    .filter((path) => path !== undefined).map((path) => resolve(path));
  const windows = Deno.build.os === "windows";
  const [opener] = openerOf(url);
  const { variables } = sources;
  const command = leastRightsCommand({
    ...{ settings, root, files, variables, opener, args, windows },
  });
  const rights = describeRights(root, authorityOf(host, settings.port));
  const facts = { settings, root, url, urls, addressesFlag: ADDRESSES_FLAG, rights, command };
  for (const warning of warningsFor(settings, !isLoopback(host))) warn(warning);
  const lines = bannerLines(facts);
  const codes = settings.qr ? await qrLines(host, urls) : [];
  for (const line of [lines[0]!, ...codes.map((line) => `  ${line}`), ...lines.slice(1)]) {
    stdout.put(line);
  }
  if (settings.open) {
    openBrowser(isUnspecified(host) ? urlOf("localhost") : url)
      .then((why) => why === undefined || warn(why));
  }
}

/** The QR code of the address that a phone can reach, or why there is none. */
async function qrLines(host: string, urls: readonly string[] | undefined): Promise<string[]> {
  if (isLoopback(host)) return [`${host} is for this machine alone; --host 0.0.0.0 lets phones in`];
  if (urls === undefined) return [`A QR code needs ${ADDRESSES_FLAG}, to know the address`];
  const [url] = urls;
  return url === undefined ? ["This machine has no address"] : [...await qrCode(url), url];
}

function checkRights(settings: ServeSettings, root: string): void {
  const missing = missingRight(settings, root);
  if (missing !== undefined) {
    throw new Error(`Cannot start: changes need the right to write; add ${missing.flag}`);
  }
  if (settings.workers === 1) return;
  if (Deno.build.os !== "linux") throw new UsageError("more than one worker needs Linux");
  // What the flag also gives; without it the runtime would end the process.
  if (!("listenDatagram" in Deno)) {
    throw new Error("Cannot start: more than one worker needs the flag --unstable-net");
  }
}

/** Waits for a signal and lets requests under way complete. */
async function endBySignal(
  { site, server }: RunningSite,
  workers: Workers,
  drainMs: number,
): Promise<void> {
  await untilSignal();
  site.draining = true;
  workers.drain();
  if (drainMs > 0) await new Promise((resolve) => setTimeout(resolve, drainMs));
  const reports = await Promise.all([server.shutdown(), workers.shutdown()]);
  const cut = reports.reduce((sum, report) => sum + report.cut, 0);
  if (cut > 0) complain(`Cannot wait any longer: responses cut under way: ${cut}`);
}

/** Throws when `path` is not a folder: better now than with each request. */
function checkFolder(path: string): void {
  let why = "it is not a folder";
  try {
    if (Deno.statSync(path).isDirectory) return;
  } catch (error) {
    why = error instanceof Deno.errors.NotFound ? "no such folder" : messageOf(error);
  }
  throw new Error(`Cannot serve ${JSON.stringify(path)}: ${why}`);
}

if (import.meta.main) Deno.exit(await main(Deno.args));
