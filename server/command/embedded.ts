// The command of a program that has its site in itself. Its options are those of the serve command that are not about
// a folder and need no right beyond that to listen: what it reads is part of the program.

import { EmbeddedSite } from "../embedded/embedded_site.ts";
import type { SiteManifest } from "../embedded/manifest.ts";
import { VERSION } from "../../wire/version.ts";
import { authorityOf } from "./addresses.ts";
import { parseArguments } from "./arguments.ts";
import { optionLines } from "./help.ts";
import type { LineWriter } from "./line_writer.ts";
import { missingPageMessage, missingPages } from "./missing_pages.ts";
import type { OptionName } from "./option.ts";
import { type GivenOptions, OptionValues } from "./option_values.ts";
import { OPTIONS } from "./options_table.ts";
import { runCommand } from "./run_command.ts";
import { resolveSettings, type ServeSettings } from "./settings.ts";
import { startSite } from "./start_site.ts";
import { columns, complain, cutMessage, warn } from "./terminal.ts";
import { untilSignal } from "./until_signal.ts";
import { UsageError } from "./usage_error.ts";

/** The site of a program. */
export interface EmbeddedProgram {
  /** What is in the site. */
  readonly manifest: SiteManifest;
  /** Where its files are, inside of the program. */
  readonly base: string | URL;
}

/** The options that there are. */
const NAMES: ReadonlySet<OptionName> = new Set<OptionName>([
  ...["index", "spa", "404", "clean-urls", "prefix"] as const,
  ...["cache", "memory", "header", "cors"] as const,
  ...["host", "port", "auth", "auth-without-tls", "trust-proxy"] as const,
  ...["log", "quiet", "health", "drain", "grace", "help", "version"] as const,
]);

/** What the serve command does by default, and this one never. */
const NEVER: GivenOptions = new Map([
  ["listing", { label: "--listing", values: ["false"] }],
]);

/** Does what `args` ask for; resolves with the exit code. */
export function runEmbedded(args: readonly string[], program: EmbeddedProgram): Promise<number> {
  return runCommand(async (stdout) => {
    const given = parseArguments(args);
    for (const [name, { label }] of given) {
      if (!NAMES.has(name)) {
        throw new UsageError(`${subject(label)} is not for a program with its own site`);
      }
    }
    if (given.has("help")) stdout.put(helpText());
    else if (given.has("version")) stdout.put(VERSION);
    else await serve(resolveSettings(new OptionValues(given, NEVER)), program, stdout);
    return 0;
  });
}

async function serve(
  settings: ServeSettings,
  { manifest, base }: EmbeddedProgram,
  stdout: LineWriter,
): Promise<void> {
  const { index, files } = settings.site;
  const { spa, notFound, cleanUrls, cacheControl, headers, cache } = files;
  const options = { index, spa, notFound, cleanUrls, cacheControl, headers, cache };
  const source = new EmbeddedSite({ manifest, base, ...options }, "start");
  const { site, server } = startSite(settings, stdout, source);
  const { host } = settings;
  const count = Object.keys(manifest.files).length;
  const url = `http://${authorityOf(host, server.addr.port)}${settings.site.prefix}/`;
  stdout.put(`Serving ${count} files of this program on ${url}`);
  for (const page of missingPages(files, source)) {
    warn(missingPageMessage(`option "--${page[0]}"`, page));
  }
  await untilSignal();
  site.draining = true;
  if (settings.drainMs > 0) await new Promise((resolve) => setTimeout(resolve, settings.drainMs));
  const { cut } = await server.shutdown({ timeout: settings.graceMs / 1000 });
  if (cut > 0) complain(cutMessage(cut));
}

function helpText(): string {
  const options = OPTIONS.filter(({ name }) => NAMES.has(name));
  const about = "Serves the site that is part of this program over HTTP/1.1.";
  return [about, ...optionLines(options, columns())].join("\n");
}

function subject(label: string): string {
  return label.startsWith("--") ? `option "${label}"` : `a ${label}`;
}
