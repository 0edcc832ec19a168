/**
 * Text tables for a terminal: columns as wide as their widest cell, the first column aligned to the
 * left and the others, which hold numbers, to the right.
 */

/** Renders a head line, a rule and the rows; every row has as many cells as the head. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  for (const row of rows) {
    if (row.length !== head.length) {
      throw new RangeError(
        `Cannot render a table: a row has ${row.length} of ${head.length} cells`,
      );
    }
  }
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i].length)));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [line(head), rule, ...rows.map(line)].join("\n") + "\n";
}

/** A number with about three significant digits and grouped thousands; "-" for undefined. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return "-";
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A range of two numbers, as `formatNumber` writes them. */
export function formatRange(min: number, max: number): string {
  return `${formatNumber(min)}–${formatNumber(max)}`;
}

/** A ratio with two digits after the point; "-" for undefined. */
export function formatRatio(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(2);
}
