// The limits of what is parsed, and their defaults, in one table.

/** Limits on a multipart body. Beyond one of them: LimitError, which names it. */
export interface MultipartLimits {
  /** Most parts. Default: 1000. Beyond it: status 413. */
  maxParts?: number;
  /**
   * Longest header block of a part, in bytes, with the empty line that ends it. Default: 16384. Beyond
   * it: status 413.
   */
  maxHeaderBytes?: number;
  /** Most header fields of a part. Default: 32. Beyond it: status 413. */
  maxHeaders?: number;
  /** Most bytes before the first delimiter. Default: 16384. Beyond it: status 400. */
  maxPreambleBytes?: number;
  /**
   * Longest part with a file name, in bytes. Default: Infinity, since parts are streamed. Beyond it:
   * status 413, after that many bytes were given out.
   */
  maxFileBytes?: number;
  /**
   * Longest body in all, in bytes, with everything around the parts. Default: Infinity. Beyond it:
   * status 413.
   */
  maxTotalBytes?: number;
}

/** What applies where nothing is said. */
export const LIMIT_DEFAULTS: Readonly<Required<MultipartLimits>> = {
  maxParts: 1000,
  maxHeaderBytes: 16384,
  maxHeaders: 32,
  maxPreambleBytes: 16384,
  maxFileBytes: Infinity,
  maxTotalBytes: Infinity,
};

/** The limits of `given`, checked, and the defaults for all others; `beside` are names that it may have, too. */
export function resolveLimits(
  given: MultipartLimits,
  beside: readonly string[] = [],
): Required<MultipartLimits> {
  const limits = { ...LIMIT_DEFAULTS };
  checkNames(given, [...Object.keys(limits), ...beside]);
  for (const name of Object.keys(limits) as (keyof MultipartLimits)[]) {
    limits[name] = checkLimit(name, given[name], limits[name]);
  }
  return limits;
}

/** Throws a TypeError if options have a name that is not `known`: a limit that is misspelled would be none. */
export function checkNames(given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) throw new TypeError(`Cannot take option "${name}": there is none`);
  }
}

/** A limit as given, or its default; throws a RangeError if it is no whole number of 0 or more, or Infinity. */
export function checkLimit(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw new RangeError(`Cannot take option "${name}": ${value} is not a whole number, 0 or more`);
}
