import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { isAuthority, parseTarget } from "../../server/target.ts";
import { HttpError } from "../../wire/errors.ts";
import { parseRequestHead } from "../../wire/request_head.ts";
import { bytesOf } from "../wire/fakes.ts";

function parse(line: string, fields: string[], scheme: "http" | "https" = "http") {
  const text = `${line}\r\n${fields.map((field) => `${field}\r\n`).join("")}\r\n`;
  const limits = { maxFields: 128, maxTargetBytes: 8192 };
  return parseTarget(parseRequestHead(bytesOf(text), 0, text.length, text, limits), scheme);
}

function outcome(...[line, fields, scheme]: Parameters<typeof parse>): string {
  try {
    const { rawPath, authority } = parse(line, fields, scheme);
    return `${rawPath} at ${authority}`;
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return `${error.code} ${error.status}`;
  }
}

Deno.test("a target in origin form is path and query, at the authority of Host", () => {
  const cases: [string, string][] = [
    ["/", "/ at a"],
    ["/b?c=d", "/b?c=d at a"],
    ["//b/../%2e", "//b/../%2e at a"],
    ["/http://b/", "/http://b/ at a"],
    ["/?", "/? at a"],
  ];
  for (const [target, expected] of cases) {
    assertEquals(outcome(`GET ${target} HTTP/1.1`, ["Host: a"]), expected);
  }
});

Deno.test("a target in absolute form rules over Host (RFC 9112 3.2.2)", () => {
  const cases: [string, string][] = [
    ["http://b/c?d", "/c?d at b"],
    ["http://b", "/ at b"],
    ["http://b?c", "/?c at b"],
    ["http://b:81/", "/ at b:81"],
    ["http://b:/", "/ at b:"],
    ["HTTP://b/", "/ at b"],
    ["http://[::1]:80/", "/ at [::1]:80"],
    ["http://b//c", "//c at b"],
    ["http://b/@c", "/@c at b"],
    ["http://b/?c://d", "/?c://d at b"],
  ];
  for (const [target, expected] of cases) {
    assertEquals(outcome(`GET ${target} HTTP/1.1`, ["Host: a"]), expected, target);
    assertEquals(outcome(`GET ${target} HTTP/1.0`, []), expected, target);
  }
});

Deno.test("a target of another scheme than the connection's is refused", () => {
  assertEquals(outcome("GET https://a/ HTTP/1.1", ["Host: a"]), "bad_target 421");
  assertEquals(outcome("GET ftp://a/ HTTP/1.1", ["Host: a"]), "bad_target 421");
  assertEquals(outcome("GET http://a/ HTTP/1.1", ["Host: a"], "https"), "bad_target 421");
  assertEquals(outcome("GET HTTPS://a/b HTTP/1.1", ["Host: a"], "https"), "/b at a");
});

Deno.test("targets of no form are refused", () => {
  const targets = [
    "a",
    "a/b",
    "?a",
    "http:a",
    "http:/a",
    "http://",
    "http:///a",
    "://a/",
    "1://a/",
  ];
  targets.push("http://a@b/", "http://a:b/", "http://a:99999/", "http://[::1/", "http://a:1:2/");
  targets.push("http://\xe4/", "*", "**", "*/", "http://a b/".replace(" ", "\\"));
  for (const target of targets) {
    assertEquals(outcome(`GET ${target} HTTP/1.1`, ["Host: a"]), "bad_target 400", target);
  }
});

Deno.test("the asterisk is for OPTIONS alone", () => {
  assertEquals(outcome("OPTIONS * HTTP/1.1", ["Host: a"]), "* at a");
  assertEquals(outcome("OPTIONS /a HTTP/1.1", ["Host: a"]), "/a at a");
  for (const method of ["GET", "options", "PRI", "HEAD"]) {
    assertEquals(outcome(`${method} * HTTP/1.1`, ["Host: a"]), "bad_target 400");
  }
});

Deno.test("OPTIONS of an absolute form without a path is of the server (RFC 9112 3.2.4)", () => {
  assertEquals(outcome("OPTIONS http://b HTTP/1.1", ["Host: a"]), "* at b");
  assertEquals(outcome("OPTIONS http://b/ HTTP/1.1", ["Host: a"]), "/ at b");
  assertEquals(outcome("OPTIONS http://b?c HTTP/1.1", ["Host: a"]), "/?c at b");
});

Deno.test("CONNECT takes host and port and nothing else", () => {
  const cases: [string, string][] = [
    ["a:443", "a:443 at a:443"],
    ["[::1]:443", "[::1]:443 at [::1]:443"],
    ["a", "bad_target 400"],
    ["a:", "bad_target 400"],
    [":443", "bad_target 400"],
    ["a:65536", "bad_target 400"],
    ["a:443/", "bad_target 400"],
    ["/", "bad_target 400"],
    ["http://a:443/", "bad_target 400"],
    ["b@a:443", "bad_target 400"],
    ["*", "bad_target 400"],
  ];
  for (const [target, expected] of cases) {
    assertEquals(outcome(`CONNECT ${target} HTTP/1.1`, ["Host: b"]), expected, target);
  }
  assertEquals(outcome("GET a:443 HTTP/1.1", ["Host: a"]), "bad_target 400");
});

Deno.test("there is exactly one Host in HTTP/1.1, and at most one in HTTP/1.0", () => {
  const bad = "bad_host 400";
  const cases: [string[], string, string][] = [
    [["Host: a"], "/ at a", "/ at a"],
    [[], bad, "/ at "],
    [["Host: a", "Host: a"], bad, bad],
    [["Host: a", "Host: b"], bad, bad],
    [["Host: a", "host:"], bad, bad],
    [["Host:"], bad, bad],
    [["Host: a, b"], bad, bad],
    [["X-Host: a"], bad, "/ at "],
  ];
  // In turn, so that what is remembered of one request cannot decide about the next.
  for (let round = 0; round < 2; round++) {
    for (const [fields, in11, in10] of cases) {
      assertEquals(outcome("GET / HTTP/1.1", fields), in11, `${fields}`);
      assertEquals(outcome("GET / HTTP/1.0", fields), in10, `${fields}`);
      assertEquals(outcome("GET / HTTP/1.1", ["Host: a"]), "/ at a");
    }
  }
});

Deno.test("Host is checked even where the target rules over it", () => {
  for (const target of ["http://b/", "/", "*"]) {
    assertEquals(outcome(`OPTIONS ${target} HTTP/1.1`, ["Host: a@b"]), "bad_host 400");
    assertEquals(outcome(`OPTIONS ${target} HTTP/1.1`, []), "bad_host 400");
  }
  assertEquals(outcome("CONNECT a:1 HTTP/1.1", []), "bad_host 400");
});

Deno.test("isAuthority() knows hosts and ports (RFC 9110 7.2)", () => {
  const valid = ["a", "A.b-c_d~e", "localhost:8080", "127.0.0.1", "127.0.0.1:65535", "a:", "a:0"];
  valid.push(
    "[::1]",
    "[::1]:80",
    "[2001:db8::1]",
    "[::ffff:1.2.3.4]",
    "%41b",
    "a:00080",
    "!$&'()*+;=",
  );
  for (const text of valid) assertEquals(isAuthority(text), true, text);
  const invalid = [
    "",
    ":",
    ":80",
    "a:65536",
    "a:-1",
    "a:+1",
    "a:8o",
    "a: 80",
    "a:80:90",
    "a b",
    "a\tb",
  ];
  invalid.push(
    "a@b",
    "@a",
    "a:b@c",
    "a/b",
    "a?b",
    "a#b",
    "a\\b",
    "[",
    "]",
    "[]",
    "[::1",
    "::1",
    "[::1]a",
  );
  invalid.push(
    "[::1]80",
    "[a]",
    "[:::1]",
    "[::1%eth0]",
    "[1.2.3.4]",
    "[[::1]]",
    "a[::1]",
    "%",
    "%4",
    "%4g",
  );
  invalid.push(
    "a\0",
    "\xe4",
    "a<b",
    'a"b',
    "a|b",
    "a^b",
    "a`b",
    "a{b}",
    "\x7f",
    "[::1/x]",
    "[::1]/",
    "[x@::1]",
  );
  for (const text of invalid) assertEquals(isAuthority(text), false, JSON.stringify(text));
});

Deno.test("isAuthority() refuses blanks within the brackets of an address", () => {
  for (const text of ["[:\t:1]", "[\t::1]", "[::1\t]", "[:: 1]", "[ ::1]", "[::\n1]"]) {
    assertEquals(isAuthority(text), false, JSON.stringify(text));
  }
});

Deno.test("messages quote what they refuse", () => {
  const messages: [string, string[], string][] = [
    ["GET a HTTP/1.1", ["Host: a"], '"a": neither a path nor an absolute URI'],
    ["GET / HTTP/1.1", ["Host: a b"], 'Host "a b" is not valid'],
    ["GET / HTTP/1.1", ["Host: a", "Host: b"], "2 Host fields"],
    ["GET / HTTP/1.1", [], "Host is missing"],
  ];
  for (const [line, fields, message] of messages) {
    assertThrows(() => parse(line, fields), HttpError, message);
  }
});
