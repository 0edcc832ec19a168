// The byte ranges that a Range field asks for, RFC 9110 14.1.2 and 14.2. Whatever is not a well-formed set of byte
// ranges is ignored as a whole, as the RFC allows: other units, a first position after the last, too many of them.
// Ranges that overlap or touch become one; of those that remain each stands where the first of its parts stood.

/** A part of a representation, in bytes; never empty and never beyond the end. */
export interface ByteRange {
  /** First byte. */
  readonly offset: number;
  /** Number of bytes, above 0. */
  readonly count: number;
}

/** A field with more ranges than this is ignored: no client has a need of so many, and each is work. */
export const MAX_RANGES = 256;

const UNIT = /^bytes=/i;
// int-range or suffix-range, or nothing, and what separates it from the next one (RFC 9110 5.6.1).
const ELEMENT = /(?:([0-9]+)-([0-9]*)|-([0-9]+))?(?:[\t ]*,[\t ]*|$)/y;

/**
 * What a Range field asks of `size` bytes, at least one range; `"whole"` when it is to be ignored, `"unsatisfiable"` when
 * it is well-formed and asks for no byte that is there.
 */
export function parseByteRanges(
  value: string,
  size: number,
): readonly ByteRange[] | "whole" | "unsatisfiable" {
  const unit = UNIT.exec(value);
  if (unit === null) return "whole";
  const ranges: ByteRange[] = [];
  let specs = 0;
  let elements = 0;
  let whole = false;
  for (let at = unit[0].length; at < value.length; at = ELEMENT.lastIndex) {
    ELEMENT.lastIndex = at;
    const element = ELEMENT.exec(value);
    if (element === null || ++elements > MAX_RANGES) return "whole";
    if (element[1] === undefined && element[3] === undefined) continue;
    specs++;
    const range = rangeOf(element, size);
    if (range === "whole") whole = true;
    else if (range === "invalid") return "whole";
    else if (range !== undefined) ranges.push(range);
  }
  if (specs === 0 || whole) return "whole";
  return ranges.length === 0 ? "unsatisfiable" : merge(ranges);
}

/** One range; undefined for one that no byte is in. */
function rangeOf(
  [, first, last, suffix]: RegExpExecArray,
  size: number,
): ByteRange | "whole" | "invalid" | undefined {
  // Number() rounds what exceeds 2^53, but never to below it, and no file is that large: every position
  // inside of the file is exact, and every other one stays outside.
  if (suffix !== undefined) {
    const wanted = Number(suffix);
    if (wanted === 0) return undefined;
    // An empty file satisfies a suffix, yet Content-Range cannot say so.
    if (size === 0) return "whole";
    const count = Math.min(wanted, size);
    return { offset: size - count, count };
  }
  const offset = Number(first);
  const end = last === "" ? Infinity : Number(last);
  if (end < offset) return "invalid";
  if (offset >= size) return undefined;
  return { offset, count: Math.min(end, size - 1) - offset + 1 };
}

/** Makes one of those that overlap or touch; the others keep their order. */
function merge(ranges: readonly ByteRange[]): readonly ByteRange[] {
  if (ranges.length === 1) return ranges;
  const sorted = ranges.map(({ offset, count }, order) => ({ offset, count, order }))
    .sort((one, other) => one.offset - other.offset);
  const merged = [sorted[0]!];
  for (const next of sorted) {
    const last = merged.at(-1)!;
    const end = last.offset + last.count;
    if (next.offset > end) {
      merged.push(next);
      continue;
    }
    last.count = Math.max(end, next.offset + next.count) - last.offset;
    last.order = Math.min(last.order, next.order);
  }
  return merged.sort((one, other) => one.order - other.order)
    .map(({ offset, count }) => ({ offset, count }));
}
