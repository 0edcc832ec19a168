/**
 * A strict parser of responses, written apart from the library: what it does not take is a defect of
 * the server. Bytes are kept as latin1 text, a character per byte.
 */

/** One response as it stood on the wire. */
export interface RawResponse {
  status: number;
  reason: string;
  /** Fields in order, names in the case that was sent. */
  fields: [name: string, value: string][];
  /** The body without its chunked coding, a character per byte. */
  body: string;
  /** How the end of the body was marked. */
  framing: "none" | "length" | "chunked" | "close";
  trailers: [name: string, value: string][];
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)$/;
const FIELD =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ?([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;
const CHUNK = /^([0-9a-f]+)$/;

/** The values of a field, in order. */
export function valuesOf(response: RawResponse, name: string): string[] {
  return response.fields.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** The only value of a field; undefined without one, and an error with several. */
export function valueOf(response: RawResponse, name: string): string | undefined {
  const values = valuesOf(response, name);
  if (values.length > 1) throw new Error(`${values.length} fields "${name}" in a response`);
  return values[0];
}

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
  const length = valueOf(response, "content-length");
  const coding = valueOf(response, "transfer-encoding");
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
    return parseChunks(text, at, response);
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

function parseChunks(
  text: string,
  at: number,
  response: RawResponse,
): { response: RawResponse; used: number } | undefined {
  response.framing = "chunked";
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    const match = CHUNK.exec(line);
    if (match === null) throw new Error(`Not a chunk line: ${JSON.stringify(line)}`);
    const size = parseInt(match[1]!, 16);
    at = lineEnd + 2;
    if (size === 0) break;
    if (text.length < at + size + 2) return undefined;
    if (text.slice(at + size, at + size + 2) !== "\r\n") throw new Error("A chunk without its end");
    response.body += text.slice(at, at + size);
    at += size + 2;
  }
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    at = lineEnd + 2;
    if (line === "") return { response, used: at };
    response.trailers.push(parseField(line));
  }
}

function parseField(line: string): [string, string] {
  const match = FIELD.exec(line);
  if (match === null) throw new Error(`Not a field line: ${JSON.stringify(line)}`);
  return [match[1]!, match[2] ?? ""];
}
