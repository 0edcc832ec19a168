// What an option of the serve command is: one entry of the table from which come the arguments, the
// environment, the configuration file with its schema, and the help. Types, and what follows from a name.

/** The options, by the name that stands behind the two dashes. */
export type OptionName =
  | ("dir" | "index" | "spa" | "404" | "clean-urls" | "links" | "dotfiles" | "hidden" | "prefix")
  | ("listing" | "zip" | "upload" | "overwrite" | "edit" | "max-upload")
  | ("gzip" | "precompressed" | "compress" | "cache" | "memory" | "header" | "cors")
  | ("host" | "port" | "cert" | "key" | "auth" | "auth-file" | "auth-without-tls" | "trust-proxy")
  | ("log" | "quiet" | "health" | "drain" | "grace" | "workers" | "open" | "qr")
  | ("config" | "schema" | "help" | "version");

/** What the options are about, in the order of the help. */
export type OptionGroup =
  | "Files"
  | "Pages and changes"
  | "Answers"
  | "Network and access"
  | "Running"
  | "About";

/** One option. */
export interface Option {
  readonly name: OptionName;
  /**
   * A flag is there or not; a list may be given several times. Numbers are whole.
   */
  readonly type: "flag" | "text" | "number" | "list";
  /** What stands for its value in the help. */
  readonly value?: string;
  /** What it means without a value, where one may be left out; `--name=value` gives one then. */
  readonly bare?: string;
  /** Its short form, a letter. */
  readonly alias?: string;
  /** What is meant when it is not given, as it stands in the help. */
  readonly byDefault?: string | number | boolean;
  /** The values that it can have. */
  readonly choices?: readonly string[];
  /** The least and the largest number. */
  readonly range?: readonly [least: number, most: number];
  readonly group: OptionGroup;
  /** A sentence or two without the final full stop. */
  readonly help: string;
  /** Whether it protects something, so that an empty value is no way to say that it is not wanted. */
  readonly protects?: true;
  /** Whether it makes sense on the command line alone. */
  readonly onlyArgument?: true;
}

/** How the names of the variables begin. */
export const VARIABLE_PREFIX = "SERVE_";

/** The environment variable that sets an option. */
export function variableOf(name: OptionName): string {
  return `${VARIABLE_PREFIX}${name.replaceAll("-", "_").toUpperCase()}`;
}
