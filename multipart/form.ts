// A form on its way out: its parts in order, their exact length, and the bytes either as segments, for a
// client that copies files by itself, or as one stream. Text is in memory, everything else is opened
// when it is sent.

import { contentType } from "@std/media-types";
import { basename, extname } from "@std/path";
import { formContentType, isBoundary, randomBoundary } from "./boundary.ts";
import { concatStream } from "./encode/concat_stream.ts";
import { dispositionLine, toCrlf } from "./encode/disposition.ts";
import { exactStream } from "./encode/exact_stream.ts";
import { lookAtFile } from "./encode/file_part.ts";
import { isMediaType } from "./encode/media_type.ts";
import { type FormItem, type FormSegment, segmentsOf, suppliesOf } from "./encode/segments.ts";

/** Options of a {@linkcode MultipartForm}. */
export interface MultipartFormOptions {
  /**
   * What stands between the parts, 1 to 70 characters of RFC 2046's `bchars`; it must not occur in any
   * part. Default: a random one.
   */
  boundary?: string;
}

/** How a file or `Blob` is described to the server. */
export interface FormFileOptions {
  /** File name. Default: the last part of the path, the name of a `File`, or `blob`. */
  filename?: string;
  /**
   * Media type. Default: that of the file's extension, or of the `Blob`; else
   * `application/octet-stream`.
   */
  contentType?: string;
}

/** How a field that is no file is described to the server. */
export interface FormFieldOptions {
  /** Media type. Default: none, as in browsers. */
  contentType?: string;
}

/** How a stream is described to the server. */
export interface FormStreamOptions {
  /** File name. Default: `blob`. */
  filename?: string;
  /** Media type. Default: that of the file name's extension, else `application/octet-stream`. */
  contentType?: string;
  /** Exactly how many bytes the stream gives. */
  size: number;
}

const encoder = new TextEncoder();
const CRLF = encoder.encode("\r\n");
const DEFAULT_TYPE = "application/octet-stream";

/**
 * A body of the type `multipart/form-data` (RFC 7578), encoded as browsers do it. Its length is known
 * before the first byte is sent, and files are read while they are sent.
 *
 * @example A field and a file, as they are sent
 * ```ts
 * import { MultipartForm } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const form = new MultipartForm({ boundary: "limit" })
 *   .add("title", "Sunset")
 *   .addBlob("photo", new Blob(["..."]), { filename: "sunset.jpg", contentType: "image/jpeg" });
 * const text = await new Response(form.stream()).text();
 * assertEquals(text.length, form.contentLength);
 * assertEquals(text.split("\r\n"), [
 *   "--limit",
 *   'Content-Disposition: form-data; name="title"',
 *   "",
 *   "Sunset",
 *   "--limit",
 *   'Content-Disposition: form-data; name="photo"; filename="sunset.jpg"',
 *   "Content-Type: image/jpeg",
 *   "",
 *   "...",
 *   "--limit--",
 *   "",
 * ]);
 * ```
 */
export class MultipartForm {
  readonly #boundary: string;
  readonly #items: FormItem[] = [];
  readonly #closing: Uint8Array<ArrayBuffer>;
  /** Name of the first part that is a stream: such a form can be sent once. */
  #streamName: string | undefined;
  /** Whether that has begun. */
  #isSpent = false;
  #size: number;

  /**
   * An empty form.
   *
   * @param options The boundary, where it is not to be a random one.
   * @throws {TypeError} When the boundary is none.
   */
  constructor(options: MultipartFormOptions = {}) {
    const { boundary = randomBoundary() } = options;
    if (typeof boundary !== "string") {
      throw new TypeError("Cannot make form: its boundary is not a string");
    }
    if (!isBoundary(boundary)) {
      throw new TypeError(`Cannot make form: ${JSON.stringify(boundary)} is not a boundary`);
    }
    this.#boundary = boundary;
    this.#closing = encoder.encode(`--${boundary}--\r\n`);
    this.#size = this.#closing.length;
  }

  /** What stands between the parts (RFC 2046 5.1.1). */
  get boundary(): string {
    return this.#boundary;
  }

  /** The value of the field `Content-Type` of a message with this form. */
  get contentType(): string {
    return formContentType(this.#boundary);
  }

  /** Length of the whole form in bytes: the value of `Content-Length`. */
  get contentLength(): number {
    return this.#size;
  }

  /** The same as `contentLength`: how many bytes `stream()` gives. */
  get length(): number {
    return this.#size;
  }

  /** Whether the form can be sent more than once: it has no part that was added as a stream. */
  get replayable(): boolean {
    return this.#streamName === undefined;
  }

  /**
   * Adds a field. As in browsers, line breaks of a text become CRLF, and it has no media type; bytes are
   * sent as they are.
   *
   * @param name Name of the field.
   * @param value Its text or bytes, which are copied when the form is sent: until then they must not be
   * changed. That there are more or fewer of them by then ends the sending with an error.
   * @param options Media type, where it is to have one.
   * @returns The form.
   * @throws {TypeError} When the value is neither, or the media type is none.
   *
   * @example Several values of one name
   * ```ts
   * import { MultipartForm } from "@eco/http/multipart";
   * import { assertEquals } from "@std/assert";
   *
   * const form = new MultipartForm().add("tag", "sea").add("tag", "evening");
   * const headers = { "Content-Type": form.contentType };
   * const read = await new Response(form.stream(), { headers }).formData();
   * assertEquals(read.getAll("tag"), ["sea", "evening"]);
   * ```
   */
  add(name: string, value: string | Uint8Array, options: FormFieldOptions = {}): this {
    if (typeof value !== "string" && !(value instanceof Uint8Array)) {
      throw new TypeError(`Cannot add field ${quote(name)}: its value is not a string or bytes`);
    }
    const bytes = typeof value === "string" ? encoder.encode(toCrlf(value)) : value;
    const size = bytes.length;
    this.#add(this.#head(name, undefined, options.contentType), size, { name, bytes, size });
    return this;
  }

  /**
   * Adds a file. It is looked at now, to know its size, and read when the form is sent; one that has
   * another size by then ends that with an error.
   *
   * @param name Name of the field.
   * @param path Path of the file.
   * @param options File name and media type, where they are not to follow from the path.
   * @returns The form.
   * @throws {HttpError} With code `file` when it is not a readable regular file.
   * @throws {TypeError} When the media type is none, or where there is no Deno.
   *
   * @example A file under another name
   * ```ts
   * import { MultipartForm } from "@eco/http/multipart";
   * import { assertEquals } from "@std/assert";
   *
   * const path = await Deno.makeTempFile({ suffix: ".txt" });
   * await Deno.writeTextFile(path, "hello");
   * const form = new MultipartForm().addFile("upload", path, { filename: "greeting.txt" });
   * const headers = { "Content-Type": form.contentType };
   * const read = await new Response(form.stream(), { headers }).formData();
   * const file = read.get("upload") as File;
   * assertEquals([file.name, await file.text()], ["greeting.txt", "hello"]);
   * await Deno.remove(path);
   * ```
   */
  addFile(name: string, path: string, options: FormFileOptions = {}): this {
    const { filename = basename(path), contentType = typeOfName(path) } = options;
    const head = this.#head(name, filename, contentType);
    const facts = lookAtFile(path);
    this.#add(head, facts.size, () => ({ kind: "file", ...facts }));
    return this;
  }

  /**
   * Adds a `Blob` or `File`.
   *
   * @param name Name of the field.
   * @param blob What is sent.
   * @param options File name and media type, where they are not to be those of the blob.
   * @returns The form.
   * @throws {TypeError} When it is not a Blob, or the media type is none.
   *
   * @example Text made to a file
   * ```ts
   * import { MultipartForm } from "@eco/http/multipart";
   * import { assertEquals } from "@std/assert";
   *
   * const form = new MultipartForm().addBlob("data", new File(["a,b\n"], "table.csv"));
   * const headers = { "Content-Type": form.contentType };
   * const read = await new Response(form.stream(), { headers }).formData();
   * assertEquals((read.get("data") as File).name, "table.csv");
   * ```
   */
  addBlob(name: string, blob: Blob, options: FormFileOptions = {}): this {
    if (!(blob instanceof Blob)) throw new TypeError(`Cannot add ${quote(name)}: it is not a Blob`);
    const { filename = nameOfBlob(blob), contentType = blob.type || DEFAULT_TYPE } = options;
    const head = this.#head(name, filename, contentType);
    const { size } = blob;
    const open = () => exactStream(blob.stream(), size, `blob of ${quote(name)}`);
    this.#add(head, size, () => ({ kind: "stream", open, size }));
    return this;
  }

  /**
   * Adds a stream of known length; the form can then be sent only once. The part is over when the
   * stream ends, and one that gives more or fewer bytes ends the sending with an error.
   *
   * @param name Name of the field.
   * @param stream What is sent.
   * @param options Its size, and its file name and media type.
   * @returns The form.
   * @throws {RangeError} When the size is not a whole number, 0 or more.
   * @throws {TypeError} When the stream is being read already, or the media type is none.
   *
   * @example Pass on a response
   * ```ts
   * import { MultipartForm } from "@eco/http/multipart";
   * import { assertEquals } from "@std/assert";
   *
   * const { body } = new Response("0123456789");
   * const form = new MultipartForm()
   *   .addStream("copy", body!, { filename: "digits.txt", size: 10 });
   * assertEquals(form.replayable, false);
   * assertEquals((await new Response(form.stream()).bytes()).length, form.contentLength);
   * ```
   */
  addStream(name: string, stream: ReadableStream<Uint8Array>, options: FormStreamOptions): this {
    const { filename = "blob", contentType = typeOfName(filename), size } = options;
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new RangeError(`Cannot add stream ${quote(name)}: its size is ${size}`);
    }
    if (stream.locked) {
      throw new TypeError(`Cannot add stream ${quote(name)}: it is being read already`);
    }
    const head = this.#head(name, filename, contentType);
    const open = () => exactStream(stream, size, `stream of ${quote(name)}`);
    this.#add(head, size, () => ({ kind: "stream", open, size }));
    this.#streamName ??= name;
    return this;
  }

  /**
   * The form in stretches, for whoever copies files faster than through a stream. Together they have
   * `contentLength` bytes, provided that files still have the size that they say. Streams check
   * theirs, and bytes that have another length by then become a stream that throws when it is opened.
   *
   * @returns The segments, made as they are asked for; parts that are added later are not among them. Asking
   * for the first throws a TypeError when a part was added as a stream and was asked for already.
   *
   * @example What a form of a file consists of
   * ```ts
   * import { MultipartForm } from "@eco/http/multipart";
   * import { assertEquals } from "@std/assert";
   *
   * const path = await Deno.makeTempFile();
   * const form = new MultipartForm().add("a", "1").addFile("b", path);
   * assertEquals([...form.segments()].map(({ kind }) => kind), ["bytes", "file", "bytes"]);
   * await Deno.remove(path);
   * ```
   */
  segments(): Iterable<FormSegment> {
    return this.#send([...this.#items, this.#closing]);
  }

  /** The segments, for the only sending of a form with streams, which begins with the first one. */
  *#send(items: FormItem[]): Iterable<FormSegment> {
    this.#checkUnspent();
    this.#isSpent = true;
    yield* segmentsOf(items);
  }

  #checkUnspent(): void {
    const name = this.#streamName;
    if (name === undefined || !this.#isSpent) return;
    throw new TypeError(`Cannot send form again: the stream of ${quote(name)} was sent already`);
  }

  /**
   * The form as a stream, read from its sources as it is read, in constant memory. Cancelling it closes
   * files and cancels streams.
   *
   * @returns The stream: `contentLength` bytes, or an error.
   * @throws {TypeError} When a part was added as a stream and has been sent already.
   *
   * @example As the body of a standard request
   * ```ts
   * import { MultipartForm } from "@eco/http/multipart";
   * import { assertEquals } from "@std/assert";
   *
   * const form = new MultipartForm().add("name", "value");
   * const request = new Request("http://localhost/", {
   *   method: "POST",
   *   headers: { "Content-Type": form.contentType },
   *   body: form.stream(),
   * });
   * assertEquals((await request.formData()).get("name"), "value");
   * ```
   */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#checkUnspent();
    return concatStream(suppliesOf(this.segments()));
  }

  /** Delimiter and fields of a part. Only text that was checked or escaped gets into it. */
  #head(name: string, filename?: string, contentType?: string): Uint8Array<ArrayBuffer> {
    if (typeof name !== "string" || !["string", "undefined"].includes(typeof filename)) {
      throw new TypeError("Cannot add part: its name or file name is not a string");
    }
    if (`${name}${filename}`.includes("\0")) {
      throw new TypeError(`Cannot add part ${quote(name)}: NUL has no place in a name`);
    }
    let head = `--${this.#boundary}\r\n${dispositionLine(name, filename)}`;
    if (contentType !== undefined) {
      if (typeof contentType !== "string" || !isMediaType(contentType)) {
        throw new TypeError(
          `Cannot add part ${quote(name)}: ${quote(contentType)} is not a media type`,
        );
      }
      head += `Content-Type: ${contentType}\r\n`;
    }
    return encoder.encode(`${head}\r\n`);
  }

  #add(head: Uint8Array<ArrayBuffer>, size: number, content: FormItem): void {
    this.#items.push(head, content, CRLF);
    this.#size += head.length + size + CRLF.length;
  }
}

function typeOfName(name: string): string {
  const extension = extname(name);
  return (extension === "" ? undefined : contentType(extension)) ?? DEFAULT_TYPE;
}

function nameOfBlob(blob: Blob): string {
  return blob instanceof File ? blob.name : "blob";
}

/** A name in a message, on one line whatever is in it. */
function quote(name: string): string {
  return JSON.stringify(name);
}
