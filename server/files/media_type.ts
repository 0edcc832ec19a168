// The media type of a file by its extension, with `charset` where the type is text. Nothing is ever
// guessed from the bytes.

import { contentType } from "@std/media-types";
import { extname } from "@std/path";
import { BoundedMap } from "./bounded_map.ts";

const DEFAULT_TYPE = "application/octet-stream";
const cache = new BoundedMap<string>(256, 16);

/** The Content-Type for a file of this name; the name may be a path. */
export function mediaType(name: string): string {
  return cache.get(extname(name), (extension) => contentType(extension) ?? DEFAULT_TYPE);
}
