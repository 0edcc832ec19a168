import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  checkManifest,
  formatManifest,
  type SiteManifest,
} from "../../../server/embedded/manifest.ts";

const FILE = { etag: '"x"', size: 1, type: "text/plain; charset=UTF-8", immutable: false };
const STORED = { file: "a.js.br", size: 1, etag: '"y"' };

/** A manifest of one file, with something about it changed. */
function manifestOf(change: Record<string, unknown>, path = "a.js"): unknown {
  return { version: 1, files: Object.fromEntries([[path, { ...FILE, ...change }]]) };
}

Deno.test("checkManifest() returns what is right as it is", () => {
  const rights: unknown[] = [
    { version: 1, files: {} },
    manifestOf({ size: 0, file: "elsewhere/0" }),
    manifestOf({ codings: {} }),
    manifestOf({ codings: { br: STORED, zstd: STORED, gzip: STORED }, more: "of a later version" }),
  ];
  for (const right of rights) assertStrictEquals(checkManifest(right), right);
});

Deno.test("a manifest that is imported as a module has the right type", () => {
  // As the compiler sees the JSON: its own type for each file.
  const imported = {
    version: 1,
    files: { "a": { ...FILE, file: "b" }, "b": { ...FILE, codings: { br: STORED } }, "c": FILE },
  };
  const manifest: SiteManifest = imported;
  assertStrictEquals(checkManifest(manifest), imported);
});

Deno.test("formatManifest() writes what is read as the same manifest", () => {
  const manifest = manifestOf({ codings: { br: STORED } }, "__proto__") as SiteManifest;
  const again = checkManifest(JSON.parse(formatManifest(manifest)));
  assertEquals(Object.entries(again.files), Object.entries(manifest.files));
  assertEquals(formatManifest(again), formatManifest(manifest));
});

Deno.test("checkManifest() says what is wrong with what is none", () => {
  const cases: [value: unknown, message: string][] = [
    [null, "it is no object"],
    [[], "it is no object"],
    [{}, "its version is undefined, not 1"],
    [{ version: 2, files: {} }, "its version is 2, not 1"],
    [{ version: 1, files: [] }, '"files" is no object'],
    [{ version: 1, files: { a: 1 } }, 'file "a" is no object'],
    [manifestOf({ etag: "x" }), 'file "a.js": "etag" is "x", not a strong entity tag'],
    [manifestOf({ etag: 'W/"x"' }), 'file "a.js": "etag" is "W/\\"x\\"", not a strong entity tag'],
    [manifestOf({ etag: '"x\r\n"' }), 'file "a.js": "etag" is'],
    [manifestOf({ size: -1 }), 'file "a.js": "size" is -1, not a number of bytes'],
    [manifestOf({ size: 1.5 }), 'file "a.js": "size" is 1.5, not a number of bytes'],
    [manifestOf({ size: "1" }), 'file "a.js": "size" is "1", not a number of bytes'],
    [manifestOf({ type: "" }), 'file "a.js": "type" is "", not a media type'],
    [manifestOf({ type: "a\r\nb: c" }), 'file "a.js": "type" is "a\\r\\nb: c", not a media type'],
    [manifestOf({ immutable: 1 }), 'file "a.js": "immutable" is no boolean'],
    [manifestOf({ file: "/x" }), 'file "a.js": "file" is "/x", not a path of a file'],
    [manifestOf({ codings: [] }), 'file "a.js": "codings" is no object'],
    [
      manifestOf({ codings: { lz: STORED } }),
      'file "a.js", coding "lz": none of br, zstd and gzip',
    ],
    [manifestOf({ codings: { br: null } }), 'file "a.js", coding "br" is no object'],
    [
      manifestOf({ codings: { br: { ...STORED, file: "../x" } } }),
      'file "a.js", coding "br": "file" is "../x", not a path of a file',
    ],
    [
      manifestOf({ codings: { br: { ...STORED, size: null } } }),
      'file "a.js", coding "br": "size" is null, not a number of bytes',
    ],
  ];
  for (const [value, message] of cases) {
    assertThrows(() => checkManifest(value), TypeError, `Cannot read manifest: ${message}`);
  }
});

Deno.test("checkManifest() takes no path that leads out of the site", () => {
  const outside = ["", "/a", "a/", "a//b", ".", "..", "../a", "a/..", "a/../b", "./a", "a/.", "\0"];
  for (const path of [...outside, "a\\..\\b", "a/\0"]) {
    const message = `Cannot read manifest: ${JSON.stringify(path)} is no path of a file`;
    assertThrows(() => checkManifest(manifestOf({}, path)), TypeError, message);
  }
  for (const path of ["a", "...", "..a", "a..", ".well-known/x", "a/...b/c d", "ü\n"]) {
    checkManifest(manifestOf({}, path));
  }
});
