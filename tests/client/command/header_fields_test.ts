import { assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { UsageError } from "../../../client/command/errors.ts";
import {
  addBodyFields,
  type HeaderFields,
  headerFields,
  latin1OfUtf8,
} from "../../../client/command/header_fields.ts";

function fields(...args: string[]): HeaderFields {
  const command = parseArguments(["http://a.test/", ...args]);
  if (command.action !== "get") throw new Error("Not a get");
  return { ...headerFields(command.get) };
}

function assertRefuses(args: string[], message: string): void {
  assertThrows(() => fields(...args), UsageError, message);
}

Deno.test("headerFields() takes fields with values, empty ones, and ones to be left out", () => {
  assertEquals(fields("-H", "A: 1", "-H", "B;", "-H", "a:2", "-H", "C:\t3 : 4 ", "-H", "D:"), {
    ...{ A: ["1", "2"], B: [""], C: ["3 : 4"], D: [] },
  });
  assertEquals(fields("-H", "A:", "-H", "a: 1"), { A: ["1"] });
  for (const line of ["A", ":b", ";", ""]) {
    assertRefuses(["-H", line], `option "--header" is "${line}"`);
  }
  for (const name of ["Host", "content-length", "Transfer-Encoding"]) {
    assertRefuses(["-H", `${name}:`], `field "${name}" cannot be left out`);
  }
});

Deno.test("headerFields() takes -A, -e, -b and -r, empty ones for none, -H in their place", () => {
  assertEquals(fields("-A", "me", "-e", "http://b/", "-b", "a=b", "-b", "c=d", "-r", "0-4"), {
    "User-Agent": ["me"],
    Referer: ["http://b/"],
    Range: ["bytes=0-4"],
    Cookie: ["a=b; c=d"],
  });
  assertEquals(fields("-A", "", "-e", ""), { "User-Agent": [], Referer: [] });
  assertEquals(fields("-A", "me", "-H", "user-agent: you"), { "user-agent": ["you"] });
  assertEquals(fields("-e", "http://b/", "-H", "referer:"), { referer: [] });
});

Deno.test("headerFields() refuses files of cookies, and ranges that are none", () => {
  assertRefuses(["-b", "jar.txt"], 'option "--cookie" is "jar.txt", not "name=value"');
  for (const range of ["a", "1", "5-3,", "--1"]) {
    assertRefuses(["-r", range], `option "--range" is "${range}"`);
  }
});

Deno.test("headerFields() sends text beyond ASCII as the bytes of its UTF-8", () => {
  assertEquals(fields("-H", "A: é€", "-A", "ü", "-b", "a=ß"), {
    A: ["\xc3\xa9\xe2\x82\xac"],
    "User-Agent": ["\xc3\xbc"],
    Cookie: ["a=\xc3\x9f"],
  });
  assertEquals(latin1OfUtf8("a"), "a");
});

Deno.test("addBodyFields() adds what was neither given nor left out", () => {
  const body = {
    ...{ method: "POST", url: new URL("http://a/"), body: undefined },
    fields: [["Content-Type", ["x/y"]], ["Accept", ["x/y"]]] as [string, string[]][],
  };
  for (
    const [before, after] of [
      [{}, { "Content-Type": ["x/y"], Accept: ["x/y"] }],
      [{ accept: [] }, { accept: [], "Content-Type": ["x/y"] }],
      [{ "content-type": ["a/b"] }, { "content-type": ["a/b"], Accept: ["x/y"] }],
    ] as [HeaderFields, HeaderFields][]
  ) {
    addBodyFields(before, body);
    assertEquals(before, after);
  }
});
