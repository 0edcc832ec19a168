import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { wantedCodings } from "../../../server/files/encodings.ts";
import type { Coding } from "../../../server/files/file_source.ts";

const ALL: readonly Coding[] = ["br", "zstd", "gzip"];

Deno.test("wantedCodings() follows Accept-Encoding with its weights", () => {
  const cases: [value: string | undefined, all: string, gzip: string][] = [
    [undefined, "", ""],
    ["", "", ""],
    [" ", "", ""],
    ["gzip", "gzip", "gzip"],
    ["GZIP", "gzip", "gzip"],
    ["x-gzip", "gzip", "gzip"],
    ["X-GZip;q=0.5", "gzip", "gzip"],
    ["gzip, deflate, br, zstd", "br zstd gzip", "gzip"],
    ["br;q=1.0, gzip;q=0.8, *;q=0.1", "br gzip zstd", "gzip"],
    ["gzip;q=0.9, zstd;q=0.8, br;q=0.7", "gzip zstd br", "gzip"],
    ["*", "br zstd gzip", "gzip"],
    ["*;q=0.1", "br zstd gzip", "gzip"],
    ["br", "br", ""],
    ["br, *", "br zstd gzip", "gzip"],
    ["*, br;q=0", "zstd gzip", "gzip"],
    ["identity", "", ""],
    ["gzip;q=0", "", ""],
    ["gzip;Q=0", "", ""],
    ["gzip; q=0.000", "", ""],
    ["gzip ; q=0", "", ""],
    ["gzip;q=0, *", "br zstd", ""],
    ["*;q=0", "", ""],
    ["*;q=0, gzip", "gzip", "gzip"],
    ["*;q=0.5, gzip;q=0.1", "br zstd gzip", "gzip"],
    ["deflate, gzip;q=0.5", "gzip", "gzip"],
    ["gzip;q=0.001", "gzip", "gzip"],
    ["identity;q=1, gzip;q=0.5", "", ""],
    ["identity;q=0.6, br;q=0.5, gzip;q=0.7", "gzip", "gzip"],
    ["identity;q=0.5, gzip;q=1", "gzip", "gzip"],
    ["gzip, identity", "gzip", "gzip"],
    ["identity, gzip", "gzip", "gzip"],
    ["identity, *", "br zstd gzip", "gzip"],
    ["identity, *;q=0.9", "", ""],
    ["identity;q=0.9, *", "br zstd gzip", "gzip"],
    ["identity;q=0", "", ""],
    ["identity;q=0, gzip", "gzip", "gzip"],
    ["identity;q=0, *;q=0", "", ""],
    ["abgzip", "", ""],
    ["gzipx", "", ""],
    ["x-gzipped", "", ""],
    ["gzip;q=nonsense", "", ""],
    [";;;,,,", "", ""],
    ["gzip\u0100", "", ""],
    ["\xe4, gzip", "", ""],
  ];
  for (const [value, all, gzip] of cases) {
    for (const time of ["first", "second"]) {
      assertEquals(wantedCodings(value, ALL).join(" "), all, `${value}, asked a ${time} time`);
      assertEquals(
        wantedCodings(value, ["gzip"]).join(" "),
        gzip,
        `${value}, asked a ${time} time`,
      );
    }
    assertEquals(wantedCodings(value, []), []);
  }
});

Deno.test("wantedCodings() prefers among equal ones what is offered first", () => {
  assertEquals(wantedCodings("br, gzip", ["gzip", "br"]), ["gzip", "br"]);
  assertEquals(wantedCodings("gzip, br", ["br", "gzip"]), ["br", "gzip"]);
});

Deno.test("wantedCodings() does not look at overlong fields", () => {
  assertEquals(wantedCodings("gzip" + ", br".repeat(255), ["gzip"]), ["gzip"]);
  assertEquals(wantedCodings("gzip" + ", br".repeat(256), ["gzip"]), []);
});

Deno.test("wantedCodings() answers to any text with what is offered, nothing twice", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."gzip;q=0.5,* br") }),
  );
  fc.assert(fc.property(text, fc.subarray([...ALL]), (value, offered) => {
    const wanted = wantedCodings(value, offered);
    assert(wanted.every((it) => offered.includes(it)));
    assertEquals(new Set(wanted).size, wanted.length);
  }));
});
