// What a Content-Type says of a multipart body: its boundary, and whether it is a form. Pure.

import { TOKEN } from "../../wire/headers.ts";
import { isBoundary } from "../boundary.ts";
import { MultipartError } from "./multipart_error.ts";
import { endOf, readParameter, skipBlanks } from "./parameters.ts";

/** What a parser has to know before the first byte. */
export interface MultipartType {
  boundary: string;
  /** Whether the rules of RFC 7578 hold: every part is form-data and has a name. */
  isForm: boolean;
}

const TYPE = new RegExp(`${TOKEN}/${TOKEN}`, "y");
/** A boundary without quotes: also of characters that would need them, which senders forget. */
const PLAIN_BOUNDARY = /[0-9A-Za-z'()+_,\-./:=?!#$%&*^`|~]+/y;

/**
 * Reads a boundary, or a Content-Type with one. Text of the form `type/subtype` is always taken for the
 * latter. Throws a MultipartError, with status 415 for a type that is not multipart, or none at all.
 */
export function readMultipartType(text: string | null | undefined): MultipartType {
  if (typeof text !== "string") {
    throw new MultipartError("there is no Content-Type", undefined, 415);
  }
  const start = skipBlanks(text, 0);
  const end = endOf(TYPE, text, start);
  const isType = end > start && (end === text.length || "; \t".includes(text[end]!));
  if (!isType) return { boundary: checkBoundary(text), isForm: true };

  const type = text.slice(start, end).toLowerCase();
  if (!type.startsWith("multipart/")) {
    throw new MultipartError(
      `Content-Type ${JSON.stringify(type)} is not multipart`,
      undefined,
      415,
    );
  }
  const at = skipBlanks(text, end);
  if (at < text.length && text[at] !== ";") {
    throw new MultipartError(
      `Content-Type has something after ${JSON.stringify(type)} that is not ";"`,
    );
  }
  const boundary = boundaryParameter(text, at);
  if (boundary === undefined) throw new MultipartError("Content-Type has no boundary");
  return { boundary: checkBoundary(boundary), isForm: type === "multipart/form-data" };
}

function boundaryParameter(text: string, at: number): string | undefined {
  let boundary: string | undefined;
  try {
    while (at < text.length) {
      const parameter = readParameter(text, at, PLAIN_BOUNDARY);
      if (parameter === undefined) break;
      at = parameter.next;
      if (parameter.name !== "boundary") continue;
      // Who takes the first and who takes the last of two would see different forms.
      if (boundary !== undefined) throw new SyntaxError("two boundaries");
      boundary = parameter.value;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new MultipartError(`Content-Type has ${error.message}`);
  }
  return boundary;
}

function checkBoundary(text: string): string {
  if (isBoundary(text)) return text;
  throw new MultipartError(
    `${JSON.stringify(text)} is not a boundary, 1 to 70 characters of RFC 2046 5.1.1`,
  );
}
