// The arguments of the serve command as one source of options. Pure.

import { parseArgs } from "@std/cli/parse-args";
import type { Option, OptionName } from "./option.ts";
import { type GivenOption, type GivenOptions, optionNamed, valuesOf } from "./option_values.ts";
import { OPTIONS } from "./options_table.ts";
import { UsageError } from "./usage_error.ts";

const NAMES: string[] = OPTIONS.map(({ name }) => name);
const LISTS: string[] = OPTIONS.filter(({ type }) => type === "list").map(({ name }) => name);
const ALIASES: Record<string, string> = Object.fromEntries(
  OPTIONS.flatMap(({ alias, name }) => alias === undefined ? [] : [[alias, name]]),
);

/** Reads the arguments; throws UsageError. Their values are checked by `OptionValues`. */
export function parseArguments(args: readonly string[]): GivenOptions {
  const folders: string[] = [];
  const end = args.indexOf("--");
  const options = end < 0 ? args : args.slice(0, end);
  const parsed = parseArgs([...joinEmpty(options).map(spellOut), ...args.slice(options.length)], {
    // All of them, so that one parser reads the values of flags and numbers from every source.
    string: NAMES,
    collect: LISTS,
    unknown: (arg, key) => {
      if (key !== undefined) throw new UsageError(`unknown option "${withoutValue(arg)}"`);
      // Taken from here, since the parser turns folders named 2026 or 1e3 into numbers.
      folders.push(arg);
      return false;
    },
  });
  // What stands after "--" is no option, whatever it looks like.
  for (const folder of parsed._) folders.push(String(folder));

  const given = new Map<OptionName, GivenOption>();
  const values: Record<string, unknown> = parsed;
  for (const option of OPTIONS) {
    const value = values[option.name];
    const texts = Array.isArray(value)
      ? value.map(String)
      : value === undefined
      ? []
      : [`${value}`];
    if (texts.length === 0) continue;
    const label = `--${option.name}`;
    given.set(option.name, { label, values: texts.flatMap((it) => valuesOf(option, it)) });
  }
  addFolder(given, folders);
  return given;
}

function addFolder(given: Map<OptionName, GivenOption>, folders: readonly string[]): void {
  const count = folders.length + (given.has("dir") ? 1 : 0);
  if (count > 1) throw new UsageError(`one folder can be served, not ${count}`);
  const [folder] = folders;
  if (folder === "") throw new UsageError('the folder is ""');
  if (folder !== undefined) given.set("dir", { label: "folder", values: [folder] });
}

/** The arguments, with empty ones that are values joined to their options, lest they be taken for folders. */
function joinEmpty(args: readonly string[]): string[] {
  const joined: string[] = [];
  for (const arg of args) {
    const before = joined.at(-1);
    const option = optionNamed(/^--([^=]+)$/.exec(before ?? "")?.[1] ?? "");
    if (arg === "" && option !== undefined && !isSwitch(option)) joined.push(`${joined.pop()}=`);
    else joined.push(arg);
  }
  return joined;
}

/** An argument with the value that it may go without: flags have no neighbour that is their value. */
function spellOut(arg: string): string {
  const short = /^-([a-z])$/i.exec(arg)?.[1];
  const name = short === undefined ? /^--([^=]+)$/.exec(arg)?.[1] : ALIASES[short];
  if (name === undefined) return arg;
  const option = optionNamed(name);
  if (isSwitch(option)) return `--${name}=true`;
  const positive = name.startsWith("no-") ? name.slice("no-".length) : "";
  return isSwitch(optionNamed(positive)) ? `--${positive}=false` : arg;
}

function isSwitch(option: Option | undefined): boolean {
  return option !== undefined && (option.type === "flag" || option.bare !== undefined);
}

function withoutValue(arg: string): string {
  return arg.replace(/=.*$/s, "");
}
