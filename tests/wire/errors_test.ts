import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  ClosedError,
  HttpError,
  LimitError,
  ProtocolError,
  TimeoutError,
  type TimeoutPhase,
} from "../../wire/errors.ts";

Deno.test("every error is an HttpError with its own name, a code and a status", () => {
  const cases: [HttpError, string, string, number | undefined][] = [
    [new HttpError("No"), "HttpError", "refused", undefined],
    [new HttpError("No", { status: 403 }), "HttpError", "refused", 403],
    [new HttpError("No", { code: "file", status: 500 }), "HttpError", "file", 500],
    [new ProtocolError("bad_host", "No"), "ProtocolError", "bad_host", 400],
    [new ProtocolError("bad_version", "No", 505), "ProtocolError", "bad_version", 505],
    [new LimitError("maxFields", 128, 431), "LimitError", "limit", 431],
    [new TimeoutError("head", 15000), "TimeoutError", "timeout", 408],
    [new ClosedError("Cannot read body"), "ClosedError", "closed", 400],
  ];
  for (const [error, name, code, status] of cases) {
    assertInstanceOf(error, HttpError);
    assertInstanceOf(error, Error);
    assertEquals([error.name, error.code, error.status], [name, code, status]);
    assert(error.stack?.includes(name), `the stack of ${name} tells its name`);
  }
});

Deno.test("HttpError keeps its cause", () => {
  const cause = new Error("why");
  assertStrictEquals(new HttpError("No", { cause }).cause, cause);
  assertStrictEquals(new ClosedError("No", { cause }).cause, cause);
  assertEquals("cause" in new HttpError("No", { status: 400 }), false);
});

Deno.test("LimitError names the option and its value", () => {
  const error = new LimitError("maxTargetBytes", 8192, 414);
  assertEquals([error.limit, error.max], ["maxTargetBytes", 8192]);
  assertEquals(error.message, 'Cannot accept message: more than 8192 allowed by "maxTargetBytes"');
});

Deno.test("TimeoutError tells which wait was too long, in seconds", () => {
  const phases: TimeoutPhase[] = ["tls", "idle", "head", "body", "write", "linger"];
  for (const phase of phases) assertEquals(new TimeoutError(phase, 1).phase, phase);
  const { message } = new TimeoutError("body", 1500);
  assertEquals(message, "Cannot wait any longer: body took more than 1.5 s");
});

Deno.test("ClosedError tells how far it got", () => {
  const error = new ClosedError("Cannot read body", { received: 10, expected: 20 });
  assertEquals([error.received, error.expected], [10, 20]);
  const plain = new ClosedError("Cannot write");
  assertEquals([plain.received, plain.expected], [0, undefined]);
});
