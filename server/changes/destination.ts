// Where a MOVE leads to: its Destination (RFC 4918 10.3), read as a path of this site by the same rules as the path
// of a request. Pure.

import { parseSafePath, type PathPolicy, type SafePath } from "../files/safe_path.ts";
import { pathBelow, rawTargetOf } from "../files/mount.ts";
import { isSameAuthority } from "./same_origin.ts";

const ABSOLUTE = /^(https?):\/\/([^/?#]*)/i;

/**
 * The path that a Destination names: a path, or the URL of one at `host`, below `prefix`. Or the status that refuses it:
 * 502 for another server.
 */
export function parseDestination(
  destination: string,
  host: string,
  prefix: string,
  policy: PathPolicy,
): SafePath | 400 | 404 | 502 {
  const absolute = ABSOLUTE.exec(destination);
  if (absolute !== null) {
    if (!isSameAuthority(absolute[1]!.toLowerCase(), absolute[2]!, host)) return 502;
  } else if (!destination.startsWith("/") || destination.startsWith("//")) {
    return 400;
  }
  const { path, query } = rawTargetOf(destination);
  if (query !== "" || destination.includes("#")) return 400;
  const below = pathBelow(prefix, path);
  if (below === undefined) return 502;
  return parseSafePath(below === "" ? "/" : below, policy);
}
