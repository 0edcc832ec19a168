// The values of options, from several sources: the first source that gives an option counts, which is
// arguments, then environment, then configuration file. What is not given by any has no value here. Pure.

import type { Option, OptionName } from "./option.ts";
import { OPTIONS } from "./options_table.ts";
import { UsageError } from "./usage_error.ts";

/** What one source gives for an option: its texts, none where it is switched off, and how messages call it. */
export interface GivenOption {
  readonly values: readonly string[];
  /** Such as `--port`, `SERVE_PORT` or `"port" in "serve.json"`. */
  readonly label: string;
}

/** What one source gives. */
export type GivenOptions = ReadonlyMap<OptionName, GivenOption>;

const BY_NAME: ReadonlyMap<string, Option> = new Map(OPTIONS.map((it) => [it.name, it]));
const TRUE = /^(?:true|yes|on|1)$/i;
const FALSE = /^(?:false|no|off|0)$/i;

/** The option with that name, if there is one. */
export function optionNamed(name: string): Option | undefined {
  return BY_NAME.get(name);
}

/** What a text from any source gives for an option: a switch for true and false, where it may be one. */
export function valuesOf(option: Option, text: string): readonly string[] {
  if (option.bare === undefined) return [text];
  if (TRUE.test(text)) return [option.bare];
  return FALSE.test(text) ? [] : [text];
}

/** Whether the text of a flag, which was checked, says yes. */
export function isTrue(text: string): boolean {
  return TRUE.test(text);
}

/** The options of all sources together. */
export class OptionValues {
  readonly #sources: readonly GivenOptions[];

  /** `sources`: the first that gives an option counts. Checks all; throws UsageError. */
  constructor(...sources: GivenOptions[]) {
    this.#sources = sources;
    for (const source of sources) {
      for (const [name, given] of source) check(BY_NAME.get(name)!, given);
    }
  }

  /** How messages call an option: by the source that gave it. */
  label(name: OptionName): string {
    return this.#find(name)?.label ?? `--${name}`;
  }

  /** How messages call an option, as the subject of a sentence. */
  subject(name: OptionName): string {
    return subjectOf(this.label(name));
  }

  /** Which source gives an option: the lower, the sooner it counts. */
  rank(name: OptionName): number {
    const at = this.#sources.findIndex((it) => it.has(name));
    return at < 0 ? Infinity : at;
  }

  /** The value of a flag; `undefined` when it is not given. */
  flag(name: OptionName): boolean | undefined {
    const given = this.#find(name);
    return given && isTrue(given.values.at(-1)!);
  }

  /** The value of a text; what it means without one, where it was given so. */
  text(name: OptionName): string | undefined {
    return this.#find(name)?.values.at(-1);
  }

  /** The value of a number. */
  number(name: OptionName): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number(text);
  }

  /** The values of a list; empty when it is not given. */
  list(name: OptionName): readonly string[] {
    return this.#find(name)?.values ?? [];
  }

  /** Throws a UsageError about the value of an option. */
  refuse(name: OptionName, value: string, why: string): never {
    throw new UsageError(`${this.label(name)} ${JSON.stringify(value)} ${why}`);
  }

  #find(name: OptionName): GivenOption | undefined {
    for (const source of this.#sources) {
      const given = source.get(name);
      if (given !== undefined) return given;
    }
    return undefined;
  }
}

function subjectOf(label: string): string {
  return label.startsWith("--") ? `option "${label}"` : label.replace(/:$/, "");
}

function check(option: Option, { values, label }: GivenOption): void {
  for (const value of values) {
    if (value === "") {
      throw new UsageError(`${subjectOf(label)} has no value`);
    }
    const why = wrong(option, value);
    if (why !== undefined) throw new UsageError(`${label} ${JSON.stringify(value)} ${why}`);
  }
}

function wrong({ type, choices, range }: Option, value: string): string | undefined {
  if (type === "flag" && !TRUE.test(value) && !FALSE.test(value)) return "is not true or false";
  if (type === "number") {
    const [least, most] = range ?? [0, Number.MAX_SAFE_INTEGER];
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (!(number >= least && number <= most)) return `is not a number from ${least} to ${most}`;
  }
  if (choices !== undefined && !choices.includes(value)) {
    return `is not one of ${choices.join(", ")}`;
  }
  return undefined;
}
