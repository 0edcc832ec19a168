import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkBoolean,
  checkCount,
  checkFunction,
  checkOptions,
  checkRecord,
  checkSeconds,
  checkWord,
  isRecord,
  kindOf,
  refuseKind,
  refuseNumber,
  refuseOption,
} from "../../client/check_option.ts";

/** The message of a refusal. */
function refusal(
  check: () => unknown,
  kind: typeof TypeError | typeof RangeError = TypeError,
): string {
  return assertThrows(check, kind).message;
}

Deno.test("every refusal names the option first, then says what is wrong", () => {
  const cause = new Error("why");
  const error = assertThrows(() => refuseOption("ca", "it is no PEM", cause), TypeError);
  assertEquals(error.message, 'Cannot use option "ca": it is no PEM');
  assertStrictEquals(error.cause, cause);
  assertEquals("cause" in assertThrows(() => refuseOption("ca", "x"), TypeError), false);
  assertEquals(
    refusal(() => refuseKind("a", [], "a number")),
    'Cannot use option "a": it is an Array, not a number',
  );
  assertEquals(
    refusal(() => refuseNumber("a", -1, "above 0"), RangeError),
    'Cannot use option "a": it is -1, not above 0',
  );
});

Deno.test("kindOf() names what a value is and never what is in it", () => {
  const cases: [unknown, string][] = [
    [null, "null"],
    [undefined, "undefined"],
    ["secret", "a string"],
    [5, "a number"],
    [true, "a boolean"],
    [() => {}, "a function"],
    [{ a: "secret" }, "an Object"],
    [["secret"], "an Array"],
    [new Map(), "a Map"],
    [new AbortController().signal, "an AbortSignal"],
    [new URL("http://secret.test"), "a URL"],
  ];
  for (const [value, kind] of cases) assertEquals(kindOf(value), kind);
});

Deno.test("checks of plain values give them back, or refuse them", () => {
  assertEquals(checkBoolean("a", false), false);
  assertEquals(
    refusal(() => checkBoolean("a", 1)),
    'Cannot use option "a": it is a number, not a boolean',
  );
  const call = () => {};
  assertStrictEquals(checkFunction("a", call), call);
  assertEquals(
    refusal(() => checkFunction("a", {})),
    'Cannot use option "a": it is an Object, not a function',
  );
});

Deno.test("checkWord() takes one of the words as it is spelled", () => {
  assertEquals(checkWord("a", "x", ["x", "y"]), "x");
  const wanted = 'not "x" or "y"';
  assertEquals(
    refusal(() => checkWord("a", "X\n", ["x", "y"])),
    `Cannot use option "a": it is "X\\n", ${wanted}`,
  );
  assertEquals(
    refusal(() => checkWord("a", null, ["x", "y"])),
    `Cannot use option "a": it is null, ${wanted}`,
  );
});

Deno.test("checkCount() takes whole numbers from the least on, and Infinity", () => {
  for (const value of [1, 2, Number.MAX_SAFE_INTEGER, Infinity]) {
    assertEquals(checkCount("a", value, 1), value);
  }
  for (const value of [0, -1, 1.5, NaN, -Infinity, 2 ** 53]) {
    assertEquals(
      refusal(() => checkCount("a", value, 1), RangeError),
      `Cannot use option "a": it is ${value}, not a whole number from 1 on`,
    );
  }
  for (const value of ["1", null, 1n, {}]) refusal(() => checkCount("a", value, 1));
});

Deno.test("checkSeconds() makes milliseconds of seconds", () => {
  assertEquals([0, 0.25, 2, Infinity].map((it) => checkSeconds("a", it)), [0, 250, 2000, Infinity]);
  for (const value of [-1, NaN, -Infinity]) refusal(() => checkSeconds("a", value), RangeError);
  for (const value of ["1", null, true]) refusal(() => checkSeconds("a", value));
});

Deno.test("a record is what has its content as named properties", () => {
  class Own {
    timeout = 1;
  }
  for (const it of [{}, { a: 1 }, Object.create(null), new Own()]) assertEquals(isRecord(it), true);
  const { signal } = new AbortController();
  for (const it of [null, undefined, 5, "a", [], new Map(), new Headers(), signal, () => {}]) {
    assertEquals(isRecord(it), false, kindOf(it));
  }
});

Deno.test("checkRecord() refuses an unknown name, unless it is undefined", () => {
  const value = { a: 1, c: undefined };
  assertStrictEquals(checkRecord("x", value, ["a", "b"]), value);
  assertEquals(
    refusal(() => checkRecord("x", { a: 1, c: 2 }, ["a", "b"])),
    'Cannot use option "x.c": there is no such option, only "a", "b"',
  );
  assertEquals(
    refusal(() => checkRecord("x", "secret", ["a", "b"])),
    'Cannot use option "x": it is a string, not an object with "a", "b"',
  );
});

Deno.test("checkOptions() takes objects", () => {
  const options = { a: 1 };
  assertStrictEquals(checkOptions(options), options);
  assertEquals(
    refusal(() => checkOptions(5)),
    "Cannot use options: they are a number, not an object",
  );
});
