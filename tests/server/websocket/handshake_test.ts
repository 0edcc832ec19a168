import { assertEquals, assertThrows } from "@std/assert";
import { agree, type HandshakeRequest } from "../../../server/websocket/handshake.ts";
import {
  resolveWebSocketOptions,
  type UpgradeWebSocketOptions,
} from "../../../server/websocket/options.ts";
import { HttpError, ProtocolError } from "../../../wire/errors.ts";
import type { RawHeader } from "../../../wire/headers.ts";
import { HANDSHAKE } from "./raw_websocket.ts";

function request(...more: RawHeader[]): HandshakeRequest {
  const fields = HANDSHAKE.map((line) => line.split(": ") as RawHeader);
  return { method: "GET", minorVersion: 1, hasBody: false, rawHeaders: [...fields, ...more] };
}

function agreed(options: UpgradeWebSocketOptions, ...more: RawHeader[]): ReturnType<typeof agree> {
  return agree(request(...more), resolveWebSocketOptions(options));
}

Deno.test("agree() gives the fields of the answer, and what they say", () => {
  const { fields, protocol, deflate } = agreed(
    { protocol: "b", compression: true },
    ["Sec-WebSocket-Protocol", "a,b"],
    ["Sec-WebSocket-Extensions", "permessage-deflate"],
  );
  assertEquals([protocol, deflate?.field], [
    "b",
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
  ]);
  assertEquals(fields, [
    ["Upgrade", "websocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="],
    ["Sec-WebSocket-Protocol", "b"],
    ["Sec-WebSocket-Extensions", deflate!.field],
  ]);
});

Deno.test("agree() throws errors that have the status and the fields of an answer", () => {
  const settings = resolveWebSocketOptions({});
  const post = assertThrows(
    () => agree({ ...request(), method: "POST" }, settings),
    ProtocolError,
  );
  assertEquals([post.code, post.status, post.headers], ["handshake", 405, { Allow: "GET" }]);
  const old = assertThrows(
    () => agree({ ...request(), rawHeaders: [] }, settings),
    ProtocolError,
  );
  const wanted = { "Upgrade": "websocket", "Sec-WebSocket-Version": "13" };
  assertEquals([old.status, old.headers], [426, wanted]);
});

Deno.test("agree() throws 400 where a body stands in the way of the first frame", () => {
  const error = assertThrows(
    () => agree({ ...request(), hasBody: true }, resolveWebSocketOptions({})),
    ProtocolError,
  );
  assertEquals([error.code, error.status], ["handshake", 400]);
  assertEquals(error.message, "Cannot open WebSocket: the request has a body");
});

Deno.test("agree() throws TypeError when the only subprotocol is not offered", () => {
  assertThrows(() => agreed({ protocol: "a" }), TypeError, 'protocol "a"');
  assertThrows(() => agreed({ protocol: "a" }, ["Sec-WebSocket-Protocol", "A"]), TypeError);
});

Deno.test("agree() lets in the origins of a list, and who has none", () => {
  const options = { allowOrigin: ["https://a.example", "null"] };
  agreed(options);
  agreed(options, ["Origin", "https://a.example"]);
  agreed(options, ["Origin", "null"]);
  for (const origin of ["https://b.example", "https://a.example:8443", "http://a.example", ""]) {
    const error = assertThrows(() => agreed(options, ["Origin", origin]), HttpError);
    assertEquals(error.status, 403);
  }
  const twice: RawHeader[] = [["Origin", "https://a.example"], ["origin", "https://b.example"]];
  assertThrows(() => agreed(options, ...twice), HttpError, "not allowed");
});

Deno.test("agree() asks a function for the origin, if only with null", () => {
  const asked: (string | null)[] = [];
  const allowOrigin = (origin: string | null): boolean => asked.push(origin) === 1;
  agreed({ allowOrigin }, ["Origin", "https://a.example"]);
  assertThrows(() => agreed({ allowOrigin }), HttpError, "origin null");
  assertEquals(asked, ["https://a.example", null]);
});
