// The fields that a caller wants to send: every name and value checked before it can reach the wire, and
// those that frame or route the message set apart, since they must fit it.

import {
  isFieldValue,
  isToken,
  listElements,
  type RawHeader,
  trimBlanks,
} from "../wire/headers.ts";
import type { RequestOptions } from "./options.ts";

/** Checked fields. */
export interface CheckedFields {
  /** The fields that are sent as they are. */
  readonly lines: readonly RawHeader[];
  /** Their names in lowercase, and those of the fields set apart. */
  readonly names: ReadonlySet<string>;
  /** Host, where it is not that of the URL. */
  readonly host: string | undefined;
  /** Content-Length, which must be that of the body. */
  readonly contentLength: number | undefined;
  /** Whether Transfer-Encoding asks for chunks. */
  readonly chunked: boolean;
  /** Whether Expect asks for 100-continue. */
  readonly expectContinue: boolean;
  /** Whether Connection says close. */
  readonly close: boolean;
  /** Whether an upgrade is asked for. */
  readonly upgrade: boolean;
}

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]*)(?::\d*)?$/;

/** Checks fields, and puts them in the place of those of the same names in `base`. Throws TypeError. */
export function checkFields(
  headers: RequestOptions["headers"],
  base?: CheckedFields,
): CheckedFields {
  const added = entries(headers).map(checkField);
  const replaced = new Set(added.map(([name]) => name.toLowerCase()));
  const draft = {
    lines: (base?.lines ?? []).filter(([name]) => !replaced.has(name.toLowerCase())),
    names: new Set([...(base?.names ?? []), ...replaced]),
    host: base?.host,
    contentLength: base?.contentLength,
    chunked: base?.chunked ?? false,
    expectContinue: base?.expectContinue ?? false,
    close: !replaced.has("connection") && (base?.close ?? false),
    upgrade: base?.upgrade ?? false,
  };
  const seen = new Set<string>();
  for (const [name, value] of added) {
    const key = name.toLowerCase();
    if (SINGLE.has(key) && seen.has(key)) refuse(name, "it is given twice");
    seen.add(key);
    switch (key) {
      case "host":
        if (!HOST.test(value)) refuse(name, `"${value}" is not a host with an optional port`);
        draft.host = value;
        continue;
      case "content-length":
        if (!/^\d{1,15}$/.test(value)) refuse(name, `"${value}" is not a length`);
        draft.contentLength = Number(value);
        continue;
      case "transfer-encoding":
        if (value.toLowerCase() !== "chunked") refuse(name, `"${value}" is not "chunked"`);
        draft.chunked = true;
        continue;
      case "expect":
        if (value.toLowerCase() !== "100-continue") {
          refuse(name, `"${value}" is not "100-continue"`);
        }
        draft.expectContinue = true;
        continue;
      case "proxy-authorization":
        refuse(name, 'it could reach the origin; user and password belong in the option "proxy"');
        break;
      case "connection":
        draft.close ||= listElements(value).includes("close");
        break;
      case "upgrade":
        draft.upgrade = true;
        break;
    }
    draft.lines.push([name, value]);
  }
  return draft;
}

const SINGLE = new Set(["host", "content-length", "transfer-encoding", "expect"]);

function entries(headers: RequestOptions["headers"]): [string, string][] {
  if (headers === undefined) return [];
  if (headers instanceof Headers) return [...headers];
  if (Array.isArray(headers)) return headers;
  if (typeof headers !== "object" || headers === null) {
    throw new TypeError('Cannot request: option "headers" is not an object, array or Headers');
  }
  return Object.entries(headers).flatMap(([name, value]) =>
    Array.isArray(value) ? value.map((it): [string, string] => [name, it]) : [[name, value]]
  );
}

function checkField(field: [string, string]): RawHeader {
  if (!Array.isArray(field) || field.length !== 2 || typeof field[0] !== "string") {
    throw new TypeError('Cannot request: option "headers": an element is not [name, value]');
  }
  const [name, value] = field;
  if (!isToken(name)) refuse(name, "its name is not a token");
  if (typeof value !== "string") refuse(name, `its value is a ${typeof value}, not a string`);
  const trimmed = trimBlanks(value);
  if (!isFieldValue(trimmed)) {
    refuse(name, "its value has a control character or one beyond U+00FF");
  }
  return [name, trimmed];
}

function refuse(name: string, why: string): never {
  throw new TypeError(`Cannot send header ${JSON.stringify(name)}: ${why}`);
}
