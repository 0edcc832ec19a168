import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseChallenges } from "../../../client/rules/challenge.ts";

/** Each challenge as its scheme, its token68 if it has one, and its parameters. */
function read(value: string): unknown[] {
  return parseChallenges(value).map(({ scheme, token68, params }) => [
    scheme,
    ...(token68 === undefined ? [] : [token68]),
    Object.fromEntries(params),
  ]);
}

Deno.test("parseChallenges() reads the example of RFC 9110 11.6.1: two challenges in one list", () => {
  assertEquals(
    read(
      'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    ),
    [["basic", { realm: "simple" }], [
      "newauth",
      { realm: "apps", type: "1", title: 'Login to "apps"' },
    ]],
  );
});

Deno.test("parseChallenges() reads schemes alone, with token68 and with parameters", () => {
  assertEquals(read("Negotiate"), [["negotiate", {}]]);
  assertEquals(read("NTLM TlRMTVNTUAAC+/=="), [["ntlm", "TlRMTVNTUAAC+/==", {}]]);
  assertEquals(read("Negotiate, NTLM abc=, Basic realm=x , Bearer"), [
    ["negotiate", {}],
    ["ntlm", "abc=", {}],
    ["basic", { realm: "x" }],
    ["bearer", {}],
  ]);
});

Deno.test("parseChallenges() takes blanks and empty elements as RFC 9110 5.6.1 and 11.2 do", () => {
  assertEquals(read(', ,Basic realm = "a" ,, charset\t=UTF-8 , Digest\tnonce=n,'), [
    ["basic", { realm: "a", charset: "UTF-8" }],
    ["digest", { nonce: "n" }],
  ]);
});

Deno.test("parseChallenges() leaves commas, equals and escapes inside quotes alone", () => {
  assertEquals(read('A a="x, Basic realm=y", b="\\\\\\,=" , c=""'), [
    ["a", { a: "x, Basic realm=y", b: "\\,=", c: "" }],
  ]);
});

Deno.test("parseChallenges() ignores the case of names, not of values", () => {
  assertEquals(read("DIGEST ReAlM=Ab"), [["digest", { realm: "Ab" }]]);
});

Deno.test("parseChallenges() leaves out a challenge that names a parameter twice (RFC 9110 11.2)", () => {
  assertEquals(read('Basic realm=a, REALM="b", Digest nonce=n'), [["digest", { nonce: "n" }]]);
});

Deno.test("parseChallenges() reads what comes before a slip", () => {
  const basic = ["basic", { realm: "a" }];
  assertEquals(read('Basic realm=a, Digest realm="open'), [basic, ["digest", {}]]);
  assertEquals(read("Basic realm=a, =b, Digest nonce=n"), [basic]);
  assertEquals(read('Basic realm=a, "x"'), [basic]);
  for (const value of ["", ",", "=", "é", '"Basic"', "Basic realm=a\r\n", "a\0b"]) {
    assertEquals(read(value), [], JSON.stringify(value));
  }
});

Deno.test("parseChallenges() reads back any list of challenges", () => {
  const token = fc.stringMatching(/^[a-z][a-z0-9!#$%&'*+.^_`|~-]{0,8}$/);
  const text = fc.stringMatching(/^[\t -~\x80-\xff]{0,12}$/);
  const challenge = fc.record({ scheme: token, params: fc.dictionary(token, text) });
  fc.assert(fc.property(fc.array(challenge, { maxLength: 4 }), (challenges) => {
    const value = challenges.map(({ scheme, params }) => {
      const written = Object.entries(params)
        .map(([name, text]) => `${name}="${text.replace(/["\\]/g, "\\$&")}"`);
      return `${scheme} ${written.join(", ")}`.trim();
    }).join(", ");
    assertEquals(
      read(value),
      challenges.map(({ scheme, params }) => [scheme, { ...params }]),
    );
  }));
});

Deno.test("parseChallenges() ends on any text, however long", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    parseChallenges(text);
  }));
  for (const piece of ["a ", "a=", ",", '"', "\\", "a=b,", 'a="', "="]) {
    parseChallenges("x " + piece.repeat(20_000) + "x");
  }
});
