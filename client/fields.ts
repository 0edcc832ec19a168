// The fields that a caller wants to send: every name and value checked before it can reach the wire, and
// those that frame or route the message set apart, since they must fit it.

import {
  isFieldValue,
  isToken,
  listElements,
  type RawHeader,
  trimBlanks,
} from "../wire/headers.ts";
import { isRecord, kindOf, refuseKind, refuseOption } from "./check_option.ts";
import type { RequestOptions } from "./options.ts";

/** Checked fields. */
export interface CheckedFields {
  /** The fields that are sent as they are. */
  readonly lines: readonly RawHeader[];
  /**
   * The lowercase names of all fields that were given, those set apart and those without values too: what the
   * client would send by itself under these names is not sent.
   */
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

/** A field as it was given: its name and all its values, which nobody has looked at yet. */
type GivenField = readonly [name: string, values: readonly string[]];

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9\-._~!$&'()*+,;=%]*)(?::\d*)?$/;
/** Fields of which there is one at most. */
const SINGLE = new Set(["host", "content-length", "transfer-encoding", "expect"]);
/** Fields that say what the message is: the client sends them where they are needed, whatever is asked for. */
const NOT_OMITTED = new Set([...SINGLE, "connection", "trailer"]);

/** Checks fields, and puts them in the place of those of the same names in `base`. Throws TypeError. */
export function checkFields(
  headers: RequestOptions["headers"],
  base?: CheckedFields,
): CheckedFields {
  const given = headers === undefined ? [] : givenFields("headers", headers);
  const replaced = new Set(given.map(([name]) => checkName(name).toLowerCase()));
  const draft = {
    lines: (base?.lines ?? []).filter(([name]) => !replaced.has(name.toLowerCase())),
    names: new Set([...(base?.names ?? []), ...replaced]),
    host: base?.host,
    contentLength: base?.contentLength,
    chunked: base?.chunked ?? false,
    expectContinue: base?.expectContinue ?? false,
    close: !replaced.has("connection") && (base?.close ?? false),
    upgrade: !replaced.has("upgrade") && (base?.upgrade ?? false),
  };
  const seen = new Set<string>();
  for (const [name, value] of given.flatMap(checkValues)) {
    const key = name.toLowerCase();
    if (SINGLE.has(key) && seen.has(key)) refuse(name, "is given twice");
    seen.add(key);
    switch (key) {
      case "host":
        if (!HOST.test(value)) refuse(name, `is "${value}", not a host with an optional port`);
        draft.host = value;
        continue;
      case "content-length":
        if (!/^\d{1,15}$/.test(value)) refuse(name, `is "${value}", not a length`);
        draft.contentLength = Number(value);
        continue;
      case "transfer-encoding":
        if (value.toLowerCase() !== "chunked") refuse(name, `is "${value}", not "chunked"`);
        draft.chunked = true;
        continue;
      case "expect":
        if (value.toLowerCase() !== "100-continue") {
          refuse(name, `is "${value}", not "100-continue"`);
        }
        draft.expectContinue = true;
        continue;
      case "proxy-authorization":
        refuse(name, 'could reach the origin; user and password belong in the option "proxy"');
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

/**
 * The fields of a request that was redirected: `lines` are those of `before` that may go along. What the caller
 * wanted left out stays left out.
 */
export function redirectedFields(
  before: CheckedFields,
  lines: readonly RawHeader[],
  host: string | undefined,
): CheckedFields {
  const sent = new Set(before.lines.map(([name]) => name.toLowerCase()));
  const omitted = [...before.names].filter((name) => !sent.has(name) && !NOT_OMITTED.has(name));
  const fields: GivenField[] = omitted.map((name) => [name, []]);
  return { ...checkFields([...fields, ...lines]), host, expectContinue: before.expectContinue };
}

/**
 * The fields of an option that has fields: of an object with the values by name, or of anything that gives
 * pairs of name and value, as an array, a Map or a Headers does (the Fetch standard's HeadersInit).
 */
export function givenFields(
  option: string,
  fields: NonNullable<RequestOptions["headers"]>,
): GivenField[] {
  let pairs: unknown[];
  if (isIterable(fields)) pairs = [...fields];
  else if (isRecord(fields)) pairs = Object.entries(fields);
  else refuseKind(option, fields, "an object or an iterable of pairs");
  return pairs.map((pair) => {
    if (!Array.isArray(pair) || pair.length !== 2 || typeof pair[0] !== "string") {
      refuseOption(option, "an element is not [name, value]");
    }
    const [name, value] = pair;
    return [name, Array.isArray(value) ? value : [value]];
  });
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

function checkName(name: string): string {
  if (!isToken(name)) refuse(name, "has a name that is not a token");
  return name;
}

function checkValues([name, values]: GivenField): RawHeader[] {
  if (values.length === 0 && NOT_OMITTED.has(name.toLowerCase())) {
    refuse(name, "cannot be left out");
  }
  return values.map((value) => {
    if (typeof value !== "string") refuse(name, `is ${kindOf(value)}, not a string`);
    const trimmed = trimBlanks(value);
    if (!isFieldValue(trimmed)) {
      refuse(name, "has a control character or one beyond U+00FF in its value");
    }
    return [name, trimmed];
  });
}

function refuse(name: string, why: string): never {
  refuseOption("headers", `field ${JSON.stringify(name)} ${why}`);
}
