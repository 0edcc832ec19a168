// What `-w` prints when a transfer is over: a format with curl's variables. Pure.

import { visible } from "./visible.ts";

/** What is known of a transfer. */
export interface TransferFacts {
  /** Status of the last response; 0: there was none. */
  readonly code: number;
  /** The last URL, without user and password. */
  readonly url: string;
  readonly contentType: string;
  readonly redirects: number;
  readonly bytesDown: number;
  readonly bytesUp: number;
  readonly seconds: number;
}

const VARIABLES: Record<string, (facts: TransferFacts) => string> = {
  content_type: ({ contentType }) => visible(contentType),
  http_code: ({ code }) => String(code).padStart(3, "0"),
  num_redirects: ({ redirects }) => String(redirects),
  response_code: ({ code }) => String(code).padStart(3, "0"),
  size_download: ({ bytesDown }) => String(bytesDown),
  size_upload: ({ bytesUp }) => String(bytesUp),
  time_total: ({ seconds }) => seconds.toFixed(6),
  url_effective: ({ url }) => url,
};

const ESCAPES: Record<string, string> = { n: "\n", r: "\r", t: "\t" };

/** The variables of a format that there are not. */
export function unknownVariables(format: string): string[] {
  const names = [...format.replaceAll("%%", "").matchAll(/%\{([^}]*)\}/g)].map(([, name]) => name!);
  return names.filter((name) => !Object.hasOwn(VARIABLES, name));
}

/** A format filled in; variables that there are not vanish. */
export function writeOut(format: string, facts: TransferFacts): string {
  return format.replace(/%%|%\{([^}]*)\}|\\([nrt])/g, (all, name, escape) => {
    if (all === "%%") return "%";
    if (escape !== undefined) return ESCAPES[escape]!;
    return Object.hasOwn(VARIABLES, name) ? VARIABLES[name]!(facts) : "";
  });
}
