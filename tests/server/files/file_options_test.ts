import { assertEquals, assertThrows } from "@std/assert";
import {
  CODINGS,
  FOLDER_OPTION_NAMES,
  type FolderOptions,
  resolveFolderOptions,
} from "../../../server/files/file_options.ts";

Deno.test("resolveFolderOptions() fills in the documented defaults", () => {
  assertEquals(resolveFolderOptions({}, "test"), {
    docroot: ".",
    index: "index.html",
    precompressed: [],
    compress: false,
    links: "inside",
    dotfiles: false,
    hidden: [],
    cache: { maxBytes: 67_108_864, maxFileBytes: 1_048_576, maxEntries: 10_000, maxAge: 1 },
    cacheControl: [],
    listing: false,
    spa: false,
    notFound: undefined,
    cleanUrls: false,
    headers: {},
  });
});

Deno.test("resolveFolderOptions() takes what is given, and undefined for not given", () => {
  const resolve = (options: FolderOptions) => resolveFolderOptions(options, "test");
  assertEquals(resolve({ precompressed: true }).precompressed, CODINGS);
  assertEquals(resolve({ precompressed: ["gzip", "br"] }).precompressed, ["br", "gzip"]);
  assertEquals(resolve({ gzip: true }).precompressed, ["gzip"]);
  assertEquals(resolve({ gzip: true, precompressed: ["zstd"] }).precompressed, ["zstd", "gzip"]);
  assertEquals(resolve({ gzip: false, precompressed: false }).precompressed, []);
  assertEquals(resolve({ cache: false }).cache, false);
  assertEquals(resolve({ cache: { maxBytes: 0, maxAge: 0.5, maxEntries: undefined } }).cache, {
    ...{ maxBytes: 0, maxFileBytes: 1_048_576, maxEntries: 10_000, maxAge: 0.5 },
  });
  assertEquals(resolve({ cacheControl: "no-cache" }).cacheControl, [{
    glob: "**",
    value: "no-cache",
  }]);
  const rules = [{ glob: "*.js", value: "immutable" }];
  assertEquals(resolve({ cacheControl: rules }).cacheControl, rules);
  assertEquals(resolve({ spa: true }).spa, "index.html");
  assertEquals(resolve({ spa: true, index: "home.htm" }).spa, "home.htm");
  assertEquals(resolve({ spa: "./app/main.html" }).spa, "app/main.html");
  assertEquals(resolve({ notFound: "/404.html" }).notFound, "404.html");
  assertEquals(resolve({ headers: { "X-A": "b c" } }).headers, { "X-A": "b c" });
  const nothing = Object.fromEntries(FOLDER_OPTION_NAMES.map((name) => [name, undefined]));
  assertEquals(resolve(nothing), resolve({}));
});

Deno.test("resolveFolderOptions() takes what it has resolved", () => {
  const options: FolderOptions = {
    ...{ docroot: "/srv", index: "home.htm", precompressed: ["zstd"], gzip: true, compress: true },
    ...{ links: "none", dotfiles: true, hidden: ["*~"], cache: { maxAge: 5 }, listing: true },
    ...{ cacheControl: "no-cache", spa: true, notFound: "404.html", cleanUrls: true },
    headers: { "X-A": "b" },
  };
  assertEquals(Object.keys(options).sort(), [...FOLDER_OPTION_NAMES].sort());
  const once = resolveFolderOptions(options, "test");
  assertEquals(resolveFolderOptions(once, "test"), once);
});

Deno.test("resolveFolderOptions() refuses what makes no sense, and names the option", () => {
  const cases: [options: unknown, message: string, type?: typeof RangeError][] = [
    [null, "the options are no object"],
    ["x", "the options are no object"],
    [{ indx: "a" }, 'no option "indx"'],
    [{ Listing: true }, 'no option "Listing"'],
    [{ docroot: "" }, 'option "docroot" is not a text'],
    [{ docroot: null }, 'option "docroot" is not a text'],
    [{ index: 5 }, 'option "index" is not a text'],
    [{ gzip: "yes" }, 'option "gzip" is neither true nor false'],
    [{ compress: 1 }, 'option "compress" is neither true nor false'],
    [{ dotfiles: "no" }, 'option "dotfiles" is neither true nor false'],
    [{ listing: "no" }, 'option "listing" is neither true nor false'],
    [{ cleanUrls: {} }, 'option "cleanUrls" is neither true nor false'],
    [{ precompressed: "br" }, 'option "precompressed" is not a list'],
    [
      { precompressed: ["deflate"] },
      'option "precompressed" is "deflate", not of "br", "zstd" and',
    ],
    [{ links: true }, 'option "links" is true, not "inside", "none" or "anywhere"'],
    [{ hidden: "*.bak" }, 'option "hidden" is not a list'],
    [{ hidden: [""] }, 'option "hidden" is not a glob'],
    [{ hidden: [5] }, 'option "hidden" is not a glob'],
    [{ hidden: ["../x"] }, 'option "hidden" is "../x", which fits no path below the folder'],
    [{ hidden: ["!x"] }, 'option "hidden" is "!x", which begins with an exclamation mark'],
    [{ cache: true }, 'option "cache" is neither false nor an object'],
    [{ cache: { maxSize: 5 } }, 'no option "cache.maxSize"'],
    [{ cache: { toString: 5 } }, 'no option "cache.toString"'],
    [{ cache: { maxBytes: "5" } }, 'option "cache.maxBytes" is not a number'],
    [{ cache: { maxBytes: -1 } }, 'option "cache.maxBytes" is -1, not 0 or more', RangeError],
    [{ cache: { maxAge: NaN } }, 'option "cache.maxAge" is NaN, not 0 or more', RangeError],
    [{ cacheControl: "a\nb" }, 'option "cacheControl" is "a\\nb", not the value of a field'],
    [{ cacheControl: 5 }, 'option "cacheControl" is not a list'],
    [{ cacheControl: ["*"] }, 'option "cacheControl" is neither a text nor a list of rules'],
    [{ cacheControl: [{ glob: "*" }] }, 'option "cacheControl.value" is not a text'],
    [{ cacheControl: [{ value: "a" }] }, 'option "cacheControl.glob" is not a glob'],
    [{ cacheControl: [{ glob: "*", value: "a", x: 1 }] }, 'no option "cacheControl.x"'],
    [{ cacheControl: [{ glob: "!a", value: "a" }] }, 'option "cacheControl.glob" is "!a"'],
    [{ spa: 5 }, 'option "spa" is not the name of a file'],
    [{ spa: "a/../b" }, 'option "spa" is "a/../b", not a file below the folder'],
    [{ spa: "a/" }, 'option "spa" is "a/", not a file below the folder'],
    [{ notFound: true }, 'option "notFound" is not the name of a file'],
    [{ notFound: "" }, 'option "notFound" is not the name of a file'],
    [
      { notFound: "../404.html" },
      'option "notFound" is "../404.html", not a file below the folder',
    ],
    [{ headers: [] }, 'option "headers" is not an object with fields'],
    [{ headers: { "a b": "c" } }, 'option "headers" is not valid: "a b" is no name of a field'],
    [
      { headers: { a: "b\r\nc: d" } },
      'option "headers.a" is "b\\r\\nc: d", not the value of a field',
    ],
    [{ headers: { a: "\u20ac" } }, 'option "headers.a" is "\u20ac", not the value of a field'],
    [{ headers: { a: 5 } }, 'option "headers.a" is not a text'],
  ];
  for (const [options, message, type = TypeError] of cases) {
    const error = assertThrows(() => resolveFolderOptions(options as FolderOptions, "do it"), type);
    assertEquals(error.message.startsWith(`Cannot do it: ${message}`), true, error.message);
  }
  for (const index of [".", "..", "a/b", "../x", "a\\b", "a\0b", "/x"]) {
    assertThrows(
      () => resolveFolderOptions({ index }, "test"),
      TypeError,
      "not the name of a file",
    );
  }
});

Deno.test("resolveFolderOptions() refuses fields that are the server's to set", () => {
  const names = [
    "Content-Length",
    "transfer-encoding",
    "CONNECTION",
    "Keep-Alive",
    "Upgrade",
    "Trailer",
  ]
    .concat([
      "Content-Encoding",
      "Content-Range",
      "Content-Type",
      "ETag",
      "Last-Modified",
      "Date",
      "Accept-Ranges",
    ])
    .concat(["Location", "TE", "X-Content-Type-Options"]);
  for (const name of names) {
    const options = { headers: { [name]: "1" } };
    assertThrows(
      () => resolveFolderOptions(options, "test"),
      TypeError,
      `field "${name}" is set by`,
    );
  }
});

Deno.test("resolveFolderOptions() puts the prefix before the options that a server does not have itself", () => {
  const resolve = (options: unknown) => () =>
    resolveFolderOptions(options as FolderOptions, "listen", "files.");
  assertThrows(resolve({ links: 5 }), TypeError, 'option "files.links" is');
  assertThrows(resolve({ nothing: 5 }), TypeError, 'no option "files.nothing"');
  assertThrows(resolve({ index: "a/b" }), TypeError, 'option "index" is');
});
