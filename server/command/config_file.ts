// The configuration file as one source of options: an object in JSON whose keys are their names. What is misspelt in
// it is an error, lest another thing be served than was meant. Pure.

import type { Option, OptionName } from "./option.ts";
import { type GivenOption, type GivenOptions, optionNamed, valuesOf } from "./option_values.ts";
import { UsageError } from "./usage_error.ts";

/** Reads the text of the file that messages call `path`; throws UsageError. */
export function parseConfig(text: string, path: string): GivenOptions {
  const file = JSON.stringify(path);
  let config: unknown;
  try {
    config = JSON.parse(text.replace(/^\ufeff/, ""));
  } catch (cause) {
    throw new UsageError(`${file} is not JSON: ${(cause as Error).message}`, { cause });
  }
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UsageError(`${file} is not an object in JSON`);
  }
  const given = new Map<OptionName, GivenOption>();
  for (const [key, value] of Object.entries(config)) {
    if (key === "$schema") continue;
    const option = optionNamed(key);
    if (option === undefined || option.onlyArgument || key === "config") {
      throw new UsageError(`there is no option "${key}" for ${file}`);
    }
    const label = `"${key}" in ${file}:`;
    const values = toValues(option, value);
    if (values === undefined) {
      throw new UsageError(`${label} ${JSON.stringify(value)} is not ${expected(option)}`);
    }
    // An empty list of what protects something is refused as a value that is none.
    const isNone = option.protects && values.length === 0;
    given.set(option.name, { label, values: isNone ? [""] : values });
  }
  return given;
}

function toValues(option: Option, value: unknown): readonly string[] | undefined {
  const { type, bare } = option;
  if (type === "list") {
    const list = typeof value === "string" ? [value] : value;
    return Array.isArray(list) && list.every((it) => typeof it === "string") ? list : undefined;
  }
  if (type === "number") return typeof value === "number" ? [String(value)] : undefined;
  const mayBeSwitch = type === "flag" || bare !== undefined;
  if (typeof value === "boolean" && mayBeSwitch) return valuesOf(option, String(value));
  return typeof value === "string" && type === "text" ? [value] : undefined;
}

/** What an option's value has to be, for messages. */
function expected({ type, bare }: Option): string {
  if (type === "list") return "a list of texts";
  if (type === "number") return "a number";
  if (type === "flag") return "true or false";
  return bare === undefined ? "a text" : "a text, true or false";
}
