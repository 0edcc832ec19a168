import { assertEquals } from "@std/assert";
import { isMediaType } from "../../../multipart/encode/media_type.ts";

Deno.test("isMediaType() takes types with parameters and nothing that could end the line", () => {
  const legal = [
    "text/plain",
    "text/plain;charset=utf-8",
    'text/plain ; charset="utf\\"8" ;\tx=y',
    "application/vnd.api+json",
    "image/svg+xml",
    'a/b; c=""',
  ];
  const illegal = [
    "",
    "text",
    "text/",
    "/plain",
    "text/plain;",
    "text/plain; charset",
    "text/plain; charset=",
    "text/plain charset=a",
    " text/plain",
    "text/plain ",
    "text/plain\r\nX: y",
    "text/plain\n",
    'text/plain; a="b\r\nX: y"',
    'text/plain; a="b\\\r"',
    'text/plain; a="b"c',
    "tëxt/plain",
    "text/plain; a=ü",
    "text/plain\0",
  ];
  assertEquals(legal.filter(isMediaType), legal);
  assertEquals(illegal.filter(isMediaType), []);
});

Deno.test("isMediaType() takes linear time for blanks without end", () => {
  // With a quadratic pattern, these would take minutes.
  assertEquals(isMediaType(`a/b${" ".repeat(1_000_000)}`), false);
  assertEquals(isMediaType(`a/b;${" ".repeat(1_000_000)}`), false);
  assertEquals(isMediaType(`a/b${"; c=d".repeat(100_000)}; `), false);
});
