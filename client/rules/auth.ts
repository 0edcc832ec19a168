// Values of `Authorization` and `Proxy-Authorization` that need no challenge: Basic (RFC 7617) and
// Bearer (RFC 6750). Pure. Wrong credentials are a TypeError that never quotes them.

import { encoder } from "../../wire/bytes.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
/** RFC 6750 2.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** Why user name and password cannot be sent, if so: by no scheme, or not by Basic. */
export function flawOfPassword(
  username: string,
  password: string,
  isBasic: boolean,
): string | undefined {
  if (isBasic && username.includes(":")) {
    return "the user name has a colon, where the password would begin";
  }
  if (CONTROL.test(username)) return "the user name has a control character";
  if (CONTROL.test(password)) return "the password has a control character";
  return undefined;
}

/** Why a bearer token cannot be sent, if so. */
export function flawOfToken(token: string): string | undefined {
  if (B64TOKEN.test(token)) return undefined;
  return 'the token has other characters than letters, digits and "-._~+/"';
}

/** The value for Basic: the credentials in UTF-8 (RFC 7617 2.1), which no control character may enter. */
export function basicCredentials(username: string, password: string): string {
  refuseFlaw(flawOfPassword(username, password, true));
  return `Basic ${encoder.encode(`${username}:${password}`).toBase64()}`;
}

/** The value for a bearer token. */
export function bearerCredentials(token: string): string {
  refuseFlaw(flawOfToken(token));
  return `Bearer ${token}`;
}

function refuseFlaw(flaw: string | undefined): void {
  if (flaw !== undefined) throw new TypeError(`Cannot use credentials: ${flaw}`);
}
