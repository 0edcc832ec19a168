// Numbers that handlers give to the calls of a connection, checked. Pure.

/** A time in seconds that a caller gave, in milliseconds. */
export function toMs(timeout: number | undefined, byDefault: number): number {
  if (timeout === undefined) return byDefault;
  if (!(timeout > 0)) throw new RangeError(`Cannot read body: timeout ${timeout} is not above 0`);
  return timeout * 1000;
}

/** A count or an offset that a caller gave, checked. */
export function wholeNumber(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`Cannot send file: ${name} ${value} is not from 0 to ${most}`);
}
