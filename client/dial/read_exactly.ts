// So many bytes of a transport, and not one more: for replies whose length is known, on streams that go on
// with something else.

import type { ByteSource } from "../../wire/conn_reader.ts";
import { ClosedError } from "../../wire/errors.ts";

/** Reads so many bytes. Throws a ClosedError when the stream ends before them. */
export async function readExactly(source: ByteSource, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const got = await source.read(at === 0 ? bytes : bytes.subarray(at));
    if (got === null) throw new ClosedError("it closed the connection", { received: at });
    at += got;
  }
  return bytes;
}
