// The opening handshake of WebSocket, the client's side (RFC 6455 4.1): the fields that ask for it, and the
// check of the answer. Frames are left to the caller, who gets the socket.

import { ProtocolError } from "../../wire/errors.ts";
import {
  fieldValues,
  isToken,
  listElements,
  type RawHeader,
  trimBlanks,
} from "../../wire/headers.ts";
import { acceptKey } from "../../wire/websocket_accept.ts";

/** A handshake under way. */
export interface Handshake {
  /** The fields that ask for it, besides those of the caller. */
  readonly fields: readonly RawHeader[];
  /** The value of Sec-WebSocket-Key. */
  readonly key: string;
  /** The subprotocols that the caller offers. */
  readonly protocols: readonly string[];
  /** The names of the extensions that the caller offers, lowercase. */
  readonly extensions: readonly string[];
}

/**
 * A new handshake; of the caller's fields, Sec-WebSocket-Protocol and Sec-WebSocket-Extensions are what may be
 * agreed upon. Throws TypeError when the protocols are no tokens or not different.
 */
export function newHandshake(callersFields: readonly RawHeader[]): Handshake {
  const protocols = fieldValues(callersFields, "sec-websocket-protocol").flatMap(splitList);
  for (const protocol of protocols) {
    if (!isToken(protocol)) {
      throw new TypeError(`Cannot offer subprotocol ${JSON.stringify(protocol)}: not a token`);
    }
  }
  if (new Set(protocols).size < protocols.length) {
    throw new TypeError("Cannot offer subprotocols: one is named twice");
  }
  const key = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  return {
    key,
    protocols,
    extensions: fieldValues(callersFields, "sec-websocket-extensions").flatMap(extensionNames),
    fields: [
      ["Upgrade", "websocket"],
      ["Connection", "Upgrade"],
      ["Sec-WebSocket-Key", key],
      ["Sec-WebSocket-Version", "13"],
    ],
  };
}

/** Checks the fields of an answer with status 101. Throws ProtocolError `handshake`. */
export function checkHandshake(handshake: Handshake, fields: readonly RawHeader[]): void {
  const upgrades = fieldValues(fields, "upgrade").flatMap(listElements);
  if (upgrades.length !== 1 || upgrades[0] !== "websocket") {
    refuse('field "Upgrade" is not "websocket"');
  }
  if (!fieldValues(fields, "connection").flatMap(listElements).includes("upgrade")) {
    refuse('field "Connection" lacks "Upgrade"');
  }
  const accepts = fieldValues(fields, "sec-websocket-accept");
  if (accepts.length !== 1 || accepts[0] !== acceptKey(handshake.key)) {
    refuse('field "Sec-WebSocket-Accept" does not prove that the key was read');
  }
  for (const name of fieldValues(fields, "sec-websocket-extensions").flatMap(extensionNames)) {
    if (!handshake.extensions.includes(name)) refuse(`extension "${name}" was not offered`);
  }
  const protocols = fieldValues(fields, "sec-websocket-protocol");
  if (protocols.length > 1) refuse('field "Sec-WebSocket-Protocol" is repeated');
  const [protocol] = protocols;
  if (protocol !== undefined && !handshake.protocols.includes(protocol)) {
    refuse(`subprotocol ${JSON.stringify(protocol)} was not offered`);
  }
}

/** The elements of a list whose case matters. */
function splitList(value: string): string[] {
  return value.split(",").map(trimBlanks).filter((element) => element !== "");
}

/**
 * The names in a list of extensions. A comma in a quoted parameter counts as one between two extensions, so that
 * an answer with one is refused as not offered; no registered extension has any.
 */
function extensionNames(value: string): string[] {
  return listElements(value).map((element) => trimBlanks(element.split(";")[0]!));
}

function refuse(why: string): never {
  throw new ProtocolError("handshake", `Cannot open WebSocket: ${why}`, 502);
}
