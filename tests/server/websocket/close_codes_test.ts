import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkClose,
  closeCodeOf,
  failureOf,
  isCloseCode,
} from "../../../server/websocket/close_codes.ts";
import { HttpError, LimitError } from "../../../wire/errors.ts";

Deno.test("isCloseCode() knows which codes may stand in a frame", () => {
  const found = Array.from({ length: 65536 }, (_, code) => code).filter(isCloseCode);
  const defined = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
  const free = Array.from({ length: 2000 }, (_, i) => 3000 + i);
  assertEquals(found, [...defined, ...free]);
});

Deno.test("checkClose() throws the exceptions of the standard", () => {
  checkClose(undefined, "");
  checkClose(1011, "x".repeat(123));
  const code = assertThrows(() => checkClose(1005, ""), DOMException);
  assertEquals(code.name, "InvalidAccessError");
  const reason = assertThrows(() => checkClose(1000, "€".repeat(42)), DOMException);
  assertEquals(reason.name, "SyntaxError");
  checkClose(1000, "€".repeat(41));
});

Deno.test("closeCodeOf() tells protocol errors, sizes, and data that is broken", () => {
  const codes = [
    "WS_ERR_UNEXPECTED_RSV_1",
    "WS_ERR_INVALID_UTF8",
    "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
    "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
    "WS_ERR_TOO_MANY_BUFFERED_PARTS",
    "Z_DATA_ERROR",
  ].map((code) => closeCodeOf(Object.assign(new Error("x"), { code })));
  assertEquals(codes, [1002, 1007, 1009, 1009, 1008, 1007]);
  assertEquals(closeCodeOf(null), 1007);
});

Deno.test("failureOf() tells of limits in our terms, and of the rest as it is", () => {
  const coded = (code: string): Error => Object.assign(new RangeError(code), { code });
  const long = failureOf(coded("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH"), 100, 5);
  assertInstanceOf(long, LimitError);
  assertEquals([long.limit, long.max, long.status], ["maxMessageBytes", 100, 413]);
  const torn = failureOf(coded("WS_ERR_TOO_MANY_BUFFERED_PARTS"), 100, 5);
  assertInstanceOf(torn, HttpError);
  assertEquals([torn.message, torn.code], [
    "Cannot accept message: more than 5 fragments",
    "limit",
  ]);
  const wrong = coded("WS_ERR_EXPECTED_MASK");
  assertStrictEquals(failureOf(wrong, 100, 5), wrong);
});
