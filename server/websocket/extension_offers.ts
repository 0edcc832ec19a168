// What a client offers in Sec-WebSocket-Extensions (RFC 6455 9.1), and what is agreed upon of it: permessage-deflate
// (RFC 7692), or nothing. Pure.

import { TOKEN, trimBlanks } from "../../wire/headers.ts";

/** An extension that is offered, with its parameters; `true` stands for one without a value. */
export interface ExtensionOffer {
  readonly name: string;
  readonly params: readonly (readonly [name: string, value: string | true])[];
}

/** The agreed parameters, in the form that the library takes. */
export type DeflateParams = Record<string, (string | true)[]>;

/** `permessage-deflate` as agreed upon. */
export interface DeflateAgreement {
  /** The value of Sec-WebSocket-Extensions in the answer. */
  readonly field: string;
  readonly params: DeflateParams;
}

/** One character of a token. */
const TCHAR = TOKEN.slice(0, -1);
// "When using the quoted-string syntax variant, the value after quoted-string unescaping MUST conform to the
// 'token' ABNF": so nothing else may stand in one.
const PARAM = `${TOKEN}(?:=(?:${TOKEN}|"(?:${TCHAR}|\\\\${TCHAR})+"))?`;
const OFFER = new RegExp(`^${TOKEN}(?:[ \\t]*;[ \\t]*${PARAM})*$`);

/** The offers of a field's value; undefined when it is malformed. */
export function parseExtensionOffers(value: string): ExtensionOffer[] | undefined {
  const offers: ExtensionOffer[] = [];
  for (const element of value.split(",").map(trimBlanks)) {
    // Empty elements are to be ignored (RFC 9110 5.6.1.2).
    if (element === "") continue;
    if (!OFFER.test(element)) return undefined;
    const [name, ...params] = element.split(";").map(trimBlanks);
    offers.push({ name: name!, params: params.map(parseParam) });
  }
  return offers.length === 0 ? undefined : offers;
}

function parseParam(param: string): [name: string, value: string | true] {
  const at = param.indexOf("=");
  if (at < 0) return [param, true];
  const value = param.slice(at + 1);
  return [
    param.slice(0, at),
    value.startsWith('"') ? value.slice(1, -1).replaceAll("\\", "") : value,
  ];
}

/** Accepts the first offer of `permessage-deflate` that can be accepted; undefined when there is none. */
export function acceptDeflate(offers: readonly ExtensionOffer[]): DeflateAgreement | undefined {
  for (const { name, params } of offers) {
    if (name !== "permessage-deflate" || !isAcceptable(params)) continue;
    const agreed: DeflateParams = {
      // No message tells anything of another one; also where that was not asked for (RFC 7692 7.1.1).
      server_no_context_takeover: [true],
      client_no_context_takeover: [true],
    };
    const bits = params.find(([it]) => it === "server_max_window_bits");
    if (bits !== undefined) agreed["server_max_window_bits"] = [bits[1]];
    const text = Object.entries(agreed)
      .map(([it, [value]]) => value === true ? it : `${it}=${value}`);
    return { field: [name, ...text].join("; "), params: agreed };
  }
  return undefined;
}

const WINDOW_BITS = /^(?:[89]|1[0-5])$/;

/** RFC 7692 7.1: an offer with anything unknown, invalid or repeated in it has to be declined. */
function isAcceptable(params: ExtensionOffer["params"]): boolean {
  const names = params.map(([name]) => name);
  if (new Set(names).size < names.length) return false;
  return params.every(([name, value]) => {
    switch (name) {
      case "server_no_context_takeover":
      case "client_no_context_takeover":
        return value === true;
      case "client_max_window_bits":
        return value === true || WINDOW_BITS.test(value);
      case "server_max_window_bits":
        // zlib has no window of 8 bits for raw deflate: it would take 9, which the client could not undo.
        return value !== true && value !== "8" && WINDOW_BITS.test(value);
      default:
        return false;
    }
  });
}
