// Whether a client wants gzip, by its Accept-Encoding (RFC 9110 12.5.3). A client that does not say so
// gets the file as it is; so does one that refuses even that, since a 406 would help nobody.

import { acceptsEncodings } from "@std/http/negotiation";
import { BoundedMap } from "./bounded_map.ts";

// A client that lists more than this has no need of it.
const MAX_FIELD_LENGTH = 1024;
const PRINTABLE = /^[\t\x20-\x7e]*$/;
const cache = new BoundedMap<boolean>(256, 128);

/** Whether gzip is acceptable and the client does not like the plain file better. */
export function prefersGzip(acceptEncoding: string | undefined): boolean {
  // RFC 9110 would allow any coding when the field is missing, but such clients rarely decode one.
  // An empty field asks for none.
  if (acceptEncoding === undefined || acceptEncoding.length > MAX_FIELD_LENGTH) return false;
  return cache.get(acceptEncoding, negotiate);
}

function negotiate(acceptEncoding: string): boolean {
  if (acceptEncoding.trim() === "" || !PRINTABLE.test(acceptEncoding)) return false;
  // The library compares the name of the weight, which is case-insensitive, with `q`.
  const headers = new Headers({ "accept-encoding": acceptEncoding.toLowerCase() });
  return acceptsEncodings({ headers } as Request, "gzip", "identity") === "gzip";
}
