/** Declarations of cookies: reading those of a request, setting and deleting those of a response. */

/** A cookie to be set. */
export interface Cookie {
  name: string;
  value: string;
  expires?: Date | number;
  maxAge?: number;
  domain?: string;
  path?: string;
  secure?: boolean;
  httpOnly?: boolean;
  partitioned?: boolean;
  sameSite?: "Strict" | "Lax" | "None";
  unparsed?: string[];
}

export function getCookies(headers: Headers): Partial<Record<string, string>>;
export function getSetCookies(headers: Headers): Cookie[];
export function setCookie(headers: Headers, cookie: Cookie): void;
export function deleteCookie(
  headers: Headers,
  name: string,
  attributes?: Pick<Cookie, "domain" | "httpOnly" | "partitioned" | "path" | "secure">,
): void;
