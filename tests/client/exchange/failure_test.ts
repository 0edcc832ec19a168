import { assertEquals, assertStrictEquals } from "@std/assert";
import {
  describe,
  endedEarly,
  type FailedRequest,
  failureOf,
  NO_TRAFFIC,
} from "../../../client/exchange/failure.ts";
import { ClosedError, TimeoutError } from "../../../wire/errors.ts";

const REQUEST: FailedRequest = {
  url: "http://a.test/",
  phase: "headers",
  traffic: { bytesSent: 120, isUnsent: false, bytesReceived: 7 },
  reused: true,
  method: "POST",
};

Deno.test("describe() says of an error of ours what is known of its request", () => {
  const error = new ClosedError("gone");
  assertStrictEquals(describe(error, REQUEST), error);
  const { url, phase, bytesSent, bytesReceived, reused, safeToRetry } = error;
  assertEquals(
    { url, phase, bytesSent, bytesReceived, reused, safeToRetry },
    {
      url: "http://a.test/",
      phase: "headers",
      bytesSent: 120,
      bytesReceived: 7,
      reused: true,
      safeToRetry: false,
    },
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
    describe(error, { ...REQUEST, method, traffic: { ...REQUEST.traffic, isUnsent } });
    assertEquals(error.safeToRetry, safe, `${method} ${isUnsent}`);
  }
});

Deno.test("what was said of an error stays, and errors of others are left alone", () => {
  const error = new ClosedError("gone");
  describe(error, REQUEST);
  describe(error, { ...REQUEST, phase: "body", method: "GET", traffic: NO_TRAFFIC });
  assertEquals([error.phase, error.bytesSent, error.safeToRetry], ["headers", 120, false]);
  const foreign = new TypeError("not ours");
  assertStrictEquals(describe(foreign, REQUEST), foreign);
  assertEquals(Object.keys(foreign), []);
});

Deno.test("the failure of a response that does not come says how far it got", () => {
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

Deno.test("what the reader met is the failure, unless a write was too late or nothing had come", () => {
  const cause = new Error("Connection reset by peer");
  const lost = new ClosedError("lost", { cause });
  const connection = { writeError: undefined, idleTimeoutMs: 3000, isAnswered: true };
  assertStrictEquals(failureOf(lost, connection), lost);
  const unanswered = failureOf(lost, { ...connection, isAnswered: false }) as ClosedError;
  assertEquals(
    [unanswered.message, unanswered.cause],
    ["Cannot read response: the connection was lost before the server answered", cause],
  );
  const writeError = new TimeoutError("write", 9);
  const late = failureOf(lost, { ...connection, writeError }) as TimeoutError;
  assertEquals([late.phase, late.limit], ["write", "idleTimeout"]);
  const other = new TimeoutError("body", 5, "timeout");
  assertStrictEquals(failureOf(other, connection), other);
});
