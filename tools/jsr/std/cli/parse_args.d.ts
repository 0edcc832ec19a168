/**
 * Declarations of `parseArgs()`: the part of its types that a command with named flags needs.
 * Only keys listed as `boolean` or `string` are typed; the others are out of reach.
 */

/** The keys given as one string or as a list of them. */
type Keys<K extends string> = K | readonly K[];

/** What a string flag holds: collected, defaulted, or perhaps absent. */
type StringValue<K extends string, TCollect extends string, TDefault> = K extends TCollect
  ? string[]
  : K extends keyof TDefault ? string | TDefault[K]
  : string | undefined;

/** What a boolean flag holds: collected, or defaulted. */
type BooleanValue<K extends string, TCollect extends string, TDefault> = K extends TCollect
  ? boolean[]
  : K extends keyof TDefault ? boolean | TDefault[K]
  : boolean;

/** How the arguments are to be read. */
export interface ParseOptions<
  TBoolean extends string,
  TString extends string,
  TCollect extends string,
  TDefault,
> {
  "--"?: boolean;
  alias?: Record<string, string | readonly string[]>;
  boolean?: Keys<TBoolean>;
  string?: Keys<TString>;
  collect?: Keys<TCollect>;
  negatable?: string | readonly string[];
  default?: TDefault;
  stopEarly?: boolean;
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

export function parseArgs<
  const TBoolean extends string = never,
  const TString extends string = never,
  const TCollect extends string = never,
  TDefault extends object = Record<never, never>,
>(
  args: string[],
  options?: ParseOptions<TBoolean, TString, TCollect, TDefault>,
):
  & { [K in TBoolean]: BooleanValue<K, TCollect, TDefault> }
  & { [K in TString]: StringValue<K, TCollect, TDefault> }
  & { _: (string | number)[] };
