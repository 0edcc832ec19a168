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

import { fromFileUrl, resolve } from "@std/path";
import { authorityOf, isLoopback, isUnspecified } from "./command/addresses.ts";
import { parseArguments } from "./command/arguments.ts";
import { bannerLines, warningsFor } from "./command/banner.ts";
import { helpText } from "./command/help.ts";
import { leastRightsCommand, pathFlag } from "./command/least_rights.ts";
import type { LineWriter } from "./command/line_writer.ts";
import { missingPageMessage, missingPages } from "./command/missing_pages.ts";
import { openBrowser, openerOf } from "./command/open_browser.ts";
import type { OptionName } from "./command/option.ts";
import { VARIABLES } from "./command/environment.ts";
import type { GivenOptions } from "./command/option_values.ts";
import { qrCode } from "./command/qr_code.ts";
import { ADDRESSES_FLAG, machineAddresses, reachableHosts } from "./command/reachable.ts";
import { describeRights, isGranted, missingRight, namesOfFolder } from "./command/rights.ts";
import { runCommand } from "./command/run_command.ts";
import { schemaText } from "./command/schema.ts";
import { resolveSettings, type ServeSettings } from "./command/settings.ts";
import { readSources, type Sources, withUsersOfFile } from "./command/sources.ts";
import { type RunningSite, startSite } from "./command/start_site.ts";
import { columns, complain, cutMessage, messageOf, warn } from "./command/terminal.ts";
import { untilSignal } from "./command/until_signal.ts";
import { UsageError } from "./command/usage_error.ts";
import { Workers } from "./command/workers.ts";
import { VERSION } from "../wire/version.ts";

/** The module, as it is run from the registry. */
const MODULE = "jsr:@eco/http/serve";

/** Where its modules are, all of which a worker loads anew. */
const PACKAGE = new URL("../", import.meta.url);

/** What the command can print instead of serving. */
const TEXTS: readonly (readonly [name: OptionName, text: () => string])[] = [
  ["help", () => helpText(columns())],
  ["version", () => VERSION],
  ["schema", schemaText],
];

/** Does what `args` ask for; resolves with the exit code. */
function main(args: string[]): Promise<number> {
  return runCommand(async (stdout) => {
    const given = parseArguments(args);
    const text = TEXTS.find(([name]) => given.has(name))?.[1];
    if (text === undefined) return await serve(given, args, stdout);
    stdout.put(text());
    return 0;
  });
}

async function serve(given: GivenOptions, args: string[], stdout: LineWriter): Promise<number> {
  const sources = readSources(given);
  const settings = withUsersOfFile(resolveSettings(sources.values));
  checkFolder(settings.site.folder);
  const roots = namesOfFolder(settings.site.folder);
  checkRights(settings, roots);
  const running = startSite(settings, stdout);
  const { port } = running.server.addr;
  let workers: Workers;
  try {
    workers = await Workers.start(settings.workers - 1, { ...settings, port }, stdout);
  } catch (error) {
    running.server.close();
    throw error;
  }
  await announce({ settings, sources, args, roots, port, stdout });
  warnOfSources(sources);
  for (const page of missingPages(settings.site.files, running.site.source)) {
    warn(missingPageMessage(sources.values.subject(page[0]), page));
  }
  await endBySignal(running, workers, settings);
  return 0;
}

/** Says what of the sources counts for nothing. */
function warnOfSources({ unknown }: Sources): void {
  for (const name of unknown) warn(`the variable ${name} sets nothing: no option has that name`);
}

interface Announcement {
  readonly settings: ServeSettings;
  readonly sources: Sources;
  readonly args: readonly string[];
  /** The folder's names. */
  readonly roots: readonly string[];
  readonly port: number;
  readonly stdout: LineWriter;
}

/** Says what is served; for phones and browsers, too, where that is asked for. */
async function announce(it: Announcement): Promise<void> {
  const { settings, sources, args, roots, port, stdout } = it;
  const { host, cert, site } = settings;
  const urlOf = (name: string): string => {
    const scheme = cert === undefined ? "http" : "https";
    return `${scheme}://${authorityOf(name, port)}${site.prefix}/`;
  };
  const addresses = isUnspecified(host) ? machineAddresses() : [];
  const urls = addresses && reachableHosts(host, addresses).map(urlOf);
  const url = urlOf(host);
  const modules = settings.workers > 1 ? fileOfModule(PACKAGE) : undefined;
  const files = [sources.configFile, settings.authFile, settings.cert, settings.key, modules]
    .filter((path) => path !== undefined).map((path) => resolve(path));
  const windows = Deno.build.os === "windows";
  const [opener] = openerOf(url);
  const { variables } = sources;
  const command = leastRightsCommand({
    ...{ settings, roots, files, variables, opener, args, windows },
    module: fileOfModule(import.meta.url) ?? MODULE,
  });
  const address = authorityOf(host, settings.port);
  const rights = describeRights({ roots, address, opener, variables: VARIABLES.keys() });
  const facts = {
    settings,
    root: roots[0]!,
    url,
    urls,
    addressesFlag: ADDRESSES_FLAG,
    rights,
    command,
  };
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

/** The file that a module is, in a clone of the repository; none where it came over the network, or is compiled. */
function fileOfModule(url: string | URL): string | undefined {
  const isFile = new URL(url).protocol === "file:" && !Deno.build.standalone;
  return isFile ? fromFileUrl(url) : undefined;
}

function checkRights(settings: ServeSettings, roots: readonly string[]): void {
  const missing = missingRight(settings, roots);
  if (missing !== undefined) {
    const { flag, why, isForChanges } = missing;
    const isClone = fileOfModule(import.meta.url) !== undefined;
    const how = Deno.build.standalone
      ? `, which this program was compiled without: ${flag}`
      : `; add ${flag}${isForChanges && isClone ? ", or use `deno task share`" : ""}`;
    throw new Error(`Cannot start: ${why}${how}`);
  }
  if (settings.workers === 1) return;
  const modules = fileOfModule(PACKAGE);
  if (modules !== undefined && !isGranted({ name: "read", path: modules })) {
    const flag = pathFlag("--allow-read", [...roots, resolve(modules)]);
    throw new Error(`Cannot start: more than one worker needs to read the modules; add ${flag}`);
  }
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
  { drainMs, graceMs }: ServeSettings,
): Promise<void> {
  await untilSignal();
  site.draining = true;
  workers.drain();
  if (drainMs > 0) await new Promise((resolve) => setTimeout(resolve, drainMs));
  const reports = await Promise.all([
    server.shutdown({ timeout: graceMs / 1000 }),
    workers.shutdown(),
  ]);
  const cut = reports.reduce((sum, report) => sum + report.cut, 0);
  if (cut > 0) complain(cutMessage(cut));
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
