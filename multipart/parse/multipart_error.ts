// What a multipart body is refused with, where it is not a limit that it exceeds.

import { HttpError } from "../../wire/errors.ts";

/**
 * A body is not what RFC 2046 or RFC 7578 call a multipart body; status 400, or 415 where its media type
 * says so already.
 *
 * @example A form that was cut
 * ```ts
 * import { MultipartError, parseMultipart, toFormData } from "@eco/http/multipart";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const cut = new TextEncoder().encode('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nval');
 * const error = await assertRejects(() => toFormData(parseMultipart(cut, "b")), MultipartError);
 * assertEquals([error.status, error.offset], [400, 52]);
 * ```
 */
export class MultipartError extends HttpError {
  /** Where the mistake is, in bytes from the beginning of the body; not there if it is none of the body. */
  readonly offset: number | undefined;

  /**
   * An error about a body that breaks the rules.
   *
   * @param what What was found.
   * @param offset Where it was found, in bytes from the beginning of the body.
   * @param status What a server answers. Default: 400.
   */
  constructor(what: string, offset?: number, status = 400) {
    const where = offset === undefined ? "" : ` at byte ${offset}`;
    super(`Cannot parse multipart: ${what}${where}`, { code: "bad_multipart", status });
    this.offset = offset;
  }
}
