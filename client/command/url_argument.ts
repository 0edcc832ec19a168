// What the URL of the command line means: curl's short forms, and the file that `-O` names after it. Pure.

import { UsageError } from "./errors.ts";

/** As in curl, a URL without a scheme is one of http. Throws UsageError. */
export function parseUrl(text: string): URL {
  const shown = withoutUserinfo(text);
  if (/^https?:\/(?!\/)/i.test(text)) {
    throw new UsageError(`Cannot get "${shown}": it has one slash after the colon, not two`, 3);
  }
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(full)) throw new UsageError(`Cannot get "${shown}": it is not a URL`, 3);
  const url = new URL(full);
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    const scheme = url.protocol.slice(0, -1);
    throw new UsageError(`Cannot get "${shown}": its scheme is "${scheme}", not http or https`, 1);
  }
  return url;
}

/** A text with what may be a user name and a password in URLs taken out. */
export function withoutUserinfo(text: string): string {
  const known = text.replace(/^([a-z][a-z0-9+.-]*:\/*)?[^/?#]*@/i, "$1");
  // In what is no URL, anything before an "@" may be a password.
  const isUrl = URL.canParse(text) || URL.canParse(`http://${text}`);
  return known === text && !isUrl ? text.replace(/^.*@/s, "") : known;
}

/** The name of the file behind the last slash, decoded where that makes a name; undefined: there is none. */
export function fileNameOf({ pathname }: URL): string | undefined {
  const name = pathname.slice(pathname.lastIndexOf("/") + 1);
  if (name === "") return undefined;
  let decoded: string;
  try {
    decoded = decodeURIComponent(name);
  } catch {
    return name; // not UTF-8
  }
  return isSafeName(decoded) ? decoded : name;
}

/** Whether a name stays in its folder, and on its line of a terminal. */
function isSafeName(name: string): boolean {
  return name !== "." && name !== ".." && !/[/\\\p{C}\p{Zl}\p{Zp}]/u.test(name);
}
