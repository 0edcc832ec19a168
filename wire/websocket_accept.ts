// The proof that a key was read (RFC 6455 4.2.2): what Sec-WebSocket-Accept says.

/** RFC 6455 1.3. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** The value of Sec-WebSocket-Accept for one of Sec-WebSocket-Key. Hashes synchronously. */
export function acceptKey(key: string): string {
  // Importing it, or node:process, would cost every server a slower start.
  // deno-lint-ignore no-process-global
  const { createHash } = process.getBuiltinModule("node:crypto");
  return createHash("sha1").update(key + GUID, "latin1").digest("base64");
}
