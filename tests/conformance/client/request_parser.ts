/**
 * A strict parser of requests, written apart from the library: what it does not take is a defect of the client.
 * Bytes are kept as latin1 text, a character per byte.
 */

/** One request as it stood on the wire. */
export interface PeerRequest {
  method: string;
  target: string;
  /** Fields in order, names in the case that was sent. */
  fields: [name: string, value: string][];
  /** The body without its chunked coding. */
  body: string;
  trailers: [name: string, value: string][];
}

const REQUEST_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+) ([\x21-\x7e]+) HTTP\/1\.1$/;
const FIELD =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** The values of a field, in order. */
export function fieldsOf(request: PeerRequest, name: string): string[] {
  return request.fields.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** The only value of a field; undefined without one, and an error with several. */
export function fieldOf(request: PeerRequest, name: string): string | undefined {
  const values = fieldsOf(request, name);
  if (values.length > 1) throw new Error(`${values.length} fields "${name}" in a request`);
  return values[0];
}

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
    return parseChunks(text, at, request);
  }
  if (length !== undefined && !/^\d+$/.test(length)) throw new Error(`Content-Length "${length}"`);
  const end = at + Number(length ?? 0);
  if (text.length < end) return undefined;
  request.body = text.slice(at, end);
  return { request, used: end };
}

function parseChunks(
  text: string,
  at: number,
  request: PeerRequest,
): { request: PeerRequest; used: number } | undefined {
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    if (!/^[0-9a-f]+$/.test(line)) throw new Error(`Not a chunk size: ${JSON.stringify(line)}`);
    const size = parseInt(line, 16);
    at = lineEnd + 2;
    if (size === 0) break;
    if (text.length < at + size + 2) return undefined;
    request.body += text.slice(at, at + size);
    if (text.slice(at + size, at + size + 2) !== "\r\n") throw new Error("A chunk is too long");
    at += size + 2;
  }
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    at = lineEnd + 2;
    if (line === "") return { request, used: at };
    request.trailers.push(parseField(line));
  }
}

function parseField(line: string): [string, string] {
  const match = FIELD.exec(line);
  if (match === null) throw new Error(`Not a field line: ${JSON.stringify(line)}`);
  return [match[1]!, match[2] ?? ""];
}
