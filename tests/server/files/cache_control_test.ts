import { assertEquals } from "@std/assert";
import { hasHash, IMMUTABLE, makeCacheControl } from "../../../server/files/cache_control.ts";

Deno.test("hasHash() knows the names that build tools make", () => {
  const names = [
    "app.3f2a9c1b.js",
    "app.3f2a9c1b.min.js",
    "app.3f2a9c1b.js.map",
    "main.0ad5a3dd1c9f7c2c8e7f.js",
    "index-BX7a2k9Q.css",
    "chunk-4X2KJ7QF.js",
    "page-1a2b3c4d5e6f7a8b.js",
    "logo_0f1e2d3c.svg",
    "a.b.c-9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a.woff2",
    "my-long-name.a1b2c3d4.css",
    "style.d41d8cd98f00b204e9800998ecf8427e.css",
  ];
  for (const name of names) assertEquals(hasHash(name), true, name);
});

Deno.test("hasHash() takes nothing else for a hash", () => {
  const names = [
    "",
    "app.js",
    "index.html",
    "jquery-3.7.1.min.js",
    "report-20260101.pdf",
    "icon-download.svg",
  ]
    .concat([
      "menu-cafe2020.txt",
      "icon-darkMode.svg",
      "x-MyReport.pdf",
      "x-MyPhoto2.jpg",
      "IMG_20260101.jpg",
    ])
    .concat([
      "DSC00012.JPG",
      "x-DSC23456.jpg",
      "a-deadbeef.css",
      "a-12345678.css",
      "3f2a9c1b.js",
      "a.3f2a9c1.js",
    ])
    .concat([
      "a-3f2a9c1b",
      "a-3f2a9c1b.d.t.s",
      `a-${"1a".repeat(33)}.js`,
      "a-3F2a9c1b4.js",
      "feature-INDEX2.html",
    ])
    .concat(["sub-3f2a9c1b.x/plain.js", "archive.tar.gz", "a--------.js", "readme-ENGLISH2.txt"]);
  for (const name of names) assertEquals(hasHash(name), false, name);
});

Deno.test("hasHash() takes linear time", () => {
  for (const piece of ["a1", ".a", "-a1b2c3d4", "."]) hasHash(piece.repeat(100_000));
});

Deno.test("makeCacheControl() gives the value of the first rule that fits", () => {
  const value = makeCacheControl([
    { glob: "*.html", value: "no-cache" },
    { glob: "assets/**", value: "immutable" },
    { glob: "assets/*.css", value: "max-age=60" },
    { glob: "/top.js", value: "no-store" },
    { glob: "*.js", value: "max-age=10" },
  ], false);
  const cases: [path: string, expected: string | undefined][] = [
    ["index.html", "no-cache"],
    ["a/b/page.html", "no-cache"],
    ["assets/page.html", "no-cache"],
    ["assets/app.3f2a9c1b.js", IMMUTABLE],
    ["assets/app.js", "max-age=10"],
    ["assets/app.css", "max-age=60"],
    ["assets/app.png", undefined],
    ["app.3f2a9c1b.js", "max-age=10"],
    ["top.js", "no-store"],
    ["a/top.js", "max-age=10"],
    ["photo.png", undefined],
    ["PAGE.HTML", undefined],
  ];
  for (const [path, expected] of [...cases, ...cases]) assertEquals(value(path), expected, path);
});

Deno.test("makeCacheControl() knows no rules, and rules in any case", () => {
  assertEquals(makeCacheControl([], false)("a"), undefined);
  assertEquals(
    makeCacheControl([{ glob: "*.HTML", value: "no-cache" }], true)("a.html"),
    "no-cache",
  );
});
