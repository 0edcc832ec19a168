// Whether a file is what its name says: another file, compressed. What does not give that other file back, byte by
// byte, is never sent in its place; it may be older, or something else altogether.

import type { Coding } from "../files/file_source.ts";

/** What a file came to: its size and its entity tag. */
export interface Digest {
  readonly size: number;
  readonly etag: string;
}

/** Sums up bytes; `undefined` once there are more than `maxBytes`. */
export async function digestOf(
  pieces: AsyncIterable<Uint8Array>,
  maxBytes: number = Infinity,
): Promise<Digest | undefined> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > maxBytes) return undefined;
    hash.update(piece);
  }
  return { size, etag: `"${hash.digest("base64url")}"` };
}

/** Whether the file at `path` decodes to what `whole` is the digest of. */
export async function isCodingOf(path: string, coding: Coding, whole: Digest): Promise<boolean> {
  const { createReadStream } = await import("node:fs");
  const zlib = await import("node:zlib");
  const decoder = {
    br: zlib.createBrotliDecompress,
    zstd: zlib.createZstdDecompress,
    gzip: zlib.createGunzip,
  }[coding]();
  const source = createReadStream(path);
  const closed = new Promise<void>((resolve) => source.once("close", resolve));
  // An error of reading is none of decoding: it has to come out.
  let failure: unknown;
  source.on("error", (error) => {
    failure = error;
    decoder.destroy();
  });
  try {
    // No more is decoded than there can be.
    const decoded = await digestOf(source.pipe(decoder), whole.size);
    return decoded?.size === whole.size && decoded.etag === whole.etag;
  } catch {
    if (failure !== undefined) throw failure;
    return false;
  } finally {
    source.destroy();
    decoder.destroy();
    // A read may be under way still.
    await closed;
  }
}
