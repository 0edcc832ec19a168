import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  describe,
  endedEarly,
  type FailedRequest,
  lostUnanswered,
} from "../../../client/exchange/failure.ts";
import { ClosedError, HttpError } from "../../../wire/errors.ts";

const REQUEST: FailedRequest = {
  phase: "headers",
  bytesSent: 120,
  isUnsent: false,
  bytesReceived: 7,
  reused: true,
  method: "POST",
};

Deno.test("describe() says of an error of ours what is known of its request", () => {
  const error = new ClosedError("gone");
  assertStrictEquals(describe(error, REQUEST), error);
  const { phase, bytesSent, bytesReceived, reused, safeToRetry } = error;
  assertEquals(
    { phase, bytesSent, bytesReceived, reused, safeToRetry },
    { phase: "headers", bytesSent: 120, bytesReceived: 7, reused: true, safeToRetry: false },
  );
});

Deno.test("a request is safe to repeat when nothing of it left, or it is idempotent (RFC 9110 9.2.2)", () => {
  const cases: [method: string, isUnsent: boolean, safe: boolean][] = [
    ["POST", false, false],
    ["POST", true, true],
    ["PATCH", false, false],
    ["GET", false, true],
    ["PUT", false, true],
    ["DELETE", false, true],
  ];
  for (const [method, isUnsent, safe] of cases) {
    const error = new ClosedError("gone");
    describe(error, { ...REQUEST, method, isUnsent });
    assertEquals(error.safeToRetry, safe, `${method} ${isUnsent}`);
  }
});

Deno.test("what was said of an error stays, and errors of others are left alone", () => {
  const error = new ClosedError("gone");
  describe(error, REQUEST);
  describe(error, { ...REQUEST, phase: "body", method: "GET", bytesSent: 1 });
  assertEquals([error.phase, error.bytesSent, error.safeToRetry], ["headers", 120, false]);
  const foreign = new TypeError("not ours");
  assertStrictEquals(describe(foreign, REQUEST), foreign);
  assertEquals(Object.keys(foreign), []);
});

Deno.test("the failures of a response that does not come say how far it got", () => {
  const cause = new Error("Connection reset by peer");
  assertStrictEquals(lostUnanswered(new ClosedError("lost", { cause })).cause, cause);
  assertStrictEquals(lostUnanswered("odd").cause, "odd");
  assertEquals(lostUnanswered(cause) instanceof HttpError, true);
  assertEquals(
    endedEarly(0).message,
    "Cannot read response: the server closed the connection before it answered",
  );
  assertEquals(
    endedEarly(17).message,
    "Cannot read response: the server closed the connection after 17 bytes of it",
  );
  assertEquals(endedEarly(17).received, 17);
});
