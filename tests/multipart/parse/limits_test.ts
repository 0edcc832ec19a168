import { assertEquals, assertThrows } from "@std/assert";
import {
  checkLimit,
  checkNames,
  LIMIT_DEFAULTS,
  type MultipartLimits,
  resolveLimits,
} from "../../../multipart/parse/limits.ts";

const NAMES = Object.keys(LIMIT_DEFAULTS) as (keyof MultipartLimits)[];

Deno.test("resolveLimits() gives the documented defaults where nothing is said", () => {
  const documented = {
    maxParts: 1000,
    maxHeaderBytes: 16384,
    maxHeaders: 32,
    maxPreambleBytes: 16384,
    maxFileBytes: Infinity,
    maxTotalBytes: Infinity,
  };
  assertEquals(resolveLimits({}), documented);
  assertEquals(resolveLimits({ maxParts: undefined, maxTotalBytes: undefined }), documented);
});

Deno.test("resolveLimits() takes each limit that is given and leaves the others", () => {
  for (const name of NAMES) {
    for (const value of [0, 1, Number.MAX_SAFE_INTEGER, Infinity]) {
      assertEquals(resolveLimits({ [name]: value }), { ...LIMIT_DEFAULTS, [name]: value });
    }
  }
});

Deno.test("resolveLimits() knows no other names but those of options that may stand beside", () => {
  const options = { maxParts: 3, maxFieldBytes: -1, signal: undefined };
  assertEquals(resolveLimits(options, ["maxFieldBytes", "signal"]), {
    ...LIMIT_DEFAULTS,
    maxParts: 3,
  });
  const message = 'Cannot take option "maxpart": there is none';
  assertThrows(() => resolveLimits({ maxpart: 3 } as never), TypeError, message);
});

Deno.test("checkNames() refuses a name that is not known", () => {
  checkNames({ a: 1 }, ["a", "b"]);
  assertThrows(() => checkNames({ a: 1, c: undefined }, ["a"]), TypeError, '"c"');
});

Deno.test("resolveLimits() leaves the defaults and what it was given alone", () => {
  const given = { maxParts: 3 };
  resolveLimits(given).maxHeaders = 5;
  assertEquals(given, { maxParts: 3 });
  assertEquals(LIMIT_DEFAULTS.maxHeaders, 32);
});

Deno.test("resolveLimits() refuses what is no whole number of 0 or more, and names the option", () => {
  for (const name of NAMES) {
    for (const value of [-1, 0.5, NaN, -Infinity, 2 ** 53, null, "5", 5n, true]) {
      assertThrows(
        () => resolveLimits({ [name]: value } as MultipartLimits),
        RangeError,
        `Cannot take option "${name}": ${value} is not a whole number, 0 or more`,
      );
    }
  }
});

Deno.test("checkLimit() gives a limit as it is, and its default where there is none", () => {
  assertEquals(checkLimit("maxFieldBytes", undefined, 7), 7);
  assertEquals(checkLimit("maxFieldBytes", 0, 7), 0);
  assertEquals(checkLimit("maxFieldBytes", 8, 7), 8);
  assertThrows(() => checkLimit("maxFieldBytes", -1, 7), RangeError, '"maxFieldBytes": -1');
});
