/**
 * A strict parser of responses, written apart from the library: what it does not take is a defect of
 * the server. Bytes are kept as latin1 text, a character per byte.
 */

import { fieldOf, parseChunks, parseField, type RawField } from "./message_parser.ts";

export { fieldOf as valueOf, fieldsOf as valuesOf } from "./message_parser.ts";

/** One response as it stood on the wire. */
export interface RawResponse {
  status: number;
  reason: string;
  /** Fields in order, names in the case that was sent. */
  fields: RawField[];
  /** The body without its chunked coding, a character per byte. */
  body: string;
  /** How the end of the body was marked. */
  framing: "none" | "length" | "chunked" | "close";
  trailers: RawField[];
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/;

/**
 * Takes one response from the front of `text`, undefined while it is not all there. `ended` says that
 * nothing more will come. `method` is that of the request.
 */
export function parseResponse(
  text: string,
  method: string,
  ended: boolean,
): { response: RawResponse; used: number } | undefined {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const [first, ...lines] = text.slice(0, head).split("\r\n");
  const match = STATUS_LINE.exec(first!);
  if (match === null) throw new Error(`Not a status line: ${JSON.stringify(first)}`);
  const status = Number(match[1]);
  const response: RawResponse = {
    status,
    reason: match[2]!,
    fields: lines.map(parseField),
    body: "",
    framing: "none",
    trailers: [],
  };
  const at = head + 4;
  const length = fieldOf(response, "content-length");
  const coding = fieldOf(response, "transfer-encoding");
  if (length !== undefined && coding !== undefined) {
    throw new Error("A response has both Content-Length and Transfer-Encoding");
  }
  if (length !== undefined && !/^\d+$/.test(length)) throw new Error(`Content-Length "${length}"`);
  if ((status < 200 || status === 204) && (length ?? coding) !== undefined) {
    throw new Error(`A ${status} has Content-Length or Transfer-Encoding`);
  }
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304 ||
    (method === "CONNECT" && status < 300);
  if (bodiless) return { response, used: at };
  if (coding !== undefined) {
    if (coding !== "chunked") throw new Error(`Transfer-Encoding "${coding}"`);
    const chunked = parseChunks(text, at);
    if (chunked === undefined) return undefined;
    const { body, trailers, end } = chunked;
    return { response: { ...response, framing: "chunked", body, trailers }, used: end };
  }
  if (length === undefined) {
    response.framing = "close";
    response.body = text.slice(at);
    return ended ? { response, used: text.length } : undefined;
  }
  response.framing = "length";
  response.body = text.slice(at, at + Number(length));
  if (response.body.length < Number(length)) return undefined;
  return { response, used: at + Number(length) };
}
