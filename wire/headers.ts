// Field names and values (RFC 9110 5): what is a legal one, the same for what arrives and for what
// is sent, and the two views of a field section: in order with case and repeats, and as a record.
// Pure.

/** 1 for every byte that may stand in a token (RFC 9110 5.6.2). */
export const TOKEN_BYTE: Uint8Array = byteSet(
  "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
);

/** 1 for every byte that may stand in a field value (RFC 9110 5.5): HTAB, SP, visible, obs-text. */
export const VALUE_BYTE: Uint8Array = new Uint8Array(256).map((_, byte) =>
  byte === 9 || (byte >= 0x20 && byte !== 0x7f) ? 1 : 0
);

function byteSet(characters: string): Uint8Array {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

/** A token (RFC 9110 5.6.2), as a piece of expressions. */
export const TOKEN = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";

const WHOLE_TOKEN = new RegExp(`^${TOKEN}$`);
const VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** Whether `text` is a token: a method, a field name, a parameter name. */
export function isToken(text: string): boolean {
  return WHOLE_TOKEN.test(text);
}

/** Whether `text` may be sent as a field value: no controls, nothing above 0xff, no outer space. */
export function isFieldValue(text: string): boolean {
  return VALUE.test(text);
}

/** Whether `text` is ASCII: as many bytes in UTF-8 as it has characters. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}
// deno-lint-ignore no-control-regex
const ASCII = /^[\x00-\x7f]*$/;

/** One field line: its name as it was spelled, and its value. */
export type RawHeader = [name: string, value: string];

/** Fields by lowercase name; repeats joined by `, ` (`cookie` by `; `). Has no prototype. */
export type HeaderRecord = Record<string, string>;

/** Splits a field section that was validated before into its lines. */
export function splitFields(section: string): RawHeader[] {
  const fields: RawHeader[] = [];
  let at = 0;
  while (at < section.length) {
    const end = section.indexOf("\r\n", at);
    if (end <= at) break;
    const colon = section.indexOf(":", at);
    fields.push([section.slice(at, colon), trimBlanks(section.slice(colon + 1, end))]);
    at = end + 2;
  }
  return fields;
}

/** The values of all fields with a name, which is given in lowercase. */
export function fieldValues(fields: readonly RawHeader[], name: string): string[] {
  return fields.filter(([spelled]) => spelled.toLowerCase() === name).map(([, value]) => value);
}

/** The record view of field lines. */
export function toRecord(fields: readonly RawHeader[]): HeaderRecord {
  const record: HeaderRecord = Object.create(null);
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    const before = record[key];
    record[key] = before === undefined ? value : before + (key === "cookie" ? "; " : ", ") + value;
  }
  return record;
}

/** The elements of a comma-separated list, lowercase, without blanks and empty elements. */
export function listElements(value: string): string[] {
  return value.toLowerCase().split(",").map(trimBlanks).filter((element) => element !== "");
}

/** `text` without SP and HTAB at both ends; `trim()` would take more than HTTP's OWS. */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

/** Whether a character or byte is SP or HTAB. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 9;
}
