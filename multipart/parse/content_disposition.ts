// Content-Disposition of a part (RFC 7578 4.2), as browsers and curl write it. Pure.

import { MultipartError } from "./multipart_error.ts";
import { endOf, readParameter, skipBlanks, TOKEN_AT } from "./parameters.ts";

/** What a Content-Disposition says. */
export interface ContentDisposition {
  /** In lower case; `form-data` in forms. */
  type: string;
  /** As sent: escapes such as `%22` are not undone (they cannot be told from a name with a percent sign). */
  name?: string;
  /** As sent, perhaps with the path of a foreign system in it: never a path to write to. */
  filename?: string;
}

/**
 * Reads the value of a Content-Disposition field by the rules of this library: parameter names in any
 * case, a quoted value ends at the first `"`, a backslash is a backslash, nothing is decoded, `filename*`
 * and `name*` are ignored (RFC 7578 4.2), and repeats of `name` or `filename` are an error.
 *
 * @param value The value, such as that of a header event.
 * @returns Its type, name and file name.
 * @throws {MultipartError} When it is malformed.
 *
 * @example The name of a part, from a header event
 * ```ts
 * import { parseContentDisposition } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const value = 'form-data; name="photo"; filename="sunset.jpg"';
 * assertEquals(parseContentDisposition(value), {
 *   type: "form-data",
 *   name: "photo",
 *   filename: "sunset.jpg",
 * });
 * ```
 */
export function parseContentDisposition(value: string): ContentDisposition {
  try {
    return readDisposition(value);
  } catch (error) {
    throw error instanceof SyntaxError ? new MultipartError(error.message) : error;
  }
}

/** The same, with SyntaxErrors for a caller that knows where it stands. */
export function readDisposition(value: string): ContentDisposition {
  let at = endOf(TOKEN_AT, value, 0);
  if (at === 0) throw new SyntaxError("a Content-Disposition without a type");
  const type = value.slice(0, at).toLowerCase();
  at = skipBlanks(value, at);
  if (at < value.length && value[at] !== ";") {
    throw new SyntaxError('a Content-Disposition whose type is not followed by ";"');
  }
  const disposition: ContentDisposition = { type };
  while (at < value.length) {
    const parameter = readParameter(value, at);
    if (parameter === undefined) break;
    at = parameter.next;
    const { name } = parameter;
    if (name !== "name" && name !== "filename") continue;
    if (disposition[name] !== undefined) {
      throw new SyntaxError(`a Content-Disposition with two of "${name}"`);
    }
    disposition[name] = parameter.value;
  }
  return disposition;
}
