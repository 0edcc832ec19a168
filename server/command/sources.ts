// Where options come from: arguments, environment and file together, and the users of a file.

import { parseConfig } from "./config_file.ts";
import { readEnvironment, VARIABLES } from "./environment.ts";
import { type GivenOptions, OptionValues } from "./option_values.ts";
import { parseUserFile } from "./password_hash.ts";
import { isGranted } from "./rights.ts";
import type { ServeSettings } from "./settings.ts";
import { UsageError } from "./usage_error.ts";

/** The values of all sources, with the variables that were set and the file that was read. */
export interface Sources {
  readonly values: OptionValues;
  readonly variables: readonly string[];
  readonly configFile: string | undefined;
}

/** Reads the environment, as far as that is allowed, and the configuration file. Throws UsageError. */
export function readSources(args: GivenOptions): Sources {
  const environment = readEnvironment(readVariable());
  const variables = [...VARIABLES].filter(([, name]) => environment.has(name)).map(([it]) => it);
  const given = new OptionValues(args, environment);
  const configFile = given.text("config");
  if (configFile === undefined) return { values: given, variables, configFile };
  const text = readText(configFile, given.subject("config"));
  const values = new OptionValues(args, environment, parseConfig(text, configFile));
  return { values, variables, configFile };
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

function readText(path: string, subject: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (cause) {
    throw new UsageError(`${subject} names ${JSON.stringify(path)}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
