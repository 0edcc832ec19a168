// Values of `Authorization` and `Proxy-Authorization` that need no challenge: Basic (RFC 7617) and
// Bearer (RFC 6750). Pure. Wrong credentials are a TypeError that never quotes them.

import { encoder } from "../../wire/bytes.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x1f\x7f]/;
/** RFC 6750 2.1. */
const B64TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The value for Basic: the credentials in UTF-8 (RFC 7617 2.1), which no control character may enter. */
export function basicCredentials(username: string, password: string): string {
  if (username.includes(":")) {
    throw new TypeError("Cannot use user name: it has a colon, where the password would begin");
  }
  if (CONTROL.test(username)) refuseControl("user name");
  if (CONTROL.test(password)) refuseControl("password");
  return `Basic ${encoder.encode(`${username}:${password}`).toBase64()}`;
}

/** The value for a bearer token. */
export function bearerCredentials(token: string): string {
  if (!B64TOKEN.test(token)) {
    throw new TypeError(
      'Cannot use bearer token: it has other characters than letters, digits and "-._~+/"',
    );
  }
  return `Bearer ${token}`;
}

function refuseControl(what: string): never {
  throw new TypeError(`Cannot use ${what}: it has a control character`);
}
