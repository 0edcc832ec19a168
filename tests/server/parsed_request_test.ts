import { assertEquals, assertInstanceOf } from "@std/assert";
import { type ParsedRequest, parseRequest } from "../../server/parsed_request.ts";
import { HttpError } from "../../wire/errors.ts";
import { bytesOf } from "../wire/fakes.ts";

const LIMITS = { maxFields: 128, maxTargetBytes: 8192 };

function parse(text: string): ParsedRequest {
  return parseRequest(bytesOf(text), 0, text.length, text, LIMITS, "http");
}

function describe({ head, framing, target, awaitsContinue }: ParsedRequest): string {
  const { kind, length, keepAlive } = framing;
  const words = [head.method, target.rawPath, target.authority, kind, length, keepAlive];
  return [...words, awaitsContinue].join(" ");
}

Deno.test("parseRequest() gathers what follows from a head", () => {
  const cases = [
    ["GET /a?b HTTP/1.1\r\nHost: c\r\n\r\n", "GET /a?b c none 0 true false"],
    ["GET http://d/a HTTP/1.1\r\nHost: c\r\n\r\n", "GET /a d none 0 true false"],
    ["GET / HTTP/1.0\r\n\r\n", "GET /  none 0 false false"],
    ["PUT / HTTP/1.1\r\nHost: c\r\nContent-Length: 5\r\n\r\n", "PUT / c length 5 true false"],
    [
      "PUT / HTTP/1.1\r\nHost: c\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n",
      "PUT / c chunked 0 true true",
    ],
    // Without a body there is nothing to continue with.
    ["GET / HTTP/1.1\r\nHost: c\r\nExpect: 100-continue\r\n\r\n", "GET / c none 0 true false"],
    [
      "PUT / HTTP/1.1\r\nHost: c\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
      "PUT / c none 0 true false",
    ],
    [
      "PUT / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
      "PUT /  length 5 false false",
    ],
  ];
  for (const [text, expected] of cases) assertEquals(describe(parse(text!)), expected, text);
});

Deno.test("parseRequest() refuses what any part of it refuses", () => {
  const cases: [string, string][] = [
    ["GET / HTTP/1.1\r\n\r\n", "bad_host 400"],
    ["GET / HTTP/1.1\r\nHost: a b\r\n\r\n", "bad_host 400"],
    ["GET a HTTP/1.1\r\nHost: a\r\n\r\n", "bad_target 400"],
    ["GET / HTTP/2.0\r\nHost: a\r\n\r\n", "bad_version 505"],
    ["GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", "bad_framing 400"],
    ["GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n", "unsupported_coding 501"],
    ["GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", "bad_expectation 417"],
    ["GET / HTTP/1.1\r\nHost: a\r\nA : b\r\n\r\n", "bad_field 400"],
  ];
  for (const [text, expected] of cases) {
    try {
      parse(text);
      throw new Error(`"${text}" was not refused`);
    } catch (error) {
      assertInstanceOf(error, HttpError, text);
      assertEquals(`${error.code} ${error.status}`, expected, text);
    }
  }
});
