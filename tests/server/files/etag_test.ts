import { assert, assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import {
  codedEtag,
  equalsStrongly,
  equalsWeakly,
  isEntityTag,
  makeEtag,
  parseEntityTags,
} from "../../../server/files/etag.ts";

Deno.test("makeEtag() makes strong tags of size and time in hexadecimal", () => {
  assertEquals(makeEtag(255, 4096), '"ff-1000"');
  assertEquals(makeEtag(0, 0), '"0-0"');
  assertEquals(makeEtag(255, 4096, "gzip"), '"ff-1000-gzip"');
});

Deno.test("makeEtag() differs when size, time or coding differ", () => {
  const facts = fc.tuple(fc.maxSafeNat(), fc.maxSafeInteger(), fc.constantFrom(undefined, "gzip"));
  fc.assert(fc.property(facts, facts, (one, other) => {
    const same = one.every((value, at) => value === other[at]);
    assertEquals(makeEtag(...one) === makeEtag(...other), same);
  }));
  assertNotEquals(makeEtag(10, 1000), makeEtag(10, 1001));
});

Deno.test("codedEtag() makes a weak tag of another, one per coding", () => {
  assertEquals(codedEtag('"ff-1000"', "br"), 'W/"ff-1000-br"');
  assertEquals(codedEtag('W/"ff-1000"', "gzip"), 'W/"ff-1000-gzip"');
});

Deno.test("isEntityTag() takes one tag, and nothing else", () => {
  for (const tag of ['""', '"a"', 'W/"a"', '"a,b"', '"\xe4"']) assert(isEntityTag(tag), tag);
  for (const text of ["", "a", '"a', 'a"', 'w/"a"', '"a" ', ' "a"', '"a", "b"', '"a b"', "*"]) {
    assert(!isEntityTag(text), text);
  }
});

Deno.test("parseEntityTags() reads lists", () => {
  const cases: [string, string[]][] = [
    ['"a"', ['"a"']],
    ['""', ['""']],
    ['W/"a"', ['W/"a"']],
    ['"a", "b"', ['"a"', '"b"']],
    ['"a","b"', ['"a"', '"b"']],
    ['"a" \t,\t W/"b"', ['"a"', 'W/"b"']],
    [',, "a" ,,', ['"a"']],
    ['"a,b", "c"', ['"a,b"', '"c"']],
    ['"a\\"', ['"a\\"']],
    ['"\xe4"', ['"\xe4"']],
    ['"a" ', ['"a"']],
  ];
  for (const [value, expected] of cases) assertEquals(parseEntityTags(value), expected, value);
  assertEquals(parseEntityTags("*"), "*");
});

Deno.test("parseEntityTags() refuses malformed lists", () => {
  for (
    const value of [
      "",
      " ",
      ",",
      "a",
      '"a',
      'a"',
      'w/"a"',
      'W/ "a"',
      "W/a",
      '"a" "b"',
      '"a""b"',
      '"a"; "b"',
      '"a b"',
      '"a\tb"',
      '"a", *',
      '*, "a"',
      "**",
      "'a'",
      '"a", b',
      '"\u0100"',
    ]
  ) {
    assertEquals(parseEntityTags(value), undefined, value);
  }
});

Deno.test("equalsWeakly() and equalsStrongly() agree with the table of RFC 9110 8.8.3.2", () => {
  const cases: [string, string, boolean, boolean][] = [
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['W/"1"', '"1"', false, true],
    ['"1"', '"1"', true, true],
  ];
  for (const [one, other, strong, weak] of cases) {
    assertEquals(equalsStrongly(one, other), strong, `${one} ${other}`);
    assertEquals(equalsStrongly(other, one), strong, `${other} ${one}`);
    assertEquals(equalsWeakly(one, other), weak, `${one} ${other}`);
    assertEquals(equalsWeakly(other, one), weak, `${other} ${one}`);
  }
});

Deno.test("parseEntityTags() reads back every list of tags", () => {
  const tag = fc.tuple(fc.constantFrom("", "W/"), fc.stringMatching(/^[\x21\x23-\x7e]{0,8}$/))
    .map(([weak, value]) => `${weak}"${value}"`);
  const separator = fc.constantFrom(",", ", ", " ,", "\t,,  ");
  fc.assert(fc.property(fc.array(tag, { minLength: 1 }), separator, (tags, comma) => {
    assertEquals(parseEntityTags(tags.join(comma)), tags);
  }));
});

Deno.test("parseEntityTags() ends on any text", () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'"W/*, \ta\\') }), (value) => {
    const tags = parseEntityTags(value);
    assert(tags === undefined || tags === "*" || tags.length > 0);
  }));
  assertEquals(parseEntityTags('"'.repeat(100_001)), undefined);
  assertEquals(parseEntityTags(",".repeat(100_000)), undefined);
});
