// Where options come from: arguments, environment and file together, and the users of a file.

import { parseConfig } from "./config_file.ts";
import { readEnvironment, unknownVariables, VARIABLES } from "./environment.ts";
import { type GivenOptions, OptionValues } from "./option_values.ts";
import { parseUserFile } from "./password_hash.ts";
import { isGranted } from "./rights.ts";
import type { ServeSettings } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

/** The values of all sources, and what they are. */
export interface Sources {
  readonly values: OptionValues;
  /** The variables that were set. */
  readonly variables: readonly string[];
  /** Those that look as if they set options and do not, as far as variables may be listed. */
  readonly unknown: readonly string[];
  /** The file that was read. */
  readonly configFile: string | undefined;
}

/** Reads the environment, as far as that is allowed, and the configuration file. Throws UsageError. */
export function readSources(args: GivenOptions): Sources {
  const environment = readEnvironment(readVariable());
  const variables = [...VARIABLES].filter(([, name]) => environment.has(name)).map(([it]) => it);
  const given = new OptionValues(args, environment);
  const configFile = given.text("config");
  const unknown = unknownVariables(listVariables());
  if (configFile === undefined) return { values: given, variables, unknown, configFile };
  const text = readText(configFile, given.subject("config"));
  const values = new OptionValues(args, environment, parseConfig(text, configFile));
  return { values, variables, unknown, configFile };
}

/** The settings with the users of `authFile`, if there is one. Throws UsageError. */
export function withUsersOfFile(settings: ServeSettings): ServeSettings {
  const { authFile, site } = settings;
  if (authFile === undefined) return settings;
  const users = parseUserFile(readText(authFile, 'option "--auth-file"'));
  if (typeof users === "string") throw new UsageError(`${JSON.stringify(authFile)}: ${users}`);
  return { ...settings, site: { ...site, users: [...users, ...site.users] } };
}

/** What reads a variable where that is allowed without a prompt. */
function readVariable(): (name: string) => string | undefined {
  const all = isGranted({ name: "env" });
  return (variable) =>
    all || isGranted({ name: "env", variable }) ? Deno.env.get(variable) : undefined;
}

/** The names of all variables, where it is allowed to know these. */
function listVariables(): string[] {
  try {
    return isGranted({ name: "env" }) ? Object.keys(Deno.env.toObject()) : [];
  } catch {
    // Some of them are denied.
    return [];
  }
}

function readText(path: string, subject: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    throw new UsageError(`${subject} names ${JSON.stringify(path)}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
