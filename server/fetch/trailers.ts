// The fields behind a body (RFC 9110 6.5) in Fetch's terms: a Headers, or whatever one can be made of.

import { type Connection, partsOf } from "../connection.ts";

/** Fields that are sent behind the body: at once, or when the body has ended. */
export type TrailerSource =
  | HeadersInit
  | Promise<HeadersInit>
  | (() => HeadersInit | Promise<HeadersInit>);

/** Gives the trailers to the response, once its body has ended. Throws TypeError for fields not allowed there. */
export async function putTrailers(con: Connection, source: TrailerSource): Promise<void> {
  const fields = await (typeof source === "function" ? source() : source);
  // Whoever waited too long has nobody to send them to.
  if (partsOf(con).response.ended) return;
  const trailers: Record<string, string> = {};
  for (const [name, value] of new Headers(fields)) trailers[name] = value;
  con.sendTrailers(trailers);
}
