// The fields that the arguments of the get command ask for: -H, -A, -e, -b and -r. Pure.

import type { GetArguments } from "./get_arguments.ts";
import type { PreparedBody } from "./body.ts";
import { UsageError } from "./errors.ts";

/** Fields by name, each with its values; without any: not to be sent, and nothing in its place. */
export type HeaderFields = Record<string, string[]>;

/** Fields that a request cannot do without. */
const ALWAYS_SENT = new Set(["host", "content-length", "transfer-encoding"]);

/** The fields that were given; what `-H` says replaces what is short for a field. Throws UsageError. */
export function headerFields({ values, header, cookie }: GetArguments): HeaderFields {
  const fields: HeaderFields = Object.create(null);
  const named = new Map<string, string[]>();
  for (const line of header) {
    const [name, value] = parseLine(line);
    const key = name.toLowerCase();
    if (!named.has(key)) named.set(key, fields[name] = []);
    if (value !== undefined) named.get(key)!.push(latin1OfUtf8(value));
    else if (ALWAYS_SENT.has(key)) {
      throw new UsageError(`Cannot start: field "${name}" cannot be left out`);
    }
  }
  const { "user-agent": agent, referer, range } = values;
  const short: [string, string | undefined][] = [
    ["User-Agent", agent],
    ["Referer", referer],
    ["Range", range === undefined ? undefined : `bytes=${checkRange(range)}`],
    ["Cookie", cookie.length === 0 ? undefined : cookie.map(checkCookie).join("; ")],
  ];
  for (const [name, value] of short) {
    if (value === undefined || named.has(name.toLowerCase())) continue;
    fields[name] = value === "" ? [] : [latin1OfUtf8(value)];
  }
  return fields;
}

/** Adds the fields that go with a body, unless they were given, or left out. */
export function addBodyFields(fields: HeaderFields, { fields: own }: PreparedBody): void {
  const given = new Set(Object.keys(fields).map((name) => name.toLowerCase()));
  for (const [name, values] of own) {
    if (!given.has(name.toLowerCase())) fields[name] = [...values];
  }
}

/** `Name: value`, `Name;` for an empty value, `Name:` for none. */
function parseLine(line: string): [name: string, value: string | undefined] {
  const match = /^([^:;]+)(?:(;)[ \t]*|:(.*))$/s.exec(line);
  if (match === null) {
    const wanted = '"Name: value", "Name;" or "Name:"';
    throw new UsageError(`Cannot start: option "--header" is "${line}", not ${wanted}`);
  }
  const [, name, semicolon, rest = ""] = match;
  if (semicolon !== undefined) return [name!, ""];
  const value = rest.trim();
  return [name!, value === "" ? undefined : value];
}

/** A text whose characters are the bytes of another one in UTF-8: heads have a byte per character. */
export function latin1OfUtf8(text: string): string {
  let latin1 = "";
  for (const byte of new TextEncoder().encode(text)) latin1 += String.fromCharCode(byte);
  return latin1;
}

function checkRange(range: string): string {
  if (/^(?:\d+-\d*|-\d+)(?:,(?:\d+-\d*|-\d+))*$/.test(range)) return range;
  throw new UsageError(
    `Cannot start: option "--range" is "${range}", not as "0-99", "100-" or "-5"`,
  );
}

function checkCookie(cookie: string): string {
  if (cookie.includes("=")) return cookie;
  throw new UsageError(
    `Cannot start: option "--cookie" is "${cookie}", not "name=value"; files of cookies are not read`,
  );
}
