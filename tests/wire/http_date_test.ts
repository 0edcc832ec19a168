import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { formatHttpDate, parseHttpDate } from "../../wire/http_date.ts";

const NOW = Date.UTC(2026, 5, 15, 12, 0, 0);
const RFC_EXAMPLE = Date.UTC(1994, 10, 6, 8, 49, 37);

Deno.test("parseHttpDate() reads the three forms of RFC 9110 5.6.7", () => {
  for (
    const value of [
      "Sun, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06-Nov-94 08:49:37 GMT",
      "Sun Nov  6 08:49:37 1994",
    ]
  ) {
    assertEquals(parseHttpDate(value, NOW), RFC_EXAMPLE, value);
  }
  assertEquals(parseHttpDate("Wed Nov 16 08:49:37 1994", NOW), Date.UTC(1994, 10, 16, 8, 49, 37));
});

Deno.test("parseHttpDate() reads no other form", () => {
  for (
    const value of [
      "",
      "0",
      "784111777",
      "1994-11-06T08:49:37Z",
      "Sun, 06 Nov 1994 08:49:37",
      "Sun, 06 Nov 1994 08:49:37 UTC",
      "Sun, 06 Nov 1994 08:49:37 gmt",
      "Sun, 06 Nov 1994 08:49:37 +0000",
      "Sun, 06 Nov 1994 08:49:37 GMT ",
      " Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun,06 Nov 1994 08:49:37 GMT",
      "Sun, 6 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 94 08:49:37 GMT",
      "Sun, 06-Nov-1994 08:49:37 GMT",
      "Sun, 06 nov 1994 08:49:37 GMT",
      "sun, 06 Nov 1994 08:49:37 GMT",
      "SUN, 06 Nov 1994 08:49:37 GMT",
      "Xyz, 06 Nov 1994 08:49:37 GMT",
      "Sunday, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 8:49:37 GMT",
      "Sun, 06 Nov 1994 08:49 GMT",
      "Sun, 06 Nov 1994 08:49:37.5 GMT",
      "Sun, 06 Nov 01994 08:49:37 GMT",
      "Sun, 06-Nov-94 08:49:37 GMT",
      "Sunday, 06-Nov-1994 08:49:37 GMT",
      "Sunday, 6-Nov-94 08:49:37 GMT",
      "Sunday, 06 Nov 94 08:49:37 GMT",
      "Sun Nov 6 08:49:37 1994",
      "Sun Nov  6 08:49:37 1994 GMT",
      "Sun Nov  6 08:49:37 94",
      "Sun, Nov  6 08:49:37 1994",
      "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
      "Sun, 06 Nov 1994 08:49:37 GMT; length=10",
      "Sun, ٠٦ Nov 1994 08:49:37 GMT",
    ]
  ) {
    assertEquals(parseHttpDate(value, NOW), undefined, JSON.stringify(value));
  }
});

Deno.test("parseHttpDate() checks the ranges of day and time", () => {
  const cases: [string, boolean][] = [
    ["00 Nov 1994 08:49:37", false],
    ["01 Nov 1994 08:49:37", true],
    ["30 Nov 1994 08:49:37", true],
    ["31 Nov 1994 08:49:37", false],
    ["31 Dec 1994 08:49:37", true],
    ["32 Dec 1994 08:49:37", false],
    ["29 Feb 2023 08:49:37", false],
    ["29 Feb 2024 08:49:37", true],
    ["29 Feb 2000 08:49:37", true],
    ["29 Feb 1900 08:49:37", false],
    ["30 Feb 2024 08:49:37", false],
    ["06 Nov 1994 00:00:00", true],
    ["06 Nov 1994 23:59:59", true],
    ["06 Nov 1994 24:00:00", false],
    ["06 Nov 1994 08:60:00", false],
    ["06 Nov 1994 08:49:60", false],
    ["31 Dec 2016 23:59:60", true],
    ["31 Dec 2016 23:59:61", false],
  ];
  for (const [value, valid] of cases) {
    assertEquals(parseHttpDate(`Sun, ${value} GMT`, NOW) !== undefined, valid, value);
  }
  assertEquals(parseHttpDate("Sun Nov  0 08:49:37 1994", NOW), undefined);
  assertEquals(parseHttpDate("Sun Nov 31 08:49:37 1994", NOW), undefined);
});

Deno.test("parseHttpDate() takes a leap second for the first second of the next day", () => {
  assertEquals(parseHttpDate("Sat, 31 Dec 2016 23:59:60 GMT", NOW), Date.UTC(2017, 0, 1));
});

Deno.test("parseHttpDate() does not move the first century to the twentieth", () => {
  assertEquals(
    parseHttpDate("Sun, 06 Nov 0094 08:49:37 GMT", NOW),
    new Date("0094-11-06T08:49:37Z").getTime(),
  );
});

Deno.test("parseHttpDate() puts two-digit years at most 50 years ahead", () => {
  const yearOf = (value: string, now: number) => {
    const ms = parseHttpDate(value, now);
    return ms === undefined ? undefined : new Date(ms).getUTCFullYear();
  };
  assertEquals(yearOf("Monday, 15-Jun-26 12:00:00 GMT", NOW), 2026);
  assertEquals(yearOf("Monday, 01-Jan-75 00:00:00 GMT", NOW), 2075);
  assertEquals(yearOf("Monday, 15-Jun-76 12:00:00 GMT", NOW), 2076);
  assertEquals(yearOf("Monday, 15-Jun-76 12:00:01 GMT", NOW), 1976);
  assertEquals(yearOf("Monday, 01-Jan-77 00:00:00 GMT", NOW), 1977);
  assertEquals(yearOf("Monday, 01-Jan-99 00:00:00 GMT", NOW), 1999);
  assertEquals(yearOf("Monday, 01-Jan-00 00:00:00 GMT", NOW), 2000);
  assertEquals(yearOf("Monday, 01-Jan-70 00:00:00 GMT", Date.UTC(1999, 0, 1)), 1970);
  // 29 February exists in 2000, but not in 1900 nor in 2100.
  assertEquals(yearOf("Tuesday, 29-Feb-00 00:00:00 GMT", NOW), 2000);
  assertEquals(yearOf("Tuesday, 29-Feb-00 00:00:00 GMT", Date.UTC(2110, 0, 1)), undefined);
});

Deno.test("formatHttpDate() writes IMF-fixdate", () => {
  assertEquals(formatHttpDate(RFC_EXAMPLE), "Sun, 06 Nov 1994 08:49:37 GMT");
  assertEquals(formatHttpDate(RFC_EXAMPLE + 999), "Sun, 06 Nov 1994 08:49:37 GMT");
  assertEquals(formatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  assertEquals(formatHttpDate(-1), "Wed, 31 Dec 1969 23:59:59 GMT");
});

Deno.test("formatHttpDate() keeps the year at four digits", () => {
  assertEquals(formatHttpDate(Infinity), "Fri, 31 Dec 9999 23:59:59 GMT");
  assertEquals(formatHttpDate(-Infinity), "Wed, 01 Jan 1000 00:00:00 GMT");
  assertThrows(() => formatHttpDate(NaN), RangeError);
});

Deno.test("parseHttpDate() reads what formatHttpDate() writes", () => {
  const seconds = fc.integer({
    min: Date.UTC(1000, 0, 1) / 1000,
    max: Date.UTC(9999, 11, 31, 23, 59, 59) / 1000,
  });
  fc.assert(fc.property(seconds, (second) => {
    assertEquals(parseHttpDate(formatHttpDate(second * 1000), NOW), second * 1000);
  }));
});

Deno.test("parseHttpDate() returns a number or undefined for any text", () => {
  const pieces = fc.constantFrom(
    "Sun",
    ", ",
    " ",
    "06",
    "Nov",
    "1994",
    "08:49:37",
    " GMT",
    "-",
    "x",
  );
  const text = fc.oneof(fc.string(), fc.array(pieces, { maxLength: 9 }).map((all) => all.join("")));
  fc.assert(fc.property(text, (value) => {
    const ms = parseHttpDate(value, NOW);
    assertEquals(ms === undefined || Number.isInteger(ms), true);
  }));
});
