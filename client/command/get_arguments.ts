// What the arguments of the get command come to.

import type { Switch, Value } from "./options_table.ts";

/** A piece of `-d` or one of its relatives. */
export interface DataPiece {
  readonly kind: "data" | "data-raw" | "data-binary" | "data-urlencode" | "json";
  readonly value: string;
}

/** A part of a form. */
export interface FormEntry {
  readonly value: string;
  /** Whether nothing in the value has a meaning. */
  readonly isPlain: boolean;
}

/** What to get, and how. */
export interface GetArguments {
  readonly url: URL;
  /** The file to write to; undefined: the standard output. */
  readonly output: string | undefined;
  /** Whether the standard output was asked for, whatever comes. */
  readonly isBinaryWelcome: boolean;
  readonly data: readonly DataPiece[];
  readonly form: readonly FormEntry[];
  /** The switches that are on, by long name. */
  readonly switches: ReadonlySet<Switch>;
  /** The last value of each option, by long name. */
  readonly values: Readonly<Partial<Record<Value, string>>>;
  readonly header: readonly string[];
  readonly cookie: readonly string[];
  readonly resolve: readonly string[];
}

/** What the command is asked to do. */
export type GetCommand =
  | { readonly action: "get"; readonly get: GetArguments }
  | { readonly action: "help" | "version" };
