import { assertEquals, assertInstanceOf } from "@std/assert";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";
import { HttpError } from "../../../wire/errors.ts";

Deno.test("a MultipartError is an HttpError that says what was found where, and means status 400", () => {
  const error = new MultipartError("a part without a name", 17);
  assertInstanceOf(error, HttpError);
  assertEquals(error.message, "Cannot parse multipart: a part without a name at byte 17");
  assertEquals(
    [error.name, error.code, error.status, error.offset],
    ["MultipartError", "bad_multipart", 400, 17],
  );
});

Deno.test("a MultipartError at the first byte says so", () => {
  const error = new MultipartError("nothing", 0);
  assertEquals([error.message, error.offset], ["Cannot parse multipart: nothing at byte 0", 0]);
});

Deno.test("a MultipartError about something outside of a body has no offset", () => {
  const error = new MultipartError("there is no Content-Type", undefined, 415);
  assertEquals(error.message, "Cannot parse multipart: there is no Content-Type");
  assertEquals([error.status, error.offset], [415, undefined]);
});
