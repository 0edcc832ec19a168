import { assertEquals } from "@std/assert";
import { evaluatePreconditions } from "../../../server/files/preconditions.ts";

const NOW = Date.UTC(2026, 0, 1);
// Changed in the middle of a second.
const FILE = { etag: '"1f-2a"', mtimeMs: Date.UTC(1994, 10, 6, 8, 49, 37, 500) };
const SAME_SECOND = "Sun, 06 Nov 1994 08:49:37 GMT";
const BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT";
const AFTER = "Sun, 06 Nov 1994 08:49:38 GMT";

Deno.test("evaluatePreconditions() passes without any", () => {
  assertEquals(evaluatePreconditions({}, FILE, NOW), "pass");
  assertEquals(evaluatePreconditions(Object.create(null), FILE, NOW), "pass");
});

Deno.test("evaluatePreconditions() compares If-None-Match weakly", () => {
  const cases: [string, "pass" | "not-modified"][] = [
    ['"1f-2a"', "not-modified"],
    ['W/"1f-2a"', "not-modified"],
    ['"x", "1f-2a"', "not-modified"],
    ['"x", W/"1f-2a", "y"', "not-modified"],
    ["*", "not-modified"],
    ['"x"', "pass"],
    ['"1F-2A"', "pass"],
    ['"1f-2a-gzip"', "pass"],
    ["1f-2a", "pass"],
    ['"1f-2a", oops', "pass"],
    ["", "pass"],
  ];
  for (const [value, expected] of cases) {
    assertEquals(evaluatePreconditions({ "if-none-match": value }, FILE, NOW), expected, value);
  }
});

Deno.test("evaluatePreconditions() compares If-Modified-Since by the second", () => {
  const cases: [string, "pass" | "not-modified"][] = [
    [SAME_SECOND, "not-modified"],
    [AFTER, "not-modified"],
    [BEFORE, "pass"],
    ["Sunday, 06-Nov-94 08:49:37 GMT", "not-modified"],
    ["Sun Nov  6 08:49:37 1994", "not-modified"],
    ["Sun Nov  6 08:49:36 1994", "pass"],
    ["Fri, 31 Dec 9999 23:59:59 GMT", "not-modified"],
    ["1994-11-06T08:49:38Z", "pass"],
    [`${AFTER}, ${AFTER}`, "pass"],
    ["garbage", "pass"],
    ["", "pass"],
  ];
  for (const [value, expected] of cases) {
    assertEquals(evaluatePreconditions({ "if-modified-since": value }, FILE, NOW), expected, value);
  }
});

Deno.test("evaluatePreconditions() ignores If-Modified-Since when If-None-Match is there", () => {
  const check = (noneMatch: string, since: string) =>
    evaluatePreconditions({ "if-none-match": noneMatch, "if-modified-since": since }, FILE, NOW);
  assertEquals(check('"other"', AFTER), "pass");
  assertEquals(check("malformed", AFTER), "pass");
  assertEquals(check('"1f-2a"', BEFORE), "not-modified");
});

Deno.test("evaluatePreconditions() never matches a validator that does not exist", () => {
  assertEquals(evaluatePreconditions({ "if-none-match": '"x"' }, {}, NOW), "pass");
  assertEquals(evaluatePreconditions({ "if-modified-since": AFTER }, {}, NOW), "pass");
  // The file itself exists all the same.
  assertEquals(evaluatePreconditions({ "if-none-match": "*" }, {}, NOW), "not-modified");
});

Deno.test("evaluatePreconditions() rounds times before 1970 down as well", () => {
  const file = { mtimeMs: -500 };
  const since = (value: string) => evaluatePreconditions({ "if-modified-since": value }, file, NOW);
  assertEquals(since("Wed, 31 Dec 1969 23:59:59 GMT"), "not-modified");
  assertEquals(since("Wed, 31 Dec 1969 23:59:58 GMT"), "pass");
});
