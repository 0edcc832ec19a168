import { assertEquals, assertThrows } from "@std/assert";
import { parseOptions } from "../../bench/options.ts";
import { SCENARIOS } from "../../bench/scenarios.ts";

Deno.test("parseOptions() without arguments asks for everything, bounded", () => {
  const options = parseOptions([]);
  assertEquals(options.scenarios, [...SCENARIOS]);
  assertEquals(options.without.size, 0);
  assertEquals([options.seconds, options.rounds, options.connections], [2, 5, undefined]);
  assertEquals([options.json, options.help], [false, false]);
});

Deno.test("parseOptions() takes scenarios and servers in lists and repeats", () => {
  const options = parseOptions([
    "--only",
    "download,hello",
    "--only=file-1k",
    "--without=ours,std",
  ]);
  assertEquals(options.scenarios.map((one) => one.name), ["hello", "file-1k", "download"]);
  assertEquals([...options.without], ["ours", "std"]);
});

Deno.test("parseOptions() takes numbers and switches", () => {
  const options = parseOptions(["--seconds=3", "--rounds", "7", "--connections", "8", "--json"]);
  assertEquals([options.seconds, options.rounds, options.connections], [3, 7, 8]);
  assertEquals(options.json, true);
});

Deno.test("parseOptions() refuses numbers that are none, or out of bounds", () => {
  for (const text of ["0", "61", "1.5", "-1", "x", "", "1e1"]) {
    assertThrows(
      () => parseOptions([`--seconds=${text}`]),
      RangeError,
      `Cannot take --seconds "${text}": expected a whole number from 1 to 60`,
    );
  }
  assertThrows(() => parseOptions(["--rounds=51"]), RangeError, "from 1 to 50");
  assertThrows(() => parseOptions(["--connections=1001"]), RangeError, "from 1 to 1000");
});

Deno.test("parseOptions() refuses what it does not know", () => {
  assertThrows(() => parseOptions(["--onl=hello"]), RangeError, 'unknown argument "--onl=hello"');
  assertThrows(() => parseOptions(["hello"]), RangeError, 'unknown argument "hello"');
  assertThrows(() => parseOptions(["--only=helo"]), RangeError, '"helo" is none of hello');
  assertThrows(() => parseOptions(["--without=apache"]), RangeError, 'Cannot leave "apache" out');
});
