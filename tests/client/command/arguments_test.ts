import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import type { GetArguments } from "../../../client/command/get_arguments.ts";
import { UsageError } from "../../../client/command/errors.ts";

const URL_ = "http://a.test/file";

function parse(...args: string[]): GetArguments {
  const command = parseArguments(args);
  if (command.action !== "get") throw new Error(`Not a get but ${command.action}`);
  return command.get;
}

function assertRefuses(args: string[], message: string, exitCode = 2): void {
  const error = assertThrows(() => parseArguments(args), UsageError, message);
  assertEquals(error.exitCode, exitCode, args.join(" "));
}

Deno.test("parseArguments() takes a URL alone, with or without its scheme", () => {
  const get = parse(URL_);
  assertEquals(get.url.href, URL_);
  assertEquals([get.output, get.isBinaryWelcome, get.switches.size], [undefined, false, 0]);
  assertEquals(parse("a.test:81/b?c").url.href, "http://a.test:81/b?c");
  assertEquals(parse("localhost:81").url.href, "http://localhost:81/");
  assertEquals(parse("HTTPS://a.test").url.href, "https://a.test/");
});

Deno.test("parseArguments() reads options as curl does: joined, clustered, before and after the URL", () => {
  const get = parse("-sSLXPOST", URL_, "-HA: 1", "-H", "B: 2", "--max-time=3", "-oname");
  assertEquals([...get.switches], ["silent", "show-error", "location"]);
  assertEquals(get.values, { request: "POST", "max-time": "3", output: "name" });
  assertEquals([get.header, get.output], [["A: 1", "B: 2"], "name"]);
  assertEquals(parse("-sofile", URL_).output, "file");
});

Deno.test("parseArguments() takes values that begin with a dash, and what follows -- for the URL", () => {
  assertEquals(parse(URL_, "-d", "-5", "-H", "-x: y").data, [{ kind: "data", value: "-5" }]);
  assertEquals(parse(URL_, "-H", "-x: y").header, ["-x: y"]);
  assertEquals(parse("-s", "--", "-a.test").url.href, "http://-a.test/");
});

Deno.test("parseArguments() takes the last of several values, and every piece of data in order", () => {
  assertEquals(parse(URL_, "-o", "a", "-o", "b").output, "b");
  assertEquals(parse(URL_, "-d", "a", "--data-raw", "@b", "--data-urlencode", "c", "-d@d").data, [
    { kind: "data", value: "a" },
    { kind: "data-raw", value: "@b" },
    { kind: "data-urlencode", value: "c" },
    { kind: "data", value: "@d" },
  ]);
});

Deno.test("parseArguments() writes to the standard output, and knows whether that was asked for", () => {
  const get = parse(URL_, "-o", "-");
  assertEquals([get.output, get.isBinaryWelcome], [undefined, true]);
});

Deno.test("parseArguments() names the file of -O as the URL does", () => {
  assertEquals(parse("-O", "http://a/b/c%20d.tar.gz?d/e#f/g").output, "c d.tar.gz");
  const named = parse("-O", "http://a/-");
  assertEquals([named.output, named.isBinaryWelcome], ["-", false]);
  assertRefuses(["-O", "http://a/b/"], 'names no file for "-O"');
  assertRefuses(["-O", "-o", "x", "http://a/b"], 'options "-o" and "-O" exclude each other');
});

Deno.test("parseArguments() reads -C in all its spellings", () => {
  for (
    const args of [["-C", "-"], ["-C-"], ["-C"], ["--continue-at", "-"], ["-sC-"], ["-sC", "-"]]
  ) {
    for (const all of [[...args, URL_, "-o", "x"], [URL_, "-o", "x", ...args]]) {
      assertEquals(parse(...all).switches.has("continue-at"), true, all.join(" "));
    }
  }
  assertEquals(parse("--continue-at=-", "-o", "x", URL_).switches.has("continue-at"), true);
  assertEquals(parse(URL_, "-dABC-").data, [{ kind: "data", value: "ABC-" }]);
  for (const args of [["-C", "100"], ["-C100"], ["-sC100"], ["--continue-at=100"]]) {
    assertRefuses([...args, "-o", "x", URL_], 'option "-C" takes no position but "-"');
  }
});

Deno.test("parseArguments() refuses options that there are not, by name and without value", () => {
  assertRefuses([URL_, "--frob"], 'unknown option "--frob"');
  assertRefuses([URL_, "--frob=x"], 'unknown option "--frob"');
  assertRefuses([URL_, "-Z"], 'unknown option "-Z"');
  assertRefuses([URL_, "-sZ"], 'unknown option "-Z"');
  assertRefuses([URL_, "--constructor"], 'unknown option "--constructor"');
  assertRefuses([URL_, "--toString=x"], 'unknown option "--toString"');
});

Deno.test("parseArguments() refuses missing values, and values of switches", () => {
  assertRefuses([URL_, "-o"], 'option "-o" has no value');
  assertRefuses([URL_, "--data"], 'option "--data" has no value');
  assertRefuses([URL_, "--output="], 'option "--output" has an empty value');
  assertRefuses([URL_, "-X", ""], 'option "-X" has an empty value');
  assertRefuses([URL_, "--silent=yes"], 'option "--silent" takes no value');
  assertRefuses([URL_, "--silent=-"], 'option "--silent" takes no value');
  for (const option of ["-A", "-e", "-x", "--noproxy", "-w"]) parse(URL_, option, "");
});

Deno.test("parseArguments() wants one URL, alone or with --url", () => {
  assertRefuses([], "there is no URL");
  assertRefuses(["http://a/", "http://b/"], "one URL can be got, not 2");
  assertRefuses(["--url", "http://a/", "http://b/"], "one URL can be got, not 2");
  assertEquals(parse("--url", URL_).url.href, URL_);
});

Deno.test("parseArguments() refuses what contradicts itself", () => {
  assertRefuses([URL_, "-46"], 'options "-4" and "-6" exclude each other');
});

Deno.test("parseArguments() takes curl's options that change nothing here", () => {
  const all = ["-#", "-N", "-q", "-g", "--no-progress-meter", "--http1.1", "--basic", "-1"];
  assertEquals(parse(URL_, ...all, "--tlsv1.0", "--tlsv1.1", "-#Ngq1").url.href, URL_);
});

Deno.test("parseArguments() keeps parts of forms, cookies and fields in order", () => {
  const get = parse(URL_, "-F", "a=b", "--form-string", "c=d", "-b", "e=f", "--cookie", "g=h");
  assertEquals(get.form, [{ value: "a=b", isPlain: false }, { value: "c=d", isPlain: true }]);
  assertEquals(get.cookie, ["e=f", "g=h"]);
});

Deno.test("parseArguments() tells what is asked for besides getting", () => {
  assertEquals(parseArguments(["-h"]), { action: "help" });
  assertEquals(parseArguments([URL_, "--help", "-V"]), { action: "help" });
  for (const args of [["-hx"], ["--help=x"], ["--help", "all"], ["--frob", "-h"], ["-h", "-o"]]) {
    assertEquals(parseArguments(args), { action: "help" }, args.join(" "));
  }
  assertEquals(parseArguments(["-V"]), { action: "version" });
});
