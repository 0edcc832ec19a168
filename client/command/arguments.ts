// The arguments of the get command, in curl's spelling: what may be said, and what contradicts itself. Pure.
// They are split by node:util and not @std/cli, which does not know "-XPOST", "-sSL", nor values that begin
// with a dash.

import { parseArgs } from "node:util";
import { UsageError } from "./usage.ts";

/** A piece of `-d` or one of its relatives. */
export interface DataPiece {
  readonly kind: "data" | "data-raw" | "data-binary" | "data-urlencode";
  readonly value: string;
}

/** What to get, and how. */
export interface GetArguments {
  readonly url: URL;
  /** The file to write to; undefined: the standard output. */
  readonly output: string | undefined;
  /** Whether the standard output was asked for, whatever comes. */
  readonly isBinaryWelcome: boolean;
  readonly data: readonly DataPiece[];
  /** The switches that are on, by long name. */
  readonly switches: ReadonlySet<Switch>;
  /** The last value of each option, by long name. */
  readonly values: Readonly<Partial<Record<Value, string>>>;
  readonly header: readonly string[];
  readonly form: readonly string[];
  readonly resolve: readonly string[];
}

/** What the command is asked to do. */
export type GetCommand =
  | { readonly action: "get"; readonly get: GetArguments }
  | { readonly action: "help" | "version" };

const SWITCHES = {
  "allow-downgrade": "",
  "compressed": "",
  "continue-at": "C",
  "digest": "",
  "fail": "f",
  "get": "G",
  "head": "I",
  "help": "h",
  "include": "i",
  "insecure": "k",
  "ipv4": "4",
  "ipv6": "6",
  "location": "L",
  "remote-name": "O",
  "show-error": "S",
  "silent": "s",
  "tlsv1.2": "",
  "tlsv1.3": "",
  "verbose": "v",
  "version": "V",
};

const VALUES = {
  "cacert": "",
  "cert": "E",
  "connect-timeout": "",
  "dns-servers": "",
  "interface": "",
  "key": "",
  "max-redirs": "",
  "max-time": "m",
  "noproxy": "",
  "oauth2-bearer": "",
  "output": "o",
  "pinnedpubkey": "",
  "proxy": "x",
  "referer": "e",
  "request": "X",
  "retry": "",
  "sha256": "",
  "unix-socket": "",
  "upload-file": "T",
  "user": "u",
  "user-agent": "A",
};

const LISTS = {
  "data": "d",
  "data-binary": "",
  "data-raw": "",
  "data-urlencode": "",
  "form": "F",
  "header": "H",
  "resolve": "",
};

/** Name of an option without a value. */
export type Switch = keyof typeof SWITCHES;
/** Name of an option with a value, of which the last counts. */
export type Value = keyof typeof VALUES;

/** The options as node:util wants them. */
const OPTIONS: Record<string, { type: "boolean" | "string"; short?: string }> = {};
for (const [type, table] of [["boolean", SWITCHES], ["string", { ...VALUES, ...LISTS }]] as const) {
  for (const [name, short] of Object.entries(table)) {
    OPTIONS[name] = short === "" ? { type } : { type, short };
  }
}

/** curl's `-C-`, also behind other switches: here `-C` is a switch too. */
const JOINED_DASH = new RegExp(`^(-[${Object.values(SWITCHES).join("")}]*C)-$`);

/** Reads the arguments of the command line; throws UsageError. */
export function parseArguments(args: readonly string[]): GetCommand {
  const switches = new Set<Switch>();
  const values: Partial<Record<Value, string>> = {};
  const data: DataPiece[] = [];
  const lists: Record<string, string[]> = { form: [], header: [], resolve: [] };
  const urls: string[] = [];
  const { tokens } = parseArgs({
    args: args.map((arg) => arg.replace(JOINED_DASH, "$1")),
    options: OPTIONS,
    allowPositionals: true,
    strict: false, // the messages are better here, and values may begin with a dash
    tokens: true,
  });
  let before = "";
  for (const token of tokens) {
    if (token.kind === "option") {
      const { name, rawName, value } = token;
      if (Object.hasOwn(SWITCHES, name)) {
        // curl's "-C -", whose other values make no sense here.
        const isDash = name === "continue-at" && value === "-";
        if (value !== undefined && !isDash) refuse(`option "${rawName}" takes no value`);
        switches.add(name as Switch);
      } else if (!Object.hasOwn(OPTIONS, name)) {
        refuse(`unknown option "${rawName}"`);
      } else if (value === undefined) {
        refuse(`option "${rawName}" has no value`);
      } else if (name.startsWith("data")) {
        data.push({ kind: name as DataPiece["kind"], value });
      } else if (Object.hasOwn(lists, name)) {
        lists[name]!.push(value);
      } else {
        values[name as Value] = value;
      }
      before = name;
    } else if (token.kind === "positional") {
      if (before === "continue-at" && /^(?:-|\d+)$/.test(token.value)) {
        if (token.value !== "-") refuse('option "-C" takes no position but "-"');
      } else {
        urls.push(token.value);
      }
      before = "";
    }
  }
  if (switches.has("help")) return { action: "help" };
  if (switches.has("version")) return { action: "version" };
  if (urls.length !== 1) {
    refuse(urls.length === 0 ? "there is no URL" : `one URL can be got, not ${urls.length}`);
  }
  const url = parseUrl(urls[0]!);
  const output = switches.has("remote-name") ? remoteName(url, values) : values.output;
  if (output === "") refuse('option "--output" has no value');
  const get: GetArguments = {
    ...{ url, data, switches, values },
    output: output === "-" ? undefined : output,
    isBinaryWelcome: output === "-",
    header: lists.header!,
    form: lists.form!,
    resolve: lists.resolve!,
  };
  checkContradictions(get);
  return { action: "get", get };
}

/** As in curl, a URL without a scheme is one of http. */
function parseUrl(text: string): URL {
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw new UsageError(`Cannot get "${text}": it is not a URL`, 3);
  const url = new URL(full);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const scheme = url.protocol.slice(0, -1);
    throw new UsageError(`Cannot get "${text}": its scheme is "${scheme}", not http or https`, 1);
  }
  return url;
}

function remoteName(url: URL, values: GetArguments["values"]): string {
  if (values.output !== undefined) refuse('options "-o" and "-O" exclude each other');
  const name = url.pathname.slice(url.pathname.lastIndexOf("/") + 1);
  if (name === "") refuse(`"${url.pathname}" names no file for "-O"`);
  return name;
}

function checkContradictions({ switches, values, data, form, output }: GetArguments): void {
  const bodies = [
    data.length > 0 && !switches.has("get") && "-d",
    form.length > 0 && "-F",
    values["upload-file"] !== undefined && "-T",
    switches.has("head") && "-I",
  ].filter((it) => it !== false);
  if (bodies.length > 1) refuse(`options "${bodies.join('" and "')}" exclude each other`);
  if (switches.has("ipv4") && switches.has("ipv6")) {
    refuse('options "-4" and "-6" exclude each other');
  }
  if (!switches.has("continue-at")) return;
  if (output === undefined) refuse('option "-C" needs "-o" or "-O"');
  for (const name of ["include", "head", "compressed"] as const) {
    if (switches.has(name)) refuse(`options "-C" and "--${name}" exclude each other`);
  }
  const [body] = bodies;
  const other = body ?? (values.request === undefined ? undefined : "-X");
  if (other !== undefined) refuse(`options "-C" and "${other}" exclude each other`);
}

function refuse(why: string): never {
  throw new UsageError(`Cannot start: ${why}`);
}
