// Which media type a client likes best of those that there are (RFC 9110 12.5.1). Pure.

import { accepts } from "@std/http/negotiation";

const VISIBLE = /^[\t\x20-\x7e]*$/;

/** The one of `types` that the client likes best; `undefined` when it does not say, or likes none. */
export function preferredType(
  accept: string | undefined,
  ...types: string[]
): string | undefined {
  if (accept === undefined || !VISIBLE.test(accept)) return undefined;
  return accepts({ headers: new Headers({ accept }) } as Request, ...types);
}
