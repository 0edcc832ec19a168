import { assertEquals } from "@std/assert";
import { exitCodeOf, Interrupted, OutputError } from "../../../client/command/exit_code.ts";
import { UsageError } from "../../../client/command/usage.ts";
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

function tls(message: string, cause?: unknown): ConnectError {
  return new ConnectError("tls", message, { cause });
}

function proxy(cause?: unknown): ConnectError {
  return new ConnectError("proxy", "Cannot reach", { cause });
}

Deno.test("exitCodeOf() has curl's codes for what fails on the way", () => {
  const cases: [unknown, number][] = [
    [new ConnectError("dns", "a"), 6],
    [new ConnectError("connect", "a"), 7],
    [tls("Cannot secure connection: corrupt message"), 35],
    [tls("invalid peer certificate: UnknownIssuer"), 60],
    [tls("a", new Error("self-signed certificate")), 60],
    [tls("a", Object.assign(new Error("a"), { code: "CERT_HAS_EXPIRED" })), 60],
    [tls('its key is "a", which option "pin" does not name'), 90],
    [proxy(), 97],
    [proxy(new Error("a")), 97],
    [proxy(new ConnectError("dns", "a")), 5],
    [proxy(new ConnectError("connect", "a")), 7],
    [proxy(tls("certificate expired")), 60],
    [new TimeoutError("body", 1000, "timeout"), 28],
  ];
  for (const [error, code] of cases) assertEquals(exitCodeOf(error), code, String(error));
});

Deno.test("exitCodeOf() tells apart where a connection broke", () => {
  assertEquals(exitCodeOf(closed("wait", 0)), 52);
  assertEquals(exitCodeOf(closed("send", 0)), 55);
  assertEquals(exitCodeOf(closed("headers", 10)), 56);
  assertEquals(exitCodeOf(closed("body", 100)), 18);
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
  assertEquals(exitCodeOf(new HttpError('Cannot write file "a"', { code: "file" })), 23);
  assertEquals(exitCodeOf(new HttpError('Cannot send file "a"', { code: "file" })), 26);
  assertEquals(exitCodeOf(new HttpError('Cannot read file "a"', { code: "file" })), 26);
  assertEquals(exitCodeOf(new OutputError("a")), 23);
});

Deno.test("exitCodeOf() has codes for signals and for wrong arguments", () => {
  assertEquals(exitCodeOf(new Interrupted("SIGINT", 2)), 130);
  assertEquals(exitCodeOf(new Interrupted("SIGTERM", 15)), 143);
  assertEquals(exitCodeOf(new UsageError("a")), 2);
  assertEquals(exitCodeOf(new UsageError("a", 3)), 3);
  assertEquals(exitCodeOf(new TypeError("Cannot request: no such option")), 2);
});
