/** Declarations of content negotiation. */

/** Whatever has the headers of a request. */
type WithHeaders = { headers: { get(key: string): string | null } };

export function accepts(request: WithHeaders): string[];
export function accepts(request: WithHeaders, ...types: string[]): string | undefined;
export function acceptsEncodings(request: WithHeaders): string[];
export function acceptsEncodings(
  request: WithHeaders,
  ...encodings: string[]
): string | undefined;
export function acceptsLanguages(request: WithHeaders): string[];
export function acceptsLanguages(request: WithHeaders, ...langs: string[]): string | undefined;
