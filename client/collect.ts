// Where the body of a response goes: into memory, into a file, or to a function of the caller's.

import { concatBytes } from "../wire/concat_bytes.ts";
import { LimitError } from "../wire/errors.ts";
import type { BodySource } from "./body_source.ts";
import { beforeAbort } from "./dial/aborting.ts";
import type { Control } from "./exchange/control.ts";
import { FileSink } from "./download/file_sink.ts";

/** Collects a body in memory. */
export async function collect(
  source: BodySource,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  while (true) {
    const piece = await source.read();
    if (piece === undefined) break;
    total += piece.length;
    if (total > maxBytes) {
      source.close();
      throw new LimitError("maxBodyBytes", maxBytes, 413);
    }
    pieces.push(piece.slice());
  }
  return concatBytes(pieces, total);
}

/** Gives a body to a function, a piece at a time, and waits for it. */
export async function pour(
  source: BodySource,
  take: (chunk: Uint8Array<ArrayBuffer>) => void | Promise<void>,
  control: Control,
): Promise<void> {
  try {
    while (true) {
      const piece = await source.read();
      if (piece === undefined) return;
      const taken = take(piece.slice() as Uint8Array<ArrayBuffer>);
      if (taken !== undefined) await control.race(Promise.resolve(taken));
    }
  } finally {
    source.close();
  }
}

/** The file for a body; one that is ready too late, as a FIFO without a reader, is dropped. */
export async function createSink(path: string, signal: AbortSignal): Promise<FileSink> {
  signal.throwIfAborted();
  return await beforeAbort(FileSink.create(path), signal, (sink) => void sink.discard());
}

/** Writes a body to a file, which appears under its name when it is whole. */
export async function save(source: BodySource, sink: FileSink, control: Control): Promise<void> {
  try {
    while (true) {
      const piece = await source.read();
      if (piece === undefined) break;
      const written = sink.write(piece);
      await (sink.mayWait ? control.race(written) : written);
    }
  } finally {
    source.close();
  }
  await sink.commit();
}
