import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { HttpError, ProtocolError } from "../../wire/errors.ts";
import {
  expectsContinue,
  type Framing,
  requestFraming,
  responseFraming,
  wantsKeepAlive,
} from "../../wire/framing.ts";
import { parseRequestHead } from "../../wire/request_head.ts";
import { parseResponseHead } from "../../wire/response_head.ts";
import { bytesOf } from "./fakes.ts";

const LIMITS = { maxFields: 128, maxTargetBytes: 8192 };

function request(fields: string[], minorVersion = 1, method = "POST") {
  const text = `${method} / HTTP/1.${minorVersion}\r\n${
    fields.map((f) => `${f}\r\n`).join("")
  }\r\n`;
  return parseRequestHead(bytesOf(text), 0, text.length, text, LIMITS);
}

function response(status: number, fields: string[], minorVersion = 1) {
  const text = `HTTP/1.${minorVersion} ${status} X\r\n${
    fields.map((f) => `${f}\r\n`).join("")
  }\r\n`;
  return parseResponseHead(bytesOf(text), 0, text.length, LIMITS);
}

function outcome(frame: () => Framing): string {
  try {
    const { kind, length, keepAlive } = frame();
    return `${kind} ${length} ${keepAlive ? "keep" : "close"}`;
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return `${error.code} ${error.status}`;
  }
}

type Case = readonly [fields: string[], expected: string, minorVersion?: number];

function checkRequests(cases: readonly Case[]): void {
  for (const [fields, expected, minor] of cases) {
    const what = `${fields.join("; ")} in HTTP/1.${minor ?? 1}`;
    assertEquals(outcome(() => requestFraming(request(fields, minor))), expected, what);
  }
}

Deno.test("a request without Content-Length and Transfer-Encoding has no body", () => {
  checkRequests([
    [[], "none 0 keep"],
    [[], "none 0 close", 0],
    [["Content-Length: 0"], "none 0 keep"],
    [["Content-Length: 000"], "none 0 keep"],
    [["Content-Type: text/plain"], "none 0 keep"],
  ]);
});

Deno.test("a request's Content-Length is one decimal number, repeats only of the same", () => {
  const bad = "bad_framing 400";
  checkRequests([
    [["Content-Length: 5"], "length 5 keep"],
    [["Content-Length: 5"], "length 5 close", 0],
    [["content-length:\t5 \t"], "length 5 keep"],
    [["Content-Length: 00005"], "length 5 keep"],
    [["Content-Length: 5,5"], "length 5 keep"],
    [["Content-Length: 5, 5"], "length 5 keep"],
    [["Content-Length: 5\t ,\t5"], "length 5 keep"],
    [["Content-Length: 5", "Content-Length: 5"], "length 5 keep"],
    [["Content-Length: 9007199254740991"], "length 9007199254740991 keep"],
    [["Content-Length: 9007199254740992"], bad],
    [["Content-Length: 9007199254740993"], bad],
    [["Content-Length: 18446744073709551616"], bad],
    [[`Content-Length: ${"9".repeat(400)}`], bad],
    [["Content-Length: 5", "Content-Length: 6"], bad],
    [["Content-Length: 5, 6"], bad],
    [["Content-Length: 5, 05"], bad],
    [["Content-Length: "], bad],
    [["Content-Length: ,"], bad],
    [["Content-Length: 5,"], bad],
    [["Content-Length: ,5"], bad],
    [["Content-Length: 5,,5"], bad],
    [["Content-Length: 5", "Content-Length:"], bad],
    [["Content-Length:", "Content-Length: 5"], bad],
    [["Content-Length: +5"], bad],
    [["Content-Length: -5"], bad],
    [["Content-Length: -0"], bad],
    [["Content-Length: 0x5"], bad],
    [["Content-Length: 5 5"], bad],
    [["Content-Length: 5;"], bad],
    [["Content-Length: 5.0"], bad],
    [["Content-Length: 5e1"], bad],
    [["Content-Length: 1_0"], bad],
    [["Content-Length: five"], bad],
    [['Content-Length: "5"'], bad],
    [["Content-Length: \xa05"], bad],
    [["Content-Length: 5\xa0"], bad],
    [["Content-Length: 5\x85"], bad],
    [["Content-Length: \xb2"], bad],
    [["Content-Length: Infinity"], bad],
    [["Content-Length: NaN"], bad],
  ]);
});

Deno.test("a request's Transfer-Encoding is one chunked and nothing else", () => {
  const bad = "bad_framing 400";
  const unknown = "unsupported_coding 501";
  checkRequests([
    [["Transfer-Encoding: chunked"], "chunked 0 keep"],
    [["transfer-encoding:chunked"], "chunked 0 keep"],
    [["Transfer-Encoding: \t chunked \t"], "chunked 0 keep"],
    [["Transfer-Encoding: Chunked"], "chunked 0 keep"],
    [["Transfer-Encoding: CHUNKED"], "chunked 0 keep"],
    // Empty elements of a list are ignored (RFC 9110 5.6.1.2).
    [["Transfer-Encoding: chunked,"], "chunked 0 keep"],
    [["Transfer-Encoding: , chunked"], "chunked 0 keep"],
    [["Transfer-Encoding:", "Transfer-Encoding: chunked"], "chunked 0 keep"],
    [["Transfer-Encoding: "], bad],
    [["Transfer-Encoding: ,"], bad],
    [["Transfer-Encoding: chunked, chunked"], bad],
    [["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], bad],
    [["Transfer-Encoding: chunked, identity"], bad],
    [["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], bad],
    [["Transfer-Encoding: chunked, gzip"], bad],
    [["Transfer-Encoding: gzip"], bad],
    [["Transfer-Encoding: gzip, chunked"], unknown],
    [["Transfer-Encoding: gzip", "Transfer-Encoding: chunked"], unknown],
    [["Transfer-Encoding: identity, chunked"], unknown],
    [["Transfer-Encoding: x, chunked"], unknown],
    [["Transfer-Encoding: identity"], unknown],
    [["Transfer-Encoding: x"], unknown],
    [["Transfer-Encoding: xchunked"], unknown],
    [["Transfer-Encoding: chunkedx"], unknown],
    [["Transfer-Encoding: chunke"], unknown],
    [["Transfer-Encoding: chunked;q=1"], unknown],
    [["Transfer-Encoding: chunked;"], unknown],
    [["Transfer-Encoding: chunked chunked"], unknown],
    [['Transfer-Encoding: "chunked"'], unknown],
    [["Transfer-Encoding: \xa0chunked"], unknown],
    [["Transfer-Encoding: chunked\xa0"], unknown],
    [["Transfer-Encoding: chun\tked"], unknown],
    [["Transfer-Encoding: chunked"], bad, 0],
    [["Transfer-Encoding: x"], bad, 0],
  ]);
});

Deno.test("a request with both Content-Length and Transfer-Encoding is refused", () => {
  const codings = ["chunked", "identity", "", "gzip, chunked"];
  for (const coding of codings) {
    for (const length of ["0", "5", "", "x"]) {
      for (const minor of [0, 1]) {
        const fields = [`Transfer-Encoding: ${coding}`, `Content-Length: ${length}`];
        checkRequests([
          [fields, "bad_framing 400", minor],
          [fields.toReversed(), "bad_framing 400", minor],
        ]);
      }
    }
  }
});

Deno.test("wantsKeepAlive() reads Connection as a list (RFC 9112 9.3)", () => {
  const cases: [string | undefined, boolean, boolean][] = [
    [undefined, false, true],
    ["", false, true],
    ["keep-alive", true, true],
    ["Keep-Alive", true, true],
    ["KEEP-ALIVE", true, true],
    ["close", false, false],
    ["Close", false, false],
    ["CLOSE", false, false],
    ["close, keep-alive", false, false],
    ["keep-alive, close", false, false],
    ["keep-alive,close", false, false],
    ["keep-alive, Upgrade", true, true],
    ["upgrade", false, true],
    ["Upgrade ,\tclose", false, false],
    [", close", false, false],
    ["x-close", false, true],
    ["closed", false, true],
    ["close;x", false, true],
    ["keepalive", false, true],
  ];
  for (const [value, in0, in1] of cases) {
    assertEquals([wantsKeepAlive(value, 0), wantsKeepAlive(value, 1)], [in0, in1], `${value}`);
    assertEquals(wantsKeepAlive(value, 2), in1);
  }
});

Deno.test("repeated Connection fields count as one list", () => {
  checkRequests([
    [["Connection: keep-alive", "Connection: close"], "none 0 close"],
    [["Connection: x", "Connection: keep-alive"], "none 0 keep", 0],
    [["Connection: close", "Transfer-Encoding: chunked"], "chunked 0 close"],
    [["Connection: close", "Content-Length: 5"], "length 5 close"],
    [["Connection: keep-alive", "Content-Length: 5"], "length 5 keep", 0],
  ]);
});

Deno.test("the body of a response depends on the request and the status (RFC 9112 6.3)", () => {
  const length = ["Content-Length: 5"];
  const chunked = ["Transfer-Encoding: chunked"];
  const cases: [string, number, string[], string, number?][] = [
    ["GET", 200, length, "length 5 keep"],
    ["GET", 200, ["Content-Length: 0"], "none 0 keep"],
    ["GET", 200, chunked, "chunked 0 keep"],
    ["GET", 200, [], "close 0 close"],
    ["GET", 200, ["Connection: keep-alive"], "close 0 close"],
    ["HEAD", 200, length, "none 0 keep"],
    ["HEAD", 200, chunked, "none 0 keep"],
    ["HEAD", 200, [], "none 0 keep"],
    ["HEAD", 404, ["Connection: close"], "none 0 close"],
    ["GET", 100, length, "none 0 keep"],
    ["GET", 101, chunked, "none 0 keep"],
    ["GET", 204, length, "none 0 keep"],
    ["GET", 304, length, "none 0 keep"],
    ["GET", 304, chunked, "none 0 keep"],
    ["GET", 205, length, "length 5 keep"],
    ["CONNECT", 200, length, "none 0 keep"],
    ["CONNECT", 299, chunked, "none 0 keep"],
    ["CONNECT", 407, length, "length 5 keep"],
    ["GET", 200, length, "length 5 close", 0],
    ["GET", 200, [...length, "Connection: keep-alive"], "length 5 keep", 0],
    // What nobody could undo is not delivered as if it were the body.
    ["GET", 200, chunked, "bad_framing 400", 0],
    ["GET", 200, [...chunked, "Connection: keep-alive"], "bad_framing 400", 0],
    ["HEAD", 200, chunked, "none 0 close", 0],
    ["GET", 200, ["Transfer-Encoding: gzip"], "bad_framing 400"],
    ["GET", 200, ["Transfer-Encoding: "], "bad_framing 400"],
    ["GET", 200, ["Transfer-Encoding: chunked, gzip"], "bad_framing 400"],
    ["GET", 200, ["Transfer-Encoding: gzip, chunked"], "unsupported_coding 501"],
    ["GET", 200, ["Transfer-Encoding: identity"], "unsupported_coding 501"],
    ["GET", 200, ["Transfer-Encoding: Chunked"], "chunked 0 keep"],
    ["GET", 200, ["Transfer-Encoding: chunked, chunked"], "bad_framing 400"],
    ["GET", 200, [...length, ...chunked], "bad_framing 400"],
    ["GET", 200, [...length, "Content-Length: 6"], "bad_framing 400"],
    ["GET", 200, ["Content-Length: -1"], "bad_framing 400"],
    ["GET", 200, ["Content-Length: 5, 5"], "length 5 keep"],
    // Where there can be no body, a bad length cannot desynchronize.
    ["HEAD", 200, ["Content-Length: x"], "none 0 keep"],
  ];
  for (const [method, status, fields, expected, minor] of cases) {
    const what = `${status} to ${method} with ${fields.join("; ")}`;
    const frame = () => responseFraming(response(status, fields, minor), method);
    assertEquals(outcome(frame), expected, what);
  }
});

Deno.test("expectsContinue() knows 100-continue and refuses all else (RFC 9110 10.1.1)", () => {
  const waits = (fields: string[], minor = 1): boolean =>
    expectsContinue(request(fields, minor).fields, minor);
  assertEquals(waits([]), false);
  assertEquals(waits(["Expect: 100-continue"]), true);
  assertEquals(waits(["expect: 100-Continue"]), true);
  assertEquals(waits(["Expect: 100-continue, 100-continue"]), true);
  assertEquals(waits(["Expect: 100-continue"], 0), false);
  assertEquals(waits(["Expect: x"], 0), false);
  for (const value of ["x", "100-continue, x", "100", "100-continue;q=1", '"100-continue"']) {
    const error = assertThrows(() => waits([`Expect: ${value}`]), ProtocolError);
    assertEquals([error.code, error.status], ["bad_expectation", 417], value);
  }
});

Deno.test("expectsContinue() takes an Expect without elements for none", () => {
  for (const value of ["", " ", ",", " , "]) {
    assertEquals(expectsContinue(request([`Expect: ${value}`]).fields, 1), false, `"${value}"`);
  }
});
