// What `WWW-Authenticate` and `Proxy-Authenticate` say (RFC 9110 11.6.1): a list of challenges, each with a
// list of parameters, and nothing but commas between either. Pure. A server's slip is no reason to fail: what
// comes before it is read, the rest is not. Own code, since @std has no reader of challenges.

import { isFieldValue, TOKEN } from "../../wire/headers.ts";

/** One challenge. */
export interface Challenge {
  /** Name of the scheme, lowercase. */
  readonly scheme: string;
  /** The one value of schemes that have no parameters, as `NTLM`. */
  readonly token68: string | undefined;
  /** Values by lowercase name, without quotes. They are latin1: a character for each byte. */
  readonly params: ReadonlyMap<string, string>;
}

const SEPARATORS = /[ \t,]*/y;
const SCHEME = new RegExp(`(${TOKEN})(?=[ \\t,]|$)[ \\t]*`, "y");
const TOKEN68 = /([A-Za-z0-9\-._~+/]+=*)[ \t]*(?=,|$)/y;
const PARAM = new RegExp(
  `(${TOKEN})[ \\t]*=[ \\t]*(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*(?=,|$)`,
  "y",
);

/** The challenges of one field value. Those that name a parameter twice are left out. */
export function parseChallenges(value: string): Challenge[] {
  if (!isFieldValue(value)) return [];
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(value);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  take(SEPARATORS);
  while (at < value.length) {
    const scheme = take(SCHEME);
    if (scheme === null) break;
    const token68 = take(TOKEN68)?.[1];
    const params = new Map<string, string>();
    let isSound = true;
    take(SEPARATORS);
    // A name with "=" behind it belongs here, one without begins the next challenge.
    for (let param; token68 === undefined && (param = take(PARAM)) !== null; take(SEPARATORS)) {
      const name = param[1]!.toLowerCase();
      if (params.has(name)) isSound = false;
      params.set(name, param[2] ?? param[3]!.replace(/\\(.)/g, "$1"));
    }
    if (isSound) challenges.push({ scheme: scheme[1]!.toLowerCase(), token68, params });
  }
  return challenges;
}
