// Sizes as people write them: 1024, 64K, 1.5G. Pure.

const SIZE = /^(\d{1,15}(?:\.\d{1,6})?)\s*(?:([kmgt])(?:i?b)?|b)?$/i;
const UNITS = "kmgt";

/** The bytes of a size, in units of 1024; `undefined` for what is none. */
export function parseSize(text: string): number | undefined {
  const [, number, unit] = SIZE.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  const power = unit === undefined ? 0 : UNITS.indexOf(unit.toLowerCase()) + 1;
  const bytes = Math.round(Number(number) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
