// The environment as one source of options: variables named after them. Pure.

import { type OptionName, VARIABLE_PREFIX, variableOf } from "./option.ts";
import { type GivenOption, type GivenOptions, valuesOf } from "./option_values.ts";
import { OPTIONS } from "./options_table.ts";

/** The variables that set options, each with the option's name. */
export const VARIABLES: ReadonlyMap<string, OptionName> = new Map(
  OPTIONS.filter(({ onlyArgument }) => !onlyArgument).map(({ name }) => [variableOf(name), name]),
);

/**
 * Reads variables; `read` gives the value of one, or `undefined` where there is none or no right to read it.
 * A variable that is empty is as if it were not there, unless its option protects something: then it is left for a
 * value, to be refused. The values of a list stand on lines of their own.
 */
export function readEnvironment(read: (variable: string) => string | undefined): GivenOptions {
  const given = new Map<OptionName, GivenOption>();
  for (const option of OPTIONS) {
    if (option.onlyArgument) continue;
    const label = variableOf(option.name);
    const text = read(label);
    if (text === undefined || (text === "" && !option.protects)) continue;
    const values = option.type === "list" ? linesOf(text) : valuesOf(option, text);
    given.set(option.name, { label, values });
  }
  return given;
}

/** Those of the variables that look as if they set options, and do not. */
export function unknownVariables(names: Iterable<string>): string[] {
  return [...names].filter((it) => it.startsWith(VARIABLE_PREFIX) && !VARIABLES.has(it)).sort();
}

/** The lines that are not empty; where there are none, an empty one, which is no value. */
function linesOf(text: string): string[] {
  const lines = text.split("\n").map((it) => it.trim()).filter((it) => it !== "");
  return lines.length > 0 ? lines : [""];
}
