import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { fetchError } from "../../../client/fetch/fetch_error.ts";
import { ClosedError } from "../../../wire/errors.ts";

Deno.test("failures are TypeErrors with the cause, but for reasons of signals and mistakes", () => {
  const closed = new ClosedError("Cannot read body: gone");
  const error = fetchError(closed, "fetch", "http://a/", undefined);
  assertInstanceOf(error, TypeError);
  assertStrictEquals(error.cause, closed);
  assertEquals(error.message, 'Cannot fetch "http://a/": Cannot read body: gone');
  const mistake = new TypeError("no");
  assertStrictEquals(fetchError(mistake, "fetch", "", undefined), mistake);
  const signal = AbortSignal.abort(closed);
  assertStrictEquals(fetchError(closed, "fetch", "", signal), closed);
  assertInstanceOf(fetchError("text", "read body of", "http://a/", signal), TypeError);
});
