import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import {
  type ClientPhase,
  ClosedError,
  ConnectError,
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
    [new ConnectError("dns", "No"), "ConnectError", "dns", 502],
    [new ConnectError("connect", "No"), "ConnectError", "connect", 502],
    [new ConnectError("proxy", "No"), "ConnectError", "proxy", 502],
    [new ConnectError("tls", "No"), "ConnectError", "tls", 502],
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
  assertStrictEquals(new ConnectError("tls", "No", { cause }).cause, cause);
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
  const { message, limit } = new TimeoutError("body", 1500);
  assertEquals(message, "Cannot wait any longer: body took more than 1.5 s");
  assertEquals(limit, undefined);
});

Deno.test("TimeoutError of a client names the option that says so", () => {
  const phases: ClientPhase[] = [
    ...["queue", "dns", "connect", "proxy", "tls", "send", "wait", "headers", "body"] as const,
  ];
  for (const phase of phases) assertEquals(new TimeoutError(phase, 1, "x").phase, phase);
  const { message, limit } = new TimeoutError("wait", 500, "headTimeout");
  assertEquals(
    message,
    'Cannot wait any longer: wait took more than 0.5 s allowed by "headTimeout"',
  );
  assertEquals(limit, "headTimeout");
});

Deno.test("an error knows nothing of a client's request until it is told", () => {
  const error = new HttpError("No");
  const { phase, bytesSent, bytesReceived, reused, safeToRetry } = error;
  assertEquals([phase, bytesSent, bytesReceived, reused, safeToRetry], Array(5).fill(undefined));
  error.phase = "send";
  error.safeToRetry = false;
  assertEquals([error.phase, error.safeToRetry], ["send", false]);
});

Deno.test("ClosedError tells how far it got", () => {
  const error = new ClosedError("Cannot read body", { received: 10, expected: 20 });
  assertEquals([error.received, error.expected], [10, 20]);
  const plain = new ClosedError("Cannot write");
  assertEquals([plain.received, plain.expected], [0, undefined]);
});
