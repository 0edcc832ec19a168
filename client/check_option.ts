// What the checks of options have in common: the kinds of values that several options take, and one form of
// message, `Cannot use option "name": it is X, not Y`. A value of the wrong kind is a TypeError, a number out
// of range a RangeError. A value that may be a secret is never quoted, only its kind is named. Pure.

/** Refuses an option for a reason of its own. */
export function refuseOption(name: string, why: string, cause?: unknown): never {
  const init = cause === undefined ? undefined : { cause };
  throw new TypeError(`Cannot use option "${name}": ${why}`, init);
}

/** Refuses a value of the wrong kind; `wanted` says which kinds are right, as "a number of seconds". */
export function refuseKind(name: string, value: unknown, wanted: string): never {
  refuseOption(name, `it is ${kindOf(value)}, not ${wanted}`);
}

/** Refuses a number that is out of range. */
export function refuseNumber(name: string, value: number, wanted: string): never {
  throw new RangeError(`Cannot use option "${name}": it is ${value}, not ${wanted}`);
}

/** A value that must be true or false. */
export function checkBoolean(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") refuseKind(name, value, "a boolean");
  return value;
}

/** A value that must be a function. */
export function checkFunction<T>(name: string, value: T): T {
  if (typeof value !== "function") refuseKind(name, value, "a function");
  return value;
}

/** A value that must be one of a few words. */
export function checkWord<Word extends string>(
  name: string,
  value: unknown,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const wanted = words.map((word) => `"${word}"`).join(" or ");
  if (typeof value !== "string") refuseKind(name, value, wanted);
  refuseOption(name, `it is ${JSON.stringify(value)}, not ${wanted}`);
}

/** A value that must be a whole number from `least` on, or Infinity. */
export function checkCount(name: string, value: unknown, least: number): number {
  if (typeof value !== "number") refuseKind(name, value, "a number");
  if (!(value >= least) || (value !== Infinity && !Number.isSafeInteger(value))) {
    refuseNumber(name, value, `a whole number from ${least} on`);
  }
  return value;
}

/** Milliseconds, from a value that must be a number of seconds, not below 0; Infinity is one. */
export function checkSeconds(name: string, value: unknown): number {
  if (typeof value !== "number") refuseKind(name, value, "a number of seconds");
  if (!(value >= 0)) refuseNumber(name, value, "a number of seconds from 0 on");
  return value * 1000;
}

/** Whether a value has its content as named properties, unlike an array, a Map, a Headers or a signal. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return Object.prototype.toString.call(value) === "[object Object]";
}

/** A value that must be an object with none but the `known` properties. */
export function checkRecord(
  name: string,
  value: unknown,
  known: readonly string[],
): Record<string, unknown> {
  if (!isRecord(value)) refuseKind(name, value, `an object with ${listed(known)}`);
  for (const key of Object.keys(value)) {
    if (value[key] !== undefined && !known.includes(key)) {
      refuseOption(`${name}.${key}`, `there is no such option, only ${listed(known)}`);
    }
  }
  return value;
}

/** The options of a call as a whole, which must be an object. */
export function checkOptions(options: unknown): Record<string, unknown> {
  if (isRecord(options)) return options;
  throw new TypeError(`Cannot use options: they are ${kindOf(options)}, not an object`);
}

/** What a value is, without saying anything of what is in it. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  const kind = typeof value === "object"
    ? Object.prototype.toString.call(value).slice("[object ".length, -1)
    : typeof value;
  return `${/^[AEIO]/.test(kind) ? "an" : "a"} ${kind}`;
}

function listed(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
