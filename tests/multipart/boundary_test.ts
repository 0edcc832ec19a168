import { assert, assertEquals } from "@std/assert";
import {
  formContentType,
  isBoundary,
  RANDOM_BOUNDARY_LENGTH,
  randomBoundary,
} from "../../multipart/boundary.ts";

Deno.test("randomBoundary() makes a new token each time, legal by RFC 2046 and HTML", () => {
  const made = Array.from({ length: 200 }, randomBoundary);
  for (const boundary of made) {
    assert(isBoundary(boundary), boundary);
    assertEquals(boundary.length, RANDOM_BOUNDARY_LENGTH);
    // The HTML standard: 27 to 70 bytes of these.
    assert(/^[0-9A-Za-z'_-]{27,70}$/.test(boundary), boundary);
    assertEquals(formContentType(boundary), `multipart/form-data; boundary=${boundary}`);
  }
  assertEquals(new Set(made).size, made.length);
});

Deno.test("randomBoundary() uses the whole alphabet in each random place", () => {
  const made = Array.from({ length: 3000 }, randomBoundary);
  const length = made[0]!.length;
  for (let place = length - 24; place < length; place++) {
    // Each of 64 characters misses 3000 draws with a chance of 3e-21.
    assertEquals(new Set(made.map((it) => it[place])).size, 64, `place ${place}`);
  }
});

Deno.test("isBoundary() takes 1 to 70 bchars that do not end in a space", () => {
  const legal = ["a", "0", "'()+_,-./:=?", "a b", " a", "x".repeat(70)];
  const illegal = [
    "",
    " ",
    "a ",
    "x".repeat(71),
    'a"b',
    "a\r\nb",
    "a\n",
    "ä",
    "a;b",
    "a@b",
    "a\\b",
  ];
  assertEquals(legal.filter(isBoundary), legal);
  assertEquals(illegal.filter(isBoundary), []);
});

Deno.test("formContentType() quotes a boundary that is not a token", () => {
  assertEquals(formContentType("a:b c"), 'multipart/form-data; boundary="a:b c"');
});
