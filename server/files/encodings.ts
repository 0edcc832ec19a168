// Which content codings a client wants, by its Accept-Encoding (RFC 9110 12.5.3). A client that does not say so
// gets the file as it is; so does one that refuses even that, since a 406 would help nobody.

import { acceptsEncodings } from "@std/http/negotiation";
import { BoundedMap } from "./bounded_map.ts";
import type { Coding } from "./file_source.ts";

// A client that lists more than this has no need of it.
const MAX_FIELD_LENGTH = 1024;
const PRINTABLE = /^[\t\x20-\x7e]*$/;
/** Less than any weight that a client may give, but not none. */
const UNNAMED_IDENTITY = ";q=0.0001";
/** How the name of a stored form ends, by its coding, in the order in which servers like them. */
export const SUFFIXES: ReadonlyMap<Coding, string> = new Map([
  ["br", ".br"],
  ["zstd", ".zst"],
  ["gzip", ".gz"],
]);
/** What is compressed on the way, the one preferred among equals first. */
export const MADE: readonly Coding[] = ["br", "gzip"];
const NONE: readonly Coding[] = [];
const caches = new Map<string, BoundedMap<readonly Coding[]>>();

/**
 * Those of `offered` that are acceptable and that the client does not like less than the plain file: the ones it likes
 * best first, of equal ones in the order of `offered`.
 */
export function wantedCodings(
  acceptEncoding: string | undefined,
  offered: readonly Coding[],
): readonly Coding[] {
  // RFC 9110 would allow any coding when the field is missing, but such clients rarely decode one.
  // An empty field asks for none.
  if (acceptEncoding === undefined || acceptEncoding.length > MAX_FIELD_LENGTH) return NONE;
  if (offered.length === 0) return NONE;
  return cacheOf(offered).get(acceptEncoding, (it) => negotiate(it, offered));
}

/** There are as many as there are ways to order a few codings. */
function cacheOf(offered: readonly Coding[]): BoundedMap<readonly Coding[]> {
  const key = offered.join();
  let cache = caches.get(key);
  if (cache === undefined) caches.set(key, cache = new BoundedMap(256, 128));
  return cache;
}

function negotiate(acceptEncoding: string, offered: readonly Coding[]): readonly Coding[] {
  if (acceptEncoding.trim() === "" || !PRINTABLE.test(acceptEncoding)) return NONE;
  const wanted: Coding[] = [];
  const headers = new Headers({ "accept-encoding": spellOut(acceptEncoding, offered) });
  for (let rest = offered; rest.length > 0;) {
    const best = acceptsEncodings({ headers } as Request, ...rest, "identity");
    if (best === undefined || best === "identity") break;
    wanted.push(best as Coding);
    rest = rest.filter((it) => it !== best);
  }
  return wanted;
}

/**
 * The field without what the library does not know or leaves open: with the name of the weight in lower case, `x-gzip` as
 * the other name of gzip that it is (RFC 9110 8.4.1.3), all that `*` stands for by its name, the plain file last where
 * it is not named, and what is equal otherwise in the order of `offered`.
 */
function spellOut(acceptEncoding: string, offered: readonly Coding[]): string {
  const weights = new Map<string, string>();
  for (const wish of acceptEncoding.toLowerCase().split(",")) {
    const [, name, weight] = /^\s*([^\s;]*)\s*(.*)$/.exec(wish)!;
    weights.set(name === "x-gzip" ? "gzip" : name, weight);
  }
  const others = weights.get("*");
  const wishes = [...offered, "identity"].map((name) => {
    const byDefault = name === "identity" ? UNNAMED_IDENTITY : others ?? ";q=0";
    return name + (weights.get(name) ?? byDefault);
  });
  return wishes.join(",");
}
