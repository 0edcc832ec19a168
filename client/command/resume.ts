// The transfer of the get command with -C: it goes on with what an earlier one left.

import { download } from "../download/download.ts";
import { ifRange, publicUrl, sourceOf } from "../download/validators.ts";
import type { Transfer } from "./world.ts";

/** Downloads into a file, which is kept in part when that fails. */
export async function resume(transfer: Transfer): Promise<void> {
  const { get, engine, options, heads, world, onResponse } = transfer;
  const { decode: _, ...rest } = options;
  const { sha256 } = get.values;
  let isSaid = false;
  heads.onHead = ({ code, fields }) => {
    if (code !== 200) return;
    const source = sourceOf(publicUrl(get.url), fields);
    options.onProgress?.({ direction: "down", bytes: 0, total: source.length });
    if (isSaid || ifRange(source) !== undefined) return;
    isSaid = true;
    world.warn(
      `"${source.url}" cannot be resumed: the server names no version of it (ETag, Last-Modified)`,
    );
  };
  const { response } = await download(engine, get.url, get.output!, {
    ...{ ...rest, resume: true, sha256 },
  });
  onResponse(response);
}
