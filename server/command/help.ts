// The text of `--help`, made of the table of options, as wide as the terminal. Pure.

import { type Option, type OptionGroup, variableOf } from "./option.ts";
import { OPTIONS } from "./options_table.ts";

/** The width where there is no terminal. */
export const DEFAULT_WIDTH = 80;
const MIN_WIDTH = 30;
/** Lines longer than this are hard to read. */
const MAX_WIDTH = 110;
const MIN_HELP_WIDTH = 28;

const EXAMPLES: readonly (readonly [what: string, command: string])[] = [
  ["Share the working directory with this machine", "serve"],
  [
    "Share a folder with the network, and show its address to phones",
    "serve --host 0.0.0.0 --qr photos",
  ],
  [
    "Take files from others, with a password",
    'serve --upload --auth "$(htpasswd -nbB me secret)" inbox',
  ],
  [
    "Serve a built site",
    "serve --spa --precompressed --cache 'assets/**=immutable' --cache '*.html=no-cache' dist",
  ],
  ["Behind a reverse proxy", "serve --prefix /files --trust-proxy --log json --health"],
];

/** The help for a terminal of `columns`. */
export function helpText(columns: number = DEFAULT_WIDTH): string {
  const width = widthFor(columns);
  const lines = [
    "Serves a folder over HTTP/1.1.",
    "",
    "Usage: serve [dir] [options]",
    ...optionLines(OPTIONS, columns),
  ];
  lines.push(
    "",
    ...wrap(
      `Each option can also be set by a variable of the environment, such as ${
        variableOf("port")
      } for --port, and in a file that --config names. Arguments come first, then the environment, ` +
        "then the file.",
      width,
      "",
    ),
    "",
    "Examples:",
  );
  for (const [what, command] of EXAMPLES) {
    lines.push(...wrap(what, width - 2, "  "), ...wrapCommand(command, width));
  }
  return lines.join("\n");
}

/** What options mean, in their groups, for a terminal of `columns`. */
export function optionLines(options: readonly Option[], columns: number): string[] {
  const width = widthFor(columns);
  const lines: string[] = [];
  let group: OptionGroup | undefined;
  for (const option of options) {
    if (option.group !== group) lines.push("", `${group = option.group}:`);
    lines.push(...entry(option, width));
  }
  return lines;
}

function widthFor(columns: number): number {
  return Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, columns));
}

/** A command that can be copied from several lines, too. */
function wrapCommand(command: string, width: number): string[] {
  const lines = wrap(command, width - 8, "      ");
  lines[0] = lines[0]!.slice(2);
  return lines.map((line, at) => at === lines.length - 1 ? line : `${line} \\`);
}

/** An option in two columns; below each other where these would be too narrow. */
function entry(option: Option, width: number): string[] {
  const left = `  ${usageOf(option)}`;
  const help = helpOf(option);
  const column = Math.min(30, Math.floor(width * 0.4));
  if (width - column < MIN_HELP_WIDTH) return [left, ...wrap(help, width - 6, " ".repeat(6))];
  const lines = wrap(help, width - column, "");
  const indent = " ".repeat(column);
  if (left.length + 2 > column) return [left, ...lines.map((it) => indent + it)];
  return lines.map((it, at) => (at === 0 ? left.padEnd(column) : indent) + it);
}

function usageOf({ name, alias, value, bare }: Option): string {
  const long = name === "dir" ? "dir, --dir" : `--${name}`;
  const names = alias === undefined ? long : `-${alias}, ${long}`;
  if (value === undefined) return names;
  return bare === undefined ? `${names} <${value}>` : `${names}[=<${value}>]`;
}

function helpOf({ name, help, byDefault, type }: Option): string {
  if (type === "flag") return byDefault === true ? `${help}; --no-${name} does not` : help;
  return byDefault === undefined ? help : `${help} (default: ${byDefault})`;
}

/** Text in lines of at most `width`, each indented besides; a word that is longer keeps a line to itself. */
function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line += line === "" ? word : ` ${word}`;
    }
  }
  return [...lines, indent + line];
}
