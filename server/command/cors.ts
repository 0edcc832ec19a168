// Cross-origin reads (Fetch standard, "CORS protocol"): which pages may read what is served. Only reads: changes are
// for pages of the server's own, whatever is allowed here. Pure.

import type { RequestFields } from "../files/conditional.ts";

/** Whose pages may read: anybody's, or those of these origins, who may send credentials. */
export type CorsPolicy = "*" | readonly string[];

type Fields = readonly (readonly [name: string, value: string])[];

/** Response fields beyond the ones that are always readable. */
const EXPOSED = "Accept-Ranges, Content-Disposition, Content-Encoding, Content-Range, ETag";
const METHODS = "GET, HEAD, OPTIONS";
const MAX_AGE_SECONDS = 86400;
const TOKENS = /^[\w!#$%&'*+.^`|~-]+(?:[ \t]*,[ \t]*[\w!#$%&'*+.^`|~-]+)*$/;
const NOTHING: Fields = [];

/** Reads origins that are separated by commas; a text says what is wrong with them. */
export function parseOrigins(text: string): { policy: CorsPolicy } | string {
  const origins = text.split(",").map((it) => it.trim()).filter((it) => it !== "");
  if (origins.includes("*")) {
    return origins.length === 1 ? { policy: "*" } : 'has other origins beside "*"';
  }
  if (origins.length === 0) return "names no origin";
  for (const origin of origins) {
    if (origin !== "null" && toOrigin(origin) !== origin) {
      return `has ${JSON.stringify(origin)}, which is not an origin such as "https://example.com"`;
    }
  }
  return { policy: origins };
}

function toOrigin(text: string): string | undefined {
  return /^https?:\/\/[^/?#]+$/.test(text) && URL.canParse(text) ? new URL(text).origin : undefined;
}

/** Fields of every answer that are the same for all requests; those of a list depend on who asks. */
export function constantCorsFields(policy: CorsPolicy): Fields {
  if (policy !== "*") return NOTHING;
  return [
    ["Access-Control-Allow-Origin", "*"],
    ["Access-Control-Expose-Headers", EXPOSED],
  ];
}

/** Fields of the answer to a request of that origin, beside the constant ones and Vary. */
export function corsFieldsFor(policy: CorsPolicy, origin: string | undefined): Fields {
  if (policy === "*" || origin === undefined || !policy.includes(origin)) return NOTHING;
  return [
    ["Access-Control-Allow-Origin", origin],
    // A page of nowhere in particular may be anybody's.
    ...(origin === "null" ? [] : [["Access-Control-Allow-Credentials", "true"] as const]),
    ["Access-Control-Expose-Headers", EXPOSED],
  ];
}

/** Whether a request asks what may be asked: a preflight, which is never sent with credentials. */
export function isPreflight(method: string, headers: RequestFields): boolean {
  return method === "OPTIONS" && headers["origin"] !== undefined &&
    headers["access-control-request-method"] !== undefined;
}

/** What a preflight is told besides the fields of every answer; nothing, where the origin may not read. */
export function preflightFields(policy: CorsPolicy, headers: RequestFields): Fields {
  if (policy !== "*" && !policy.includes(headers["origin"] ?? "")) return NOTHING;
  const names = headers["access-control-request-headers"];
  return [
    ["Access-Control-Allow-Methods", METHODS],
    ...(names !== undefined && TOKENS.test(names)
      ? [["Access-Control-Allow-Headers", names] as const]
      : []),
    ["Access-Control-Max-Age", String(MAX_AGE_SECONDS)],
  ];
}
