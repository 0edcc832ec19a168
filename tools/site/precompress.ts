/**
 * Compresses a file as well as each coding can, since it is done once and sent often. Only what becomes
 * smaller is kept.
 */

import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { constants, createBrotliCompress, createGzip, createZstdCompress } from "node:zlib";
import type { Coding } from "../../server/files/file_source.ts";

/** Writes `from` in a coding to `to`; whether that is smaller. If not, nothing is left at `to`. */
export async function precompress(from: string, to: string, coding: Coding): Promise<boolean> {
  const { size } = await Deno.stat(from);
  await pipeline(createReadStream(from), compressor(coding, size), createWriteStream(to));
  if ((await Deno.stat(to)).size < size) return true;
  await Deno.remove(to);
  return false;
}

function compressor(coding: Coding, size: number): NodeJS.ReadWriteStream {
  switch (coding) {
    case "br": {
      const { BROTLI_PARAM_QUALITY, BROTLI_MAX_QUALITY, BROTLI_PARAM_SIZE_HINT } = constants;
      const params = { [BROTLI_PARAM_QUALITY]: BROTLI_MAX_QUALITY, [BROTLI_PARAM_SIZE_HINT]: size };
      return createBrotliCompress({ params });
    }
    case "zstd":
      return createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 19 } });
    case "gzip":
      return createGzip({ level: constants.Z_BEST_COMPRESSION });
  }
}
