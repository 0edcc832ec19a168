// The opening handshake of WebSocket, the server's side (RFC 6455 4.2): the strict check of a request, the choice of
// what is agreed upon, and the fields of the answer. Pure.

import { HttpError, ProtocolError } from "../../wire/errors.ts";
import {
  fieldValues,
  isToken,
  listElements,
  type RawHeader,
  trimBlanks,
} from "../../wire/headers.ts";
import { acceptKey } from "../../wire/websocket_accept.ts";
import {
  acceptDeflate,
  type DeflateAgreement,
  type ExtensionOffer,
  parseExtensionOffers,
} from "./extension_offers.ts";
import type { WebSocketSettings } from "./options.ts";

/** What of a request decides. */
export interface HandshakeRequest {
  readonly method: string;
  /** The x of HTTP/1.x. */
  readonly minorVersion: number;
  readonly rawHeaders: readonly RawHeader[];
  /** Whether there is a body that was not read: it stands where the first frame should. */
  readonly hasBody: boolean;
}

/** What was agreed upon. */
export interface Agreement {
  /** The fields of the answer with status 101. */
  readonly fields: readonly RawHeader[];
  /** The subprotocol; empty: none. */
  readonly protocol: string;
  readonly deflate: DeflateAgreement | undefined;
}

/** A field that is repeated would be joined into one with a comma, which the alphabet of base64 has not. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;
const WANTED = { "Upgrade": "websocket", "Sec-WebSocket-Version": "13" };

/**
 * Checks a request for a WebSocket and agrees. Throws ProtocolError `handshake` with the status and the fields
 * that tell the client what was wrong, HttpError 403 for an origin, TypeError for a client that does not offer
 * the only subprotocol.
 */
export function agree(request: HandshakeRequest, settings: WebSocketSettings): Agreement {
  const values = (name: string): string[] => fieldValues(request.rawHeaders, name);
  if (request.method !== "GET") {
    refuse(`the method is ${request.method}`, 405, { "Allow": "GET" });
  }
  // A proxy's configuration that forgets about it is what mostly happens.
  if (request.minorVersion === 0) refuse("the client speaks HTTP/1.0", 426, WANTED);
  if (!values("upgrade").flatMap(listElements).includes("websocket")) {
    refuse('the client did not ask for it by "Upgrade: websocket"', 426, WANTED);
  }
  if (!values("connection").flatMap(listElements).includes("upgrade")) {
    refuse('field "Connection" lacks "Upgrade"');
  }
  const version = values("sec-websocket-version").join(", ");
  if (version !== "13") refuse(`Sec-WebSocket-Version "${version}" is not 13`, 426, WANTED);
  const key = values("sec-websocket-key").join(", ");
  if (!KEY.test(key)) refuse(`Sec-WebSocket-Key "${key}" is not one of 16 bytes in base64`);
  // Nobody knows whether the client would send frames behind it.
  if (request.hasBody) refuse("the request has a body", 400, { "Connection": "close" });
  const protocols = offeredProtocols(values("sec-websocket-protocol"));
  const extensions = offeredExtensions(values("sec-websocket-extensions"));
  checkOrigin(values("origin"), settings.allowOrigin);
  const protocol = chooseProtocol(protocols, settings);
  const deflate = settings.compression ? acceptDeflate(extensions) : undefined;
  const fields: RawHeader[] = [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", acceptKey(key)],
  ];
  if (protocol !== "") fields.push(["Sec-WebSocket-Protocol", protocol]);
  if (deflate !== undefined) fields.push(["Sec-WebSocket-Extensions", deflate.field]);
  return { fields, protocol, deflate };
}

function offeredProtocols(values: string[]): string[] {
  const offered = values.flatMap((value) => value.split(",").map(trimBlanks))
    .filter((element) => element !== "");
  const isMalformed = (values.length > 0 && offered.length === 0) || !offered.every(isToken) ||
    new Set(offered).size < offered.length;
  if (isMalformed) {
    refuse(`Sec-WebSocket-Protocol "${values.join(", ")}" is not a list of different tokens`);
  }
  return offered;
}

function offeredExtensions(values: string[]): ExtensionOffer[] {
  if (values.length === 0) return [];
  const value = values.join(", ");
  return parseExtensionOffers(value) ?? refuse(`Sec-WebSocket-Extensions "${value}" is malformed`);
}

function checkOrigin(values: string[], allowed: WebSocketSettings["allowOrigin"]): void {
  if (allowed === undefined) return;
  const origin = values.length === 0 ? null : values.join(", ");
  const isAllowed = typeof allowed === "function"
    ? allowed(origin)
    : origin === null || allowed.includes(origin);
  if (isAllowed) return;
  throw new HttpError(`Cannot open WebSocket: origin ${JSON.stringify(origin)} is not allowed`, {
    status: 403,
  });
}

function chooseProtocol(offered: string[], { protocol, protocols }: WebSocketSettings): string {
  if (protocol === undefined) return protocols.find((it) => offered.includes(it)) ?? "";
  if (offered.includes(protocol)) return protocol;
  throw new TypeError(`Cannot open WebSocket: the client does not offer protocol "${protocol}"`);
}

function refuse(why: string, status = 400, headers: Record<string, string> = {}): never {
  const error = new ProtocolError("handshake", `Cannot open WebSocket: ${why}`, status);
  error.headers = headers;
  throw error;
}
