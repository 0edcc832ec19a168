/**
 * What the strict parsers of requests and responses share: field lines, and the chunked coding. Written apart
 * from the library. Bytes are kept as latin1 text, a character per byte.
 */

/** A field, its name in the case that was sent. */
export type RawField = [name: string, value: string];

/** What has fields. */
interface Message {
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const FIELD =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;
const CHUNK = /^[0-9a-f]+$/;

/** The values of a field, in order. */
export function fieldsOf({ fields }: Message, name: string): string[] {
  return fields.filter(([key]) => key.toLowerCase() === name.toLowerCase())
    .map(([, value]) => value);
}

/** The only value of a field; undefined without one, and an error with several. */
export function fieldOf(message: Message, name: string): string | undefined {
  const values = fieldsOf(message, name);
  if (values.length > 1) throw new Error(`${values.length} fields "${name}" in one message`);
  return values[0];
}

/** Takes a field line apart. */
export function parseField(line: string): RawField {
  const match = FIELD.exec(line);
  if (match === null) throw new Error(`Not a field line: ${JSON.stringify(line)}`);
  return [match[1]!, match[2] ?? ""];
}

/** A body that was chunked. */
export interface Chunked {
  body: string;
  trailers: RawField[];
  /** Where it ends. */
  end: number;
}

/** Takes a chunked body that begins at `at`, undefined while it is not all there. */
export function parseChunks(text: string, at: number): Chunked | undefined {
  let body = "";
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    if (!CHUNK.test(line)) throw new Error(`Not a chunk line: ${JSON.stringify(line)}`);
    const size = parseInt(line, 16);
    at = lineEnd + 2;
    if (size === 0) break;
    if (text.length < at + size + 2) return undefined;
    if (text.slice(at + size, at + size + 2) !== "\r\n") throw new Error("A chunk without its end");
    body += text.slice(at, at + size);
    at += size + 2;
  }
  const trailers: RawField[] = [];
  while (true) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return undefined;
    const line = text.slice(at, lineEnd);
    at = lineEnd + 2;
    if (line === "") return { body, trailers, end: at };
    trailers.push(parseField(line));
  }
}
