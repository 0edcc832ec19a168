import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { UsageError } from "../../../client/command/errors.ts";

function check(...args: string[]): void {
  parseArguments(["http://a.test/file", ...args]);
}

function assertExclude(args: string[], one: string, other: string): void {
  const message = `options "${one}" and "${other}" exclude each other`;
  assertThrows(() => check(...args), UsageError, message);
}

function assertNeedsFile(args: string[], option: string): void {
  assertThrows(() => check(...args), UsageError, `option "${option}" needs "-o" or "-O"`);
}

Deno.test("checkContradictions() refuses several bodies, and several families of addresses", () => {
  assertExclude(["-d", "a", "-F", "a=b"], "-d", "-F");
  assertExclude(["-d", "a", "--json", "b"], "-d", "--json");
  assertExclude(["-I", "-T", "a"], "-T", "-I");
  assertExclude(["-46"], "-4", "-6");
  check("-G", "-d", "a", "-I");
});

Deno.test("checkContradictions() refuses -C where it makes no sense", () => {
  assertNeedsFile(["-C"], "-C");
  assertNeedsFile(["-C", "-o", "-"], "-C");
  const cases: [string[], string][] = [
    [["-i"], "--include"],
    [["-I"], "--head"],
    [["--compressed"], "--compressed"],
    [["--fail-with-body"], "--fail-with-body"],
    [["-d", "a"], "-d"],
    [["-T", "a"], "-T"],
    [["-X", "PUT"], "-X"],
    [["-r", "0-1"], "-r"],
  ];
  for (const [args, name] of cases) assertExclude(["-C", "-o", "x", ...args], "-C", name);
});

Deno.test("checkContradictions() wants a file for --sha256, which is what has the digest", () => {
  const digest = "0".repeat(64);
  assertNeedsFile(["--sha256", digest], "--sha256");
  assertNeedsFile(["--sha256", digest, "-o", "-"], "--sha256");
  assertExclude(["--sha256", digest, "-o", "x", "-I"], "--sha256", "-I");
  assertExclude(["--sha256", digest, "-o", "x", "-i"], "--sha256", "-i");
  check("--sha256", digest, "-O");
});

Deno.test("checkContradictions() wants a file for -R", () => {
  assertNeedsFile(["-R"], "-R");
  const error = assertThrows(() => check("-R"), UsageError);
  assertEquals(error.exitCode, 2);
});
