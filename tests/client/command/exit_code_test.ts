import { assertEquals } from "@std/assert";
import { Interrupted, OutputError, UsageError } from "../../../client/command/errors.ts";
import { exitCodeOf } from "../../../client/command/exit_code.ts";
import { LocalError } from "../../../client/dial/local_error.ts";
import {
  ClosedError,
  ConnectError,
  HttpError,
  type HttpErrorCode,
  LimitError,
  ProtocolError,
  TimeoutError,
} from "../../../wire/errors.ts";

function closed(phase: "send" | "wait" | "headers" | "body", bytesReceived: number): ClosedError {
  return Object.assign(new ClosedError("Cannot read"), { phase, bytesReceived });
}

function tls(rejected?: "certificate" | "pin"): ConnectError {
  return new ConnectError("tls", "Cannot secure connection: of some certificate", { rejected });
}

function proxy(cause?: unknown): ConnectError {
  return new ConnectError("proxy", "Cannot reach", { cause });
}

Deno.test("exitCodeOf() has curl's codes for what fails on the way", () => {
  const cases: [unknown, number][] = [
    [new ConnectError("dns", "a"), 6],
    [new ConnectError("connect", "a"), 7],
    [tls(), 35],
    [tls("certificate"), 60],
    [tls("pin"), 90],
    [proxy(), 97],
    [proxy(new Error("a")), 97],
    [proxy(new ConnectError("dns", "a")), 5],
    [proxy(new ConnectError("connect", "a")), 7],
    [proxy(tls("certificate")), 60],
    [new TimeoutError("body", 1000, "timeout"), 28],
  ];
  for (const [error, code] of cases) assertEquals(exitCodeOf(error), code, String(error));
});

Deno.test("exitCodeOf() tells apart where a connection broke", () => {
  assertEquals(exitCodeOf(closed("wait", 0)), 52);
  assertEquals(exitCodeOf(closed("send", 0)), 55);
  assertEquals(exitCodeOf(closed("headers", 10)), 56);
  assertEquals(exitCodeOf(closed("body", 100)), 18);
  const reset = closed("wait", 0);
  reset.cause = new Error("lost", { cause: Object.assign(new Error("a"), { code: "ECONNRESET" }) });
  assertEquals(exitCodeOf(reset), 56);
});

Deno.test("exitCodeOf() has curl's codes for responses that are none", () => {
  for (const code of ["bad_status_line", "bad_version", "bad_field", "handshake"] as const) {
    assertEquals(exitCodeOf(new ProtocolError(code, "a")), 8, code);
  }
  for (const code of ["bad_framing", "bad_chunk"] as const) {
    assertEquals(exitCodeOf(new ProtocolError(code, "a")), 56, code);
  }
  assertEquals(exitCodeOf(new LimitError("maxHeadBytes", 1, 431)), 56);
  assertEquals(exitCodeOf(new LimitError("maxFields", 1, 431)), 56);
  assertEquals(exitCodeOf(new LimitError("maxBodyBytes", 1, 413)), 63);
  assertEquals(exitCodeOf(new LimitError("maxDecodeRatio", 1, 413)), 61);
  const codes: [HttpErrorCode, number][] = [
    ["bad_content", 61],
    ["unsupported_coding", 61],
    ["redirect", 47],
    ["refused", 22],
    ["body", 26],
    ["checksum", 110],
  ];
  for (const [code, expected] of codes) {
    assertEquals(exitCodeOf(new HttpError("a", { code })), expected, code);
  }
});

Deno.test("exitCodeOf() tells files that cannot be written from those that cannot be read", () => {
  assertEquals(exitCodeOf(new HttpError("a", { code: "file", operation: "write" })), 23);
  assertEquals(exitCodeOf(new HttpError("a", { code: "file", operation: "read" })), 26);
  assertEquals(exitCodeOf(new OutputError("a")), 23);
});

Deno.test("exitCodeOf() has a code for what cannot be connected from", () => {
  const local = new LocalError("no such device");
  for (const code of ["connect", "dns"] as const) {
    assertEquals(
      exitCodeOf(new ConnectError(code, "a", { cause: new Error("b", { cause: local }) })),
      45,
    );
    assertEquals(
      exitCodeOf(new ConnectError(code, "a", { cause: new AggregateError([local]) })),
      45,
    );
  }
});

Deno.test("exitCodeOf() has codes for signals and for wrong arguments", () => {
  assertEquals(exitCodeOf(new Interrupted("SIGINT", 2)), 130);
  assertEquals(exitCodeOf(new Interrupted("SIGTERM", 15)), 143);
  assertEquals(exitCodeOf(new UsageError("a")), 2);
  assertEquals(exitCodeOf(new UsageError("a", 3)), 3);
  assertEquals(exitCodeOf(new TypeError("Cannot request: no such option")), 2);
});
