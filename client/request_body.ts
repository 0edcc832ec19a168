// Everything that may be the body of a request, made into one thing: a length if it is known, a media type,
// whether it can be sent again, and how it is written, in constant memory.

import { kindOf } from "./check_option.ts";
import { encoder } from "../wire/bytes.ts";
import { readPieces } from "../wire/large_pieces.ts";
import type { FormSegment } from "../multipart/encode/segments.ts";
import { MultipartForm } from "../multipart/form.ts";
import { FileBody, type OpenedFile, openFile } from "./file_body.ts";

/** What a request may carry. */
export type RequestBody =
  | string
  | Uint8Array
  | ArrayBuffer
  | FileBody
  | MultipartForm
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Blob
  | URLSearchParams
  | FormData;

/** Where a body is written to. Everything resolves once the socket took it. */
export interface BodyOutput {
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Sends the next `count` bytes of a file. */
  writeFile(file: OpenedFile, path: string, count: number): Promise<void>;
  /** The outcome of a promise, or the reason why nothing more is to be sent. */
  race<T>(promise: Promise<T>): Promise<T>;
}

/** A body, ready to be sent. */
export interface OutgoingBody {
  /** Its length in bytes, where that is known: else it is sent in chunks. */
  readonly length: number | undefined;
  /** Its media type, where it has one of its own. */
  readonly contentType: string | undefined;
  /** Whether `writeTo` may be called again. */
  readonly replayable: boolean;
  /** The whole of it, where it is in memory. */
  readonly bytes: Uint8Array | undefined;
  /** Writes it. */
  writeTo(output: BodyOutput): Promise<void>;
}

/** Makes a body ready. Throws TypeError for what is none. */
export function outgoingBody(body: RequestBody): OutgoingBody {
  if (typeof body === "string") {
    return inMemory(encoder.encode(body), "text/plain;charset=UTF-8");
  }
  if (body instanceof Uint8Array) return inMemory(body, undefined);
  if (body instanceof ArrayBuffer) return inMemory(new Uint8Array(body), undefined);
  if (body instanceof URLSearchParams) {
    return inMemory(
      encoder.encode(String(body)),
      "application/x-www-form-urlencoded;charset=UTF-8",
    );
  }
  if (body instanceof FileBody) {
    return {
      length: body.size,
      contentType: body.contentType,
      replayable: true,
      bytes: undefined,
      writeTo: (output) => writeFile(output, body.path, body.size),
    };
  }
  if (body instanceof MultipartForm) return formBody(body);
  if (body instanceof FormData) return formBody(fromFormData(body));
  if (body instanceof Blob) {
    return {
      length: body.size,
      contentType: body.type === "" ? undefined : body.type,
      replayable: true,
      bytes: undefined,
      writeTo: (output) => writeStream(output, body.stream()),
    };
  }
  if (typeof (body as AsyncIterable<Uint8Array>)?.[Symbol.asyncIterator] === "function") {
    return {
      length: undefined,
      contentType: undefined,
      replayable: false,
      bytes: undefined,
      writeTo: (output) => writeStream(output, body),
    };
  }
  throw new TypeError(
    `Cannot send body: it is ${
      kindOf(body)
    }, not a string, bytes, a stream, a Blob, a form or a file`,
  );
}

function inMemory(bytes: Uint8Array, contentType: string | undefined): OutgoingBody {
  return {
    length: bytes.length,
    contentType,
    replayable: true,
    bytes,
    writeTo: (output) => output.write(bytes),
  };
}

function formBody(form: MultipartForm): OutgoingBody {
  return {
    length: form.contentLength,
    contentType: form.contentType,
    replayable: form.replayable,
    bytes: undefined,
    async writeTo(output) {
      let failure: { readonly error: unknown } | undefined;
      for (const segment of form.segments()) {
        try {
          if (failure === undefined) await writeSegment(output, segment);
          else cancelSegment(segment, failure.error).catch(() => {});
        } catch (error) {
          failure = { error };
        }
      }
      if (failure !== undefined) throw failure.error;
    },
  };
}

async function writeSegment(output: BodyOutput, segment: FormSegment): Promise<void> {
  if (segment.kind === "bytes") return await output.write(segment.bytes);
  if (segment.kind === "file") return await writeFile(output, segment.path, segment.size);
  await writeStream(output, segment.open());
}

/** Closes what will not be sent; nobody waits for that. */
async function cancelSegment(segment: FormSegment, reason: unknown): Promise<void> {
  if (segment.kind === "stream") await segment.open().cancel(reason);
}

/** A form with the entries of a standard one. */
function fromFormData(data: FormData): MultipartForm {
  const form = new MultipartForm();
  for (const [name, value] of data) {
    if (typeof value === "string") form.add(name, value);
    else form.addBlob(name, value, { filename: value.name });
  }
  return form;
}

async function writeFile(output: BodyOutput, path: string, size: number): Promise<void> {
  using file = openFile(path, size);
  await output.writeFile(file, path, size);
}

/** Sends a stream; it is cancelled, with the error as reason, when it cannot be sent to its end. */
async function writeStream(
  output: BodyOutput,
  stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  // A stream makes its next piece while one is sent; a generator goes on when that was done.
  const isStream = stream instanceof ReadableStream;
  const iterator = isStream ? read(stream) : stream[Symbol.asyncIterator]();
  try {
    let next = iterator.next();
    while (true) {
      const { done, value } = await output.race(next);
      if (done) return;
      if (!(value instanceof Uint8Array)) {
        throw new TypeError(`Cannot send body: its stream gave a ${typeof value}, not bytes`);
      }
      // These bytes stay what they are until the piece after the next is asked for.
      const written = output.write(value);
      if (isStream) {
        next = iterator.next();
        next.catch(() => {}); // for `race`, unless writing fails
      }
      await written;
      if (!isStream) next = iterator.next();
    }
  } catch (error) {
    // The source is told and may take its time: the request does not wait for it.
    endEarly(iterator, error).catch(() => {});
    throw error;
  }
}

async function endEarly(iterator: AsyncIterator<Uint8Array>, reason: unknown): Promise<void> {
  await iterator.return?.(reason);
}

/** Like the stream's own iterator, but `return` cancels it, with a reason, even while a read waits. */
function read(stream: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array> {
  if (stream.locked) {
    throw new TypeError("Cannot send body: its stream is locked, or was used before");
  }
  const reader = readPieces(stream);
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    async return(reason) {
      await reader.cancel(reason);
      return { done: true, value: undefined };
    },
  };
}
