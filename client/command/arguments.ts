// The arguments of the get command, in curl's spelling. Pure. They are split by node:util and not @std/cli,
// which does not know "-XPOST", "-sSL", nor values that begin with a dash.

import { parseArgs } from "node:util";
import { checkContradictions } from "./contradictions.ts";
import { UsageError } from "./errors.ts";
import type { DataPiece, FormEntry, GetArguments, GetCommand } from "./get_arguments.ts";
import {
  type List,
  LISTS,
  MAY_BE_EMPTY,
  type Switch,
  SWITCHES,
  type Value,
  VALUES,
} from "./options_table.ts";
import { fileNameOf, parseUrl } from "./url_argument.ts";

/** The options as node:util wants them. */
const OPTIONS: Record<string, { type: "boolean" | "string"; short?: string }> = {};
for (const [type, table] of [["boolean", SWITCHES], ["string", { ...VALUES, ...LISTS }]] as const) {
  for (const [name, short] of Object.entries(table)) {
    OPTIONS[name] = short === "" ? { type } : { type, short };
  }
}

/** curl's `-C-` and `-C100`, also behind other switches: here `-C` is a switch too. */
const JOINED = new RegExp(`^(-[${Object.values(SWITCHES).join("")}]*C)(-|\\d+)$`);

type Tokens = NonNullable<ReturnType<typeof parseArgs>["tokens"]>;

/** What was given, before anybody looks at what it means. */
class Given {
  readonly switches: Set<Switch> = new Set();
  readonly values: Partial<Record<Value, string>> = {};
  readonly data: DataPiece[] = [];
  readonly form: FormEntry[] = [];
  readonly lists: Record<"cookie" | "header" | "resolve" | "url", string[]> = {
    ...{ cookie: [], header: [], resolve: [], url: [] },
  };

  add(name: string, value: string): void {
    if (Object.hasOwn(VALUES, name)) this.values[name as Value] = value;
    else this.#addToList(name as List, value);
  }

  #addToList(name: List, value: string): void {
    switch (name) {
      case "form":
      case "form-string":
        return void this.form.push({ value, isPlain: name === "form-string" });
      case "cookie":
      case "header":
      case "resolve":
      case "url":
        return void this.lists[name].push(value);
      default:
        this.data.push({ kind: name, value });
    }
  }
}

/** Reads the arguments of the command line; throws UsageError. */
export function parseArguments(args: readonly string[]): GetCommand {
  const { tokens } = parseArgs({
    args: args.map(splitPosition),
    options: OPTIONS,
    allowPositionals: true,
    strict: false, // the messages are better here, and values may begin with a dash
    tokens: true,
  });
  const isAsked = (name: string) => tokens.some((it) => it.kind === "option" && it.name === name);
  // Whatever else is wrong: who asks for help needs it.
  if (isAsked("help")) return { action: "help" };
  const given = read(tokens);
  const { switches, values, lists, data, form } = given;
  if (switches.has("version")) return { action: "version" };
  const { url: urls, ...others } = lists;
  if (urls.length !== 1) {
    refuse(urls.length === 0 ? "there is no URL" : `one URL can be got, not ${urls.length}`);
  }
  const url = parseUrl(urls[0]!);
  // A file at the server may be called "-".
  const isNamedByServer = switches.has("remote-name");
  const isBinaryWelcome = values.output === "-" && !isNamedByServer;
  const output = isNamedByServer ? remoteName(url, values) : values.output;
  const get: GetArguments = {
    ...{ url, data, form, switches, values, isBinaryWelcome, ...others },
    output: isBinaryWelcome ? undefined : output,
  };
  checkContradictions(get);
  return { action: "get", get };
}

/** `-C-` as what node:util knows. */
function splitPosition(arg: string): string {
  const [, option, position] = JOINED.exec(arg) ?? [];
  if (option === undefined) return arg;
  if (position !== "-") refusePosition();
  return option;
}

function read(tokens: Tokens): Given {
  const given = new Given();
  let before = "";
  for (const token of tokens) {
    if (token.kind === "option") {
      const { name, rawName, value } = token;
      if (Object.hasOwn(SWITCHES, name)) {
        // curl's "-C -", whose other values make no sense here.
        if (name === "continue-at") {
          if (value !== undefined && value !== "-") refusePosition();
        } else if (value !== undefined) refuse(`option "${rawName}" takes no value`);
        given.switches.add(name as Switch);
      } else if (!Object.hasOwn(OPTIONS, name)) {
        refuse(`unknown option "${rawName}"`);
      } else if (value === undefined) {
        refuse(`option "${rawName}" has no value`);
      } else if (value === "" && Object.hasOwn(VALUES, name) && !MAY_BE_EMPTY.has(name)) {
        refuse(`option "${rawName}" has an empty value`);
      } else {
        given.add(name, value);
      }
      before = name;
    } else if (token.kind === "positional") {
      if (before === "continue-at" && /^(?:-|\d+)$/.test(token.value)) {
        if (token.value !== "-") refusePosition();
      } else {
        given.add("url", token.value);
      }
      before = "";
    }
  }
  return given;
}

function remoteName(url: URL, values: GetArguments["values"]): string {
  if (values.output !== undefined) refuse('options "-o" and "-O" exclude each other');
  return fileNameOf(url) ?? refuse(`"${url.pathname}" names no file for "-O"`);
}

function refusePosition(): never {
  refuse('option "-C" takes no position but "-": it finds out by itself where to go on');
}

function refuse(why: string): never {
  throw new UsageError(`Cannot start: ${why}`);
}
