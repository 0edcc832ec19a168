/**
 * A strict parser of requests, written apart from the library: what it does not take is a defect of the client.
 * Bytes are kept as latin1 text, a character per byte.
 */

import { fieldOf, parseChunks, parseField, type RawField } from "../message_parser.ts";

export { fieldOf, fieldsOf } from "../message_parser.ts";

/** One request as it stood on the wire. */
export interface PeerRequest {
  method: string;
  target: string;
  /** Fields in order, names in the case that was sent. */
  fields: RawField[];
  /** The body without its chunked coding. */
  body: string;
  trailers: RawField[];
}

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/1\.1$/;

/** Takes one request from the front of `text`, undefined while it is not all there. */
export function parseRequest(text: string): { request: PeerRequest; used: number } | undefined {
  const head = text.indexOf("\r\n\r\n");
  if (head < 0) return undefined;
  const [first, ...lines] = text.slice(0, head).split("\r\n");
  const match = REQUEST_LINE.exec(first!);
  if (match === null) throw new Error(`Not a request line: ${JSON.stringify(first)}`);
  const request: PeerRequest = {
    method: match[1]!,
    target: match[2]!,
    fields: lines.map(parseField),
    body: "",
    trailers: [],
  };
  // RFC 9112 3.2: "A client MUST send a Host header field", one, and RFC 9110 7.2: first.
  if (fieldOf(request, "host") === undefined || request.fields[0]![0] !== "Host") {
    throw new Error(`Host is not the first field of ${JSON.stringify(text.slice(0, head))}`);
  }
  const length = fieldOf(request, "content-length");
  const coding = fieldOf(request, "transfer-encoding");
  if (length !== undefined && coding !== undefined) {
    throw new Error("A request has both Content-Length and Transfer-Encoding");
  }
  const at = head + 4;
  if (coding !== undefined) {
    if (coding !== "chunked") throw new Error(`Transfer-Encoding "${coding}"`);
    const chunked = parseChunks(text, at);
    if (chunked === undefined) return undefined;
    const { body, trailers, end } = chunked;
    return { request: { ...request, body, trailers }, used: end };
  }
  if (length !== undefined && !/^\d+$/.test(length)) throw new Error(`Content-Length "${length}"`);
  const end = at + Number(length ?? 0);
  if (text.length < end) return undefined;
  request.body = text.slice(at, end);
  return { request, used: end };
}
