import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  checkField,
  checkReason,
  checkStatus,
  reasonPhrase,
  ResponseFields,
  statusLine,
} from "../../server/response_head.ts";

/** The lines but for Date. */
function linesOf(fields: ResponseFields): string[] {
  return fields.text().split("\r\n").filter((line) => line !== "" && !line.startsWith("Date: "));
}

Deno.test("statusLine() has the standard reason phrase unless told another", () => {
  const cases: [number, string | undefined, string][] = [
    [200, undefined, "HTTP/1.1 200 OK\r\n"],
    [404, undefined, "HTTP/1.1 404 Not Found\r\n"],
    [103, undefined, "HTTP/1.1 103 Early Hints\r\n"],
    [299, undefined, "HTTP/1.1 299 \r\n"],
    [200, "Fine", "HTTP/1.1 200 Fine\r\n"],
    [200, "", "HTTP/1.1 200 \r\n"],
    [200, undefined, "HTTP/1.1 200 OK\r\n"],
  ];
  for (const [status, reason, expected] of cases) {
    assertEquals(statusLine(status, reason), expected);
  }
});

Deno.test("reasonPhrase() is empty for statuses that have none", () => {
  assertEquals([reasonPhrase(431), reasonPhrase(299)], ["Request Header Fields Too Large", ""]);
  assertEquals(reasonPhrase(421), "Misdirected Request");
});

Deno.test("checkStatus() refuses what is not in its range", () => {
  for (const status of [200, 404, 599]) checkStatus(status);
  for (const status of [0, 99, 100, 199, 600, 1000, 200.5, NaN, Infinity, -200]) {
    assertThrows(() => checkStatus(status), RangeError, `status ${status}`);
  }
  assertThrows(() => checkStatus("200" as unknown as number), RangeError);
  checkStatus(300, 300, 399);
  assertThrows(() => checkStatus(299, 300, 399), RangeError, "not from 300 to 399");
  assertThrows(() => checkStatus(400, 300, 399), RangeError);
});

Deno.test("checkReason() refuses what could end the line", () => {
  for (const reason of ["", "OK", "\tx y", "\xe4"]) checkReason(reason);
  for (const reason of ["a\r\nb", "a\n", "a\r", "\0", "\x7f", "\u20ac", "\x1b"]) {
    assertThrows(() => checkReason(reason), TypeError, "Cannot set reason phrase");
  }
});

Deno.test("checkField() gives the lowercase name of a field that may be sent", () => {
  assertEquals(checkField("X-Frame-Options", "DENY"), "x-frame-options");
  assertEquals(checkField("X-Frame-Options", ""), "x-frame-options");
  assertEquals(checkField("a", "\xe4 b\tc"), "a");
});

Deno.test("checkField() lets nothing pass that could end a line or a head", () => {
  const values = [
    "a\r\nX: y",
    "a\r\n\r\nbody",
    "a\n",
    "a\r",
    "\0",
    "\x7f",
    " a",
    "a ",
    "\ta",
    "€",
    "\v",
  ];
  for (const value of values) {
    assertThrows(
      () => checkField("X", value),
      TypeError,
      "is not a field value",
      JSON.stringify(value),
    );
    assertThrows(() => new ResponseFields().set("X", value), TypeError);
    assertThrows(() => new ResponseFields().append("X", value), TypeError);
  }
  const names = ["", "a b", "a:", "a\r\n", "a\n", "ä", " a", "a ", "a\0", "a/b", "(a)"];
  for (const name of names) {
    // Twice: what was refused must not be remembered as good.
    for (let i = 0; i < 2; i++) {
      assertThrows(
        () => checkField(name, "x"),
        TypeError,
        "not a field name",
        JSON.stringify(name),
      );
    }
  }
  for (const value of [undefined, null, 5, ["a"], { toString: () => "a" }]) {
    assertThrows(() => checkField("X", value as unknown as string), TypeError);
    assertThrows(() => checkField(value as unknown as string, "x"), TypeError);
  }
});

Deno.test("checkField() remembers names within bounds and never mixes them up", () => {
  for (let i = 0; i < 2000; i++) assertEquals(checkField(`X-Name-${i}`, "x"), `x-name-${i}`);
  assertEquals(checkField("X-Name-7", "x"), "x-name-7");
});

Deno.test("set() replaces a field in any case, append() adds a line", () => {
  const fields = new ResponseFields();
  fields.append("Set-Cookie", "a=1");
  fields.set("X-A", "1");
  fields.append("set-cookie", "b=2");
  assertEquals(linesOf(fields), ["Set-Cookie: a=1", "X-A: 1", "set-cookie: b=2"]);
  assertEquals([fields.has("set-cookie"), fields.has("x-a"), fields.has("x-b")], [
    true,
    true,
    false,
  ]);
  fields.set("SET-COOKIE", "c=3");
  assertEquals(linesOf(fields), ["X-A: 1", "SET-COOKIE: c=3"]);
  fields.set("x-a", "2");
  assertEquals(linesOf(fields), ["SET-COOKIE: c=3", "x-a: 2"]);
});

Deno.test("a field that is refused changes nothing", () => {
  const fields = new ResponseFields();
  fields.set("X-A", "1");
  assertThrows(() => fields.set("X-A", "a\nb"), TypeError);
  assertThrows(() => fields.set("Content-Length", "five"), TypeError);
  assertEquals(linesOf(fields), ["X-A: 1"]);
  assertEquals(fields.contentLength, undefined);
});

Deno.test("Content-Length is a length and no line of its own", () => {
  const fields = new ResponseFields();
  fields.set("Content-Length", "5");
  assertEquals([fields.contentLength, linesOf(fields)], [5, []]);
  fields.append("content-length", "0006");
  assertEquals([fields.contentLength, linesOf(fields)], [6, []]);
  for (const value of ["", "-1", "+5", "0x5", "5, 5", "5.0", "1e3", "9".repeat(16), "Infinity"]) {
    assertThrows(() => fields.set("Content-Length", value), TypeError, '"Content-Length"');
  }
  assertEquals(fields.contentLength, 6);
});

Deno.test("Transfer-Encoding is the server's business", () => {
  const fields = new ResponseFields();
  for (const value of ["chunked", "identity", ""]) {
    assertThrows(() => fields.set("Transfer-Encoding", value), TypeError, "the server frames");
    assertThrows(() => fields.append("transfer-encoding", value), TypeError, "the server frames");
  }
});

Deno.test("of Connection close is heard, what the server sets itself ignored, the rest refused", () => {
  for (const value of ["close", "Close", "upgrade, CLOSE"]) {
    const fields = new ResponseFields();
    fields.set("Connection", value);
    assertEquals([fields.close, linesOf(fields)], [true, []], value);
  }
  for (const value of ["keep-alive", "upgrade", "", "Upgrade, Keep-Alive"]) {
    const fields = new ResponseFields();
    fields.append("connection", value);
    assertEquals([fields.close, linesOf(fields)], [false, []], value);
  }
  for (const value of ["closed", "x, close", "te"]) {
    assertThrows(() => new ResponseFields().set("Connection", value), TypeError, "not supported");
  }
});

Deno.test("there is one Date, the server's unless the handler set one", () => {
  const fields = new ResponseFields();
  assertMatch(fields.text(), /^Date: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n$/);
  fields.set("date", "Sun, 06 Nov 1994 08:49:37 GMT");
  assertEquals(fields.text(), "date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  fields.set("Date", "Mon, 07 Nov 1994 08:49:37 GMT");
  assertEquals(fields.text(), "Date: Mon, 07 Nov 1994 08:49:37 GMT\r\n");
});

Deno.test("ascii tells whether the head can be sent as ASCII", () => {
  const fields = new ResponseFields();
  fields.set("X", "abc");
  assertEquals(fields.ascii, true);
  fields.set("Y", "\xe4");
  assertEquals(fields.ascii, false);
});

Deno.test("clear() forgets everything", () => {
  const fields = new ResponseFields();
  fields.set("X", "\xe4");
  fields.set("Date", "never");
  fields.set("Content-Length", "5");
  fields.set("Connection", "close");
  fields.clear();
  assertEquals([fields.contentLength, fields.close, fields.ascii], [undefined, false, true]);
  assertEquals([linesOf(fields), fields.has("x")], [[], false]);
  assertMatch(fields.text(), /^Date: .*GMT\r\n$/);
});
