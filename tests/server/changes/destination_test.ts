import { assertEquals } from "@std/assert";
import { parseDestination } from "../../../server/changes/destination.ts";

function parse(destination: string, prefix = ""): string | number {
  const path = parseDestination(destination, "a.example:8000", prefix, {});
  return typeof path === "number" ? path : path.relative;
}

Deno.test("a Destination is a path, or the URL of one at this server", () => {
  assertEquals(parse("/x/y%20z"), "x/y z");
  assertEquals(parse("/x/"), "x");
  assertEquals(parse("http://a.example:8000/x"), "x");
  assertEquals(parse("https://A.example:8000/x"), "x");
  assertEquals(parse("http://a.example:8000"), "");
});

Deno.test("another server is 502, and so is what is beside the prefix", () => {
  assertEquals(parse("http://b.example:8000/x"), 502);
  assertEquals(parse("http://a.example/x"), 502);
  assertEquals(parse("http://a.example:8000@b.example/x"), 502);
  assertEquals(parse("/site/x", "/site"), "x");
  assertEquals(parse("/site", "/site"), "");
  assertEquals(parse("/sitex/y", "/site"), 502);
  assertEquals(parse("/x", "/site"), 502);
  assertEquals(parse("/site/../x", "/site"), 400);
});

Deno.test("what is no safe path is refused as that of a request would be", () => {
  for (
    const bad of [
      "",
      "x",
      "//b/x",
      "../x",
      "/../x",
      "/%2e%2e/x",
      "/a%2fb",
      "/a\\b",
      "/%00",
      "/x?y",
      "/x#y",
      "/%ff",
    ]
  ) {
    assertEquals(parse(bad), 400, bad);
  }
  assertEquals(parse("/.git/x"), 404);
  assertEquals(parse("/a//b"), 404);
});
