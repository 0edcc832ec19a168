import { assertEquals } from "@std/assert";
import { mediaType } from "../../../server/files/media_type.ts";

Deno.test("mediaType() names the type of a file, with charset for text", () => {
  const cases: [string, string][] = [
    ["index.html", "text/html; charset=UTF-8"],
    ["a/b/style.css", "text/css; charset=UTF-8"],
    ["app.js", "text/javascript; charset=UTF-8"],
    ["app.mjs", "text/javascript; charset=UTF-8"],
    ["notes.txt", "text/plain; charset=UTF-8"],
    ["data.json", "application/json; charset=UTF-8"],
    ["logo.svg", "image/svg+xml"],
    ["photo.png", "image/png"],
    ["app.wasm", "application/wasm"],
    ["site.webmanifest", "application/manifest+json; charset=UTF-8"],
    ["archive.tar.gz", "application/gzip"],
    ["PAGE.HTML", "text/html; charset=UTF-8"],
  ];
  for (const [name, expected] of cases) {
    assertEquals(mediaType(name), expected, name);
    assertEquals(mediaType(name), expected, `${name}, a second time`);
  }
});

Deno.test("mediaType() takes what it does not know for bytes", () => {
  const names = ["README", "html", "name.", "folder.html/LICENSE", "x.doesnotexist", "", ".html"]
    .concat([`x.${"y".repeat(200)}`, "x.;charset", "x. html", "x.text/html", "x.é"]);
  for (const name of names) assertEquals(mediaType(name), "application/octet-stream", name);
});
