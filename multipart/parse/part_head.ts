// What the header of a part says, checked. Pure.

import { LimitError } from "../../wire/errors.ts";
import { type ContentDisposition, readDisposition } from "./content_disposition.ts";
import { type HeaderEvent, lineStart, parseLine } from "./header_block.ts";
import { MultipartError } from "./multipart_error.ts";

/** The header of a part. */
export interface PartHead {
  /** All fields, in order. */
  readonly fields: HeaderEvent[];
  /** Empty where there is none, which is so only in bodies that are no forms. */
  readonly name: string;
  /** Undefined where there is none; it may be empty. */
  readonly filename: string | undefined;
  /** As sent; undefined where there is none. */
  readonly contentType: string | undefined;
}

/** How a header is read. */
export interface HeadRules {
  /** Whether it must be that of a field of a form (RFC 7578 4.2). */
  isForm: boolean;
  maxHeaders: number;
  /** What no line may begin with: it would be a delimiter to whoever looks for these first. */
  dashBoundary: string;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Reads a whole header block, with the empty line at its end, whose first byte is at `offset` of the
 * body. Invalid UTF-8 in it becomes U+FFFD. Throws a MultipartError or LimitError.
 */
export function parsePartHead(block: Uint8Array, offset: number, rules: HeadRules): PartHead {
  const fields: HeaderEvent[] = [];
  let disposition: ContentDisposition | undefined;
  let contentType: string | undefined;
  const text = decoder.decode(block);
  const last = text.length - 2;
  for (let at = 0; at < last;) {
    const end = text.indexOf("\r\n", at);
    if (fields.length === rules.maxHeaders) throw new LimitError("maxHeaders", fields.length, 413);
    try {
      if (text.startsWith(rules.dashBoundary, at)) {
        throw new SyntaxError("a delimiter in the header of a part");
      }
      const field = parseLine(text, at, end);
      const { name, value } = field;
      if (name === "content-disposition") {
        if (disposition !== undefined) throw new SyntaxError("a second Content-Disposition");
        disposition = readDisposition(value);
        if (rules.isForm) checkFormDisposition(disposition);
      } else if (name === "content-type") {
        if (contentType !== undefined) throw new SyntaxError("a second Content-Type");
        contentType = value;
      }
      fields.push(field);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new MultipartError(error.message, offset + lineStart(block, fields.length));
    }
    at = end + 2;
  }
  if (rules.isForm && disposition === undefined) {
    throw new MultipartError("a part without Content-Disposition", offset);
  }
  return {
    fields,
    name: disposition?.name ?? "",
    filename: disposition?.filename,
    contentType,
  };
}

function checkFormDisposition({ type, name }: ContentDisposition): void {
  if (type !== "form-data") {
    throw new SyntaxError(`a part with the disposition "${type}", not "form-data",`);
  }
  if (name === undefined) throw new SyntaxError("a part without a name");
}
