// The environment as one source of options: variables named after them. Pure.

import { type OptionName, variableOf } from "./option.ts";
import { type GivenOption, type GivenOptions, valuesOf } from "./option_values.ts";
import { OPTIONS } from "./options_table.ts";

/** The variables that set options, each with the option's name. */
export const VARIABLES: ReadonlyMap<string, OptionName> = new Map(
  OPTIONS.filter(({ onlyArgument }) => !onlyArgument).map(({ name }) => [variableOf(name), name]),
);

/**
 * Reads variables; `read` gives the value of one, or `undefined` where there is none or no right to read it.
 * A variable that is empty is as if it were not there. The values of a list stand on lines of their own.
 */
export function readEnvironment(read: (variable: string) => string | undefined): GivenOptions {
  const given = new Map<OptionName, GivenOption>();
  for (const option of OPTIONS) {
    if (option.onlyArgument) continue;
    const label = variableOf(option.name);
    const text = read(label);
    if (text === undefined || text === "") continue;
    const values = option.type === "list"
      ? text.split("\n").map((it) => it.trim()).filter((it) => it !== "")
      : valuesOf(option, text);
    given.set(option.name, { label, values });
  }
  return given;
}
