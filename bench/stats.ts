/**
 * The few numbers that a row of the report is made of. Runs on a shared machine scatter with rare,
 * far outliers, so the middle is the median and the spread is the plain range.
 */

/** The middle of some runs and how far they scatter. */
export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** The median of at least one value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("Cannot take a median: no values");
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The median, the least and the greatest of at least one value. */
export function summarize(values: readonly number[]): Summary {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
