// What a server says about the part of a representation that it sends (RFC 9110 14.4). Pure.

/** A part, or the complete length alone. */
export interface ContentRange {
  /** First byte; undefined where the range could not be satisfied. */
  readonly first: number | undefined;
  /** Last byte, likewise. */
  readonly last: number | undefined;
  /** Length of the whole; undefined: `*`. */
  readonly total: number | undefined;
}

const RANGE = /^bytes[ \t]+(?:(\d{1,15})-(\d{1,15})|\*)\/(?:(\d{1,15})|\*)$/i;

/** Reads a Content-Range field; undefined when it is malformed, or of another unit. */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const match = RANGE.exec(value ?? "");
  if (match === null) return undefined;
  const [first, last, total] = match.slice(1).map((it) =>
    it === undefined ? undefined : Number(it)
  );
  const range = { first, last, total };
  if (first === undefined) return total === undefined ? undefined : range;
  if (last! < first || (total !== undefined && last! >= total)) return undefined;
  return range;
}
