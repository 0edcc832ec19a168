import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import {
  checkHandshake,
  type Handshake,
  newHandshake,
} from "../../../client/rules/websocket_handshake.ts";
import { ProtocolError } from "../../../wire/errors.ts";
import type { RawHeader } from "../../../wire/headers.ts";

/** The key and the answer of RFC 6455 1.3. */
const RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ANSWER: Record<string, string> = {
  "Upgrade": "websocket",
  "Connection": "Upgrade",
  "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
};

function handshake(offered: Partial<Handshake> = {}): Handshake {
  return { fields: [], key: RFC_KEY, protocols: [], extensions: [], ...offered };
}

/** The answer with some fields replaced; undefined: left out. */
function answer(changes: Record<string, string | undefined> = {}): RawHeader[] {
  return Object.entries({ ...ANSWER, ...changes })
    .flatMap(([name, value]): RawHeader[] => value === undefined ? [] : [[name, value]]);
}

function refused(
  why: string,
  fields: RawHeader[],
  offered: Partial<Handshake> = {},
): void {
  const error = assertThrows(
    () => checkHandshake(handshake(offered), fields),
    ProtocolError,
    why,
  );
  assertEquals(error.code, "handshake");
  assert(error.message.startsWith("Cannot open WebSocket: "), error.message);
}

Deno.test("newHandshake() asks as RFC 6455 4.1 says", () => {
  const { fields, key } = newHandshake([]);
  assertEquals(fields, [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Key", key],
    ["Sec-WebSocket-Version", "13"],
  ]);
  assertMatch(key, /^[A-Za-z0-9+/]{22}==$/);
  assertEquals(Uint8Array.fromBase64(key).length, 16);
});

Deno.test("newHandshake() has another random key each time", () => {
  const keys = Array.from({ length: 20 }, () => newHandshake([]).key);
  assertEquals(new Set(keys).size, 20);
  assertNotEquals(keys[0], RFC_KEY);
});

Deno.test("newHandshake() notes what the caller offers", () => {
  const { protocols, extensions } = newHandshake([
    ["sec-websocket-protocol", "chat, superChat,"],
    ["Sec-WebSocket-Protocol", "third"],
    ["Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits, X-Other"],
    ["Other", "x"],
  ]);
  assertEquals(protocols, ["chat", "superChat", "third"]);
  assertEquals(extensions, ["permessage-deflate", "x-other"]);
});

Deno.test("newHandshake() refuses subprotocols that are no tokens or not different", () => {
  for (const value of ["a b", "é", "a/b", "chat, chat"]) {
    assertThrows(() => newHandshake([["Sec-WebSocket-Protocol", value]]), TypeError);
  }
});

Deno.test("checkHandshake() takes the answer of RFC 6455 1.3", () => {
  checkHandshake(handshake(), answer());
});

Deno.test("checkHandshake() ignores the case of names and tokens, not of the proof", () => {
  checkHandshake(
    handshake(),
    answer({ Upgrade: "WebSocket", Connection: "keep-alive, UPGRADE" }),
  );
  checkHandshake(handshake(), answer().map(([name, value]) => [name.toUpperCase(), value]));
  checkHandshake(handshake(), [["Connection", "x"], ...answer()]);
  const proof = "Sec-WebSocket-Accept";
  refused(proof, answer({ [proof]: ANSWER[proof]!.toLowerCase() }));
});

Deno.test("checkHandshake() insists on Upgrade and Connection (RFC 6455 4.1)", () => {
  for (const value of [undefined, "", "h2c", "websocket, h2c", "websockets"]) {
    refused('"Upgrade" is not "websocket"', answer({ Upgrade: value }));
  }
  for (const value of [undefined, "", "close", "upgraded"]) {
    refused('"Connection" lacks "Upgrade"', answer({ Connection: value }));
  }
});

Deno.test("checkHandshake() insists on the proof that the key was read (RFC 6455 4.1)", () => {
  const name = "Sec-WebSocket-Accept";
  const value = ANSWER[name]!;
  for (const other of [undefined, "", RFC_KEY, value.slice(1), value + "x", `${value}, ${value}`]) {
    refused(name, answer({ [name]: other }));
  }
  refused(name, [...answer(), [name, value]]);
  refused(name, answer(), { key: newHandshake([]).key });
});

Deno.test("checkHandshake() takes only what was offered (RFC 6455 4.1)", () => {
  const protocol = (value: string): RawHeader[] => answer({ "Sec-WebSocket-Protocol": value });
  const protocols = ["chat", "other"];
  checkHandshake(handshake({ protocols }), protocol("other"));
  checkHandshake(handshake({ protocols }), answer());
  refused('"Chat" was not offered', protocol("Chat"), { protocols });
  refused("was not offered", protocol("chat, other"), { protocols });
  refused('"chat" was not offered', protocol("chat"));
  refused('"" was not offered', protocol(""), { protocols });
  const twice: RawHeader[] = [...protocol("chat"), ["sec-websocket-protocol", "chat"]];
  refused("repeated", twice, { protocols });
  const extension = (value: string): RawHeader[] => answer({ "Sec-WebSocket-Extensions": value });
  const extensions = ["permessage-deflate"];
  checkHandshake(handshake({ extensions }), extension("permessage-deflate; x=1"));
  refused('extension "permessage-deflate"', extension("permessage-deflate"));
  refused('extension "foo"', extension("permessage-deflate, foo"), { extensions });
});
