/** Declarations of the byte formatter. */

/** How bytes are written. */
export interface FormatOptions {
  bits?: boolean;
  binary?: boolean;
  signed?: boolean;
  locale?: boolean | string | string[];
  minimumFractionDigits?: number;
  maximumFractionDigits?: number;
}

export function format(num: number, options?: FormatOptions): string;
