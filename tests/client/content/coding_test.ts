import { assertEquals, assertThrows } from "@std/assert";
import { ACCEPT_ENCODING, contentCodings } from "../../../client/content/coding.ts";
import { HttpError } from "../../../wire/errors.ts";

Deno.test("contentCodings() names the codings in the order in which they were applied", () => {
  assertEquals(contentCodings("gzip"), ["gzip"]);
  assertEquals(contentCodings("GZip"), ["gzip"]);
  assertEquals(contentCodings("x-gzip"), ["gzip"]);
  assertEquals(contentCodings("deflate, br ,\tzstd"), ["deflate", "br", "zstd"]);
  assertEquals(contentCodings("gzip,,gzip,"), ["gzip", "gzip"]);
  assertEquals(contentCodings("identity, gzip"), ["gzip"]);
});

Deno.test("contentCodings() is undefined where there is nothing to undo", () => {
  for (const value of [undefined, "", " ", ",", "identity", "identity, Identity"]) {
    assertEquals(contentCodings(value), undefined);
  }
});

Deno.test("contentCodings() refuses codings that are unknown, by name", () => {
  for (const name of ["compress", "x-compress", "dcb", "gzipp", "gzip;q=1", "*", "__proto__"]) {
    const error = assertThrows(() => contentCodings(`gzip, ${name}`), HttpError);
    assertEquals(error.code, "bad_content");
    assertEquals(error.message, `Cannot decode body: the coding "${name}" is unknown`);
  }
});

Deno.test("contentCodings() takes five codings and refuses six", () => {
  assertEquals(contentCodings("gzip, br, gzip, br, zstd, identity")?.length, 5);
  const error = assertThrows(() => contentCodings("gzip,gzip,gzip,gzip,gzip,gzip"), HttpError);
  assertEquals(error.code, "bad_content");
  assertEquals(error.message.includes("more than 5 codings"), true);
});

Deno.test("ACCEPT_ENCODING asks for what can be undone, and for all of it", () => {
  assertEquals(contentCodings(ACCEPT_ENCODING), ["gzip", "br", "zstd", "deflate"]);
});
