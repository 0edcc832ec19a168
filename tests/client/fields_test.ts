import { assertEquals, assertThrows } from "@std/assert";
import { type CheckedFields, checkFields, redirectedFields } from "../../client/fields.ts";
import type { RequestOptions } from "../../client/options.ts";

type Fields = NonNullable<RequestOptions["headers"]>;

function lines(fields: Fields): readonly [string, string][] {
  return checkFields(fields).lines;
}

function refuses(fields: unknown, why: string): void {
  assertThrows(() => checkFields(fields as Fields), TypeError, why);
}

Deno.test("checkFields() takes records, arrays of values, pairs and Headers", () => {
  assertEquals(lines({ "X-A": "1", "x-b": ["2", "3"] }), [["X-A", "1"], ["x-b", "2"], [
    "x-b",
    "3",
  ]]);
  assertEquals(lines([["X-A", "1"], ["X-A", "2"]]), [["X-A", "1"], ["X-A", "2"]]);
  assertEquals(lines(new Headers({ "X-A": "1" })), [["x-a", "1"]]);
  assertEquals(lines(new Map([["X-A", "1"], ["X-B", "2"]])), [["X-A", "1"], ["X-B", "2"]]);
  assertEquals(lines(new Map([["X-A", ["1", "2"]]])), [["X-A", "1"], ["X-A", "2"]]);
  assertEquals(lines(new URLSearchParams("x-a=1&x-a=2")), [["x-a", "1"], ["x-a", "2"]]);
  assertEquals(lines(Object.entries({ "X-A": "1" }).values()), [["X-A", "1"]]);
  assertEquals(lines(Object.assign(Object.create(null), { "x-a": "1" })), [["x-a", "1"]]);
  assertEquals(lines({ "X-A": [] }), []);
  assertEquals(checkFields(undefined).lines, []);
});

Deno.test("checkFields() keeps order and case, and drops blanks around values", () => {
  assertEquals(lines({ "X-Two": " \t b  c ", "X-One": "", "x-ThRee": "\u00e9" }), [
    ["X-Two", "b  c"],
    ["X-One", ""],
    ["x-ThRee", "\u00e9"],
  ]);
});

Deno.test("checkFields() lets nothing through that could become another line or field", () => {
  for (const name of ["", "a b", "a:", "a\r\nb", "\u00e9", "a\0", "(a)", " a"]) {
    refuses([[name, "x"]], "has a name that is not a token");
  }
  for (
    const value of ["a\r\nB: c", "a\n", "\rb", "a\0b", "a\x7f", "\u0100", "\ud83d\ude00", "a\x0b"]
  ) {
    const why = 'Cannot use option "headers": field "X-A" has a control character';
    refuses({ "X-A": value }, why);
    refuses({ "X-A": ["fine", value] }, why);
    refuses(new Map([["X-A", value]]), why);
  }
});

Deno.test("checkFields() refuses what is no field, and names it", () => {
  for (const value of [null, "X-A: b", 5, new Response(), new AbortController(), () => {}]) {
    refuses(value, 'Cannot use option "headers": it is ');
  }
  const element = 'Cannot use option "headers": an element is not [name, value]';
  refuses(["X-A: b"], element);
  refuses([["X-A"]], element);
  refuses([["X-A", "b", "c"]], element);
  refuses([[1, "b"]], element);
  refuses(new Set(["X-A"]), element);
  refuses({ "X-A": undefined }, 'field "X-A" is undefined, not a string');
  refuses({ "X-A": 5 }, 'field "X-A" is a number, not a string');
  refuses({ "X-A": [null] }, 'field "X-A" is null, not a string');
  refuses([["X-A", [["b"]]]], 'field "X-A" is an Array, not a string');
});

Deno.test("checkFields() sets the fields apart that must fit the message", () => {
  const fields = checkFields({
    "Host": "b.test:81",
    "Content-length": "12",
    "Transfer-Encoding": "Chunked",
    "EXPECT": "100-Continue",
    "X-A": "1",
  });
  assertEquals(fields.lines, [["X-A", "1"]]);
  assertEquals([...fields.names].sort(), [
    ...["content-length", "expect", "host", "transfer-encoding", "x-a"],
  ]);
  assertEquals([fields.host, fields.contentLength], ["b.test:81", 12]);
  assertEquals([fields.chunked, fields.expectContinue], [true, true]);
});

Deno.test("checkFields() refuses framing and routing that it does not know", () => {
  for (const value of ["-1", "+1", "1.5", "0x1", "1,1", "", "9999999999999999"]) {
    refuses({ "Content-Length": value }, 'field "Content-Length" is ');
  }
  for (const value of ["gzip", "gzip, chunked", "chunked, chunked", "identity", ""]) {
    refuses({ "Transfer-Encoding": value }, 'field "Transfer-Encoding" is ');
  }
  for (const value of ["x", "100-continue, x", ""]) {
    refuses({ "Expect": value }, 'field "Expect" is ');
  }
  for (const value of ["a b", "a/b", "a@b", "a:b", "[::1", "a?b"]) {
    refuses({ "Host": value }, 'field "Host" is ');
  }
  refuses({ "Proxy-Authorization": "Basic x" }, 'option "proxy"');
  for (const name of ["Host", "Content-Length", "Transfer-Encoding", "Expect"]) {
    const value = { "Host": "a", "Content-Length": "1", "Expect": "100-continue" }[name] ??
      "chunked";
    refuses([[name, value], [name.toLowerCase(), value]], "is given twice");
  }
});

Deno.test("checkFields() takes host names, addresses and ports for Host", () => {
  for (const host of ["a.test", "A-b_c.test:1", "127.0.0.1:80", "[::1]", "[::1]:80", "a:"]) {
    assertEquals(checkFields({ host }).host, host);
  }
});

Deno.test("checkFields() knows that the connection is to close, or to change its protocol", () => {
  const says = (fields: Fields): [boolean, boolean] => {
    const { close, upgrade } = checkFields(fields);
    return [close, upgrade];
  };
  assertEquals(says({}), [false, false]);
  assertEquals(says({ Connection: "close" }), [true, false]);
  assertEquals(says({ Connection: "x, Close" }), [true, false]);
  assertEquals(says([["Connection", "close"], ["Connection", "x"]]), [true, false]);
  assertEquals(says({ Connection: "x-close" }), [false, false]);
  assertEquals(says({ Connection: "upgrade", Upgrade: "x" }), [false, true]);
});

Deno.test("fields of a request replace those of the same names, and no others", () => {
  const base: CheckedFields = checkFields({ "X-A": ["1", "2"], "X-B": "3", "Host": "a.test" });
  const fields = checkFields({ "x-a": "4", "X-C": "5" }, base);
  assertEquals(fields.lines, [["X-B", "3"], ["x-a", "4"], ["X-C", "5"]]);
  assertEquals([...fields.names].sort(), ["host", "x-a", "x-b", "x-c"]);
  assertEquals(fields.host, "a.test");
  assertEquals(checkFields({ host: "b.test" }, base).host, "b.test");
  assertEquals(base.lines, [["X-A", "1"], ["X-A", "2"], ["X-B", "3"]]);
});

Deno.test("a Connection that replaces close takes it back", () => {
  const base = checkFields({ Connection: "close" });
  assertEquals(checkFields({ "X-A": "1" }, base).close, true);
  const fields = checkFields({ connection: "keep-alive" }, base);
  assertEquals([fields.close, fields.lines], [false, [["connection", "keep-alive"]]]);
});

Deno.test("a field without values is not sent, and its name is known", () => {
  const fields = checkFields({ "User-Agent": [], "X-A": "1" });
  assertEquals(fields.lines, [["X-A", "1"]]);
  assertEquals([...fields.names].sort(), ["user-agent", "x-a"]);
  assertEquals(checkFields([["User-Agent", []]]).names, new Set(["user-agent"]));
});

Deno.test("a field without values takes back that of the client, and a later one brings it back", () => {
  const base = checkFields({ "X-A": "1", "X-B": "2", "Upgrade": "x" });
  const without = checkFields({ "x-a": [], "upgrade": [] }, base);
  assertEquals(without.lines, [["X-B", "2"]]);
  assertEquals([...without.names].sort(), ["upgrade", "x-a", "x-b"]);
  assertEquals(without.upgrade, false);
  const again = checkFields({ "X-A": "3" }, without);
  assertEquals(again.lines, [["X-B", "2"], ["X-A", "3"]]);
});

Deno.test("fields that frame or route the message cannot be left out", () => {
  for (
    const name of ["Host", "Content-Length", "transfer-encoding", "Connection", "TRAILER", "Expect"]
  ) {
    const why = `Cannot use option "headers": field "${name}" cannot be left out`;
    refuses({ [name]: [] }, why);
    refuses([[name, []]], why);
  }
});

Deno.test("redirectedFields() keeps what is left of the fields, and leaves out what was left out", () => {
  const before = checkFields({ "User-Agent": [], "X-A": "1", "X-B": "2", "Host": "a.test" });
  const fields = redirectedFields(before, [["X-B", "2"]], undefined);
  assertEquals([fields.lines, fields.host], [[["X-B", "2"]], undefined]);
  assertEquals([...fields.names].sort(), ["user-agent", "x-b"]);
  assertEquals(redirectedFields(before, [], "a.test").host, "a.test");
});
