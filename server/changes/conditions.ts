// The conditions of a request that changes something (RFC 9110 13), against what is there now.

import { type CurrentRepresentation, evaluatePreconditions } from "../files/conditional.ts";
import { makeEtag } from "../files/etag.ts";
import type { Change } from "./change.ts";
import { Refusal } from "./refusal.ts";

/** Throws a Refusal, 412, if the request is not meant for what is there now. */
export function checkConditions(
  { req }: Change,
  info: Deno.FileInfo | undefined,
  action: string,
): void {
  const { status } = evaluatePreconditions(req, info && representationOf(info));
  if (status !== 200) throw new Refusal(412, `${action}: it is not what the request expects`);
}

function representationOf({ isFile, size, mtime }: Deno.FileInfo): CurrentRepresentation {
  if (!isFile || mtime === null) return {};
  const lastModified = mtime.getTime();
  return { etag: makeEtag(size, lastModified), lastModified, size };
}
