// A form as the web's own object: all of it in memory, within one limit.

import { LimitError } from "../wire/errors.ts";
import { Collector } from "./parse/collector.ts";
import { forEachPart } from "./parse/for_each_part.ts";
import { checkLimit, checkNames } from "./parse/limits.ts";
import type { MultipartPart } from "./parse/part.ts";

/** Options of {@linkcode toFormData}. */
export interface FormDataOptions {
  /**
   * Most bytes of all values and files together. Default: 16 MiB. Does not limit a single field that is no
   * file: that is `maxFieldBytes` of `parseMultipart`. Beyond it: LimitError, status 413.
   */
  maxBufferedBytes?: number;
}

const DEFAULT_MAX_BYTES = 16 * 2 ** 20;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Collects a form in memory, as a `FormData`: parts without a file name as strings, read as UTF-8, and all
 * others as `File`s, of the type `text/plain` where the client sent none (as the Fetch standard says). A file
 * with an empty name and without content, which browsers send where none was chosen, is a `File`, too.
 *
 * When anything fails, the body is cancelled and the returned promise rejects.
 *
 * @param parts The parts of a form, of which none was taken yet: what `parseMultipart` returns.
 * @param options The limit.
 * @returns The form, with its parts in their order.
 * @throws {MultipartError} When the form is malformed.
 * @throws {LimitError} With status 413 when it is larger than allowed.
 * @throws {RangeError} When the limit is not a whole number, 0 or more, or Infinity.
 *
 * @example A field and a file
 * ```ts
 * import { MultipartForm, parseMultipart, toFormData } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const sent = new MultipartForm()
 *   .add("title", "Sunset")
 *   .addBlob("photo", new Blob(["..."]), { filename: "sunset.jpg", contentType: "image/jpeg" });
 *
 * const form = await toFormData(parseMultipart(sent.stream(), sent.contentType));
 * assertEquals(form.get("title"), "Sunset");
 * const photo = form.get("photo") as File;
 * assertEquals([photo.name, photo.type, await photo.text()], ["sunset.jpg", "image/jpeg", "..."]);
 * ```
 */
export async function toFormData(
  parts: AsyncIterable<MultipartPart>,
  options: FormDataOptions = {},
): Promise<FormData> {
  checkNames(options, ["maxBufferedBytes"]);
  const max = checkLimit("maxBufferedBytes", options.maxBufferedBytes, DEFAULT_MAX_BYTES);
  const form = new FormData();
  let size = 0;
  const count = (bytes: Uint8Array): void => {
    size += bytes.length;
    if (size > max) throw new LimitError("maxBufferedBytes", max, 413);
  };
  await forEachPart(parts, async (part) => {
    const { name, filename, contentType: type = "text/plain" } = part;
    if (filename === undefined) {
      const bytes = await part.bytes();
      count(bytes);
      form.append(name, utf8.decode(bytes));
      return;
    }
    const collector = new Collector();
    // Its lock is not given back: going on to the next part, or no further, ends the body.
    const body = part.body.getReader();
    for (let it = await body.read(); !it.done; it = await body.read()) {
      count(it.value);
      collector.add(it.value);
    }
    form.append(name, new File([collector.view()], filename, { type }));
  });
  return form;
}
