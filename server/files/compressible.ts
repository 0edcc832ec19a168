// Which files are compressed on their way: those whose type says that they become shorter, and that are neither
// too small to gain by it nor too large to be compressed again for each client.

import isCompressibleType from "compressible";

/** Smaller files are sent as they are, in bytes: two packets do not become one. */
export const MIN_BYTES = 1024;
/** Larger files are sent as they are, in bytes: who has such stores them compressed. */
export const MAX_BYTES: number = 8 * 1024 * 1024;

// What the database does not know about, and is text: it goes by what is registered.
const TEXT =
  /^application\/(?:x-)?(?:ndjson|jsonl|toml|yaml|sql|typescript|ecmascript|graphql|tex|sh|csh|perl)$/;

/** Whether a file of this Content-Type and size is compressed. */
export function isWorthCompressing(contentType: string, size: number): boolean {
  if (size < MIN_BYTES || size > MAX_BYTES) return false;
  const type = contentType.replace(/[\t ]*;.*$/s, "").toLowerCase();
  // Events are sent one by one; and what is of no known type is mostly compressed already, whatever the database says.
  if (type === "text/event-stream" || type === "application/octet-stream") return false;
  return isCompressibleType(type) === true || TEXT.test(type);
}
