import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { mayBeAskedFor, parseSafePath, type PathPolicy } from "../../../server/files/safe_path.ts";

const WINDOWS = { windows: true };

function read(rawPath: string, policy?: PathPolicy): string | number {
  const path = parseSafePath(rawPath, policy);
  if (typeof path === "number") return path;
  return path.relative + (path.folder ? "|folder" : "|file");
}

function check(cases: readonly (readonly [string, string | number])[], policy?: PathPolicy): void {
  for (const [rawPath, expected] of cases) {
    assertEquals(read(rawPath, policy), expected, JSON.stringify(rawPath));
  }
}

Deno.test("parseSafePath() accepts plain paths", () => {
  check([
    ["/", "|folder"],
    ["/index.html", "index.html|file"],
    ["/a/b/c.tar.gz", "a/b/c.tar.gz|file"],
    ["/a/b/", "a/b|folder"],
    ["/a-b_c/-x", "a-b_c/-x|file"],
    ["/name.", "name.|file"],
    ["/a..b/c...", "a..b/c...|file"],
    ["/~user/x", "~user/x|file"],
    ["/a+b,c;d=e@f!$&'()*:", "a+b,c;d=e@f!$&'()*:|file"],
    ['/lenient"<>^`{|}', 'lenient"<>^`{|}|file'],
  ]);
});

Deno.test("parseSafePath() decodes percent escapes exactly once", () => {
  check([
    ["/%61%62", "ab|file"],
    ["/with%20space", "with space|file"],
    ["/%C3%BC/%e2%82%ac.txt", "ü/€.txt|file"],
    ["/%F0%9F%98%80", "😀|file"],
    ["/100%25", "100%|file"],
    ["/%252e%252e/x", "%2e%2e/x|file"],
    ["/%252fetc", "%2fetc|file"],
    ["/%2500", "%00|file"],
    ["/%3f%23", "?#|file"],
    ["/a%3Ab", "a:b|file"],
  ]);
});

Deno.test("parseSafePath() refuses invalid escapes and invalid UTF-8 with 400", () => {
  check([
    ["/%", 400],
    ["/%4", 400],
    ["/%zz", 400],
    ["/%u0041", 400],
    ["/a%", 400],
    ["/%ff", 400],
    ["/%c3", 400],
    ["/%c3%28", 400],
    ["/%80", 400],
    ["/%c0%ae%c0%ae/x", 400], // overlong "."
    ["/%c0%af", 400], // overlong "/"
    ["/%e0%80%af", 400],
    ["/%ed%a0%80", 400], // surrogate
    ["/%f5%80%80%80", 400],
  ]);
});

Deno.test("parseSafePath() refuses NUL and control characters with 400", () => {
  for (let code = 0; code < 0x20; code++) {
    const hex = code.toString(16).padStart(2, "0");
    check([[`/a%${hex}`, 400], [`/%${hex.toUpperCase()}b`, 400]]);
    check([[`/a${String.fromCharCode(code)}`, 400]]);
  }
  check([["/%7f", 400], ["/%7F", 400], ["/a\x7f", 400], ["/a b", 400], ["/ü", 400], [
    "/\xff",
    400,
  ]]);
});

Deno.test("parseSafePath() refuses hidden separators with 400", () => {
  check([
    ["/a%2fb", 400],
    ["/a%2Fb", 400],
    ["/%2f", 400],
    ["/a%5cb", 400],
    ["/a%5Cb", 400],
    ["/a\\b", 400],
    ["/..\\..\\x", 400],
    ["/%5C..%5Cx", 400],
    ["/..%5c..%5cx", 400],
    ["/a%2f..%2fb", 400],
  ]);
});

Deno.test("parseSafePath() refuses dot segments with 400, encoded or not", () => {
  check([
    ["/.", 400],
    ["/..", 400],
    ["/../x", 400],
    ["/a/../b", 400],
    ["/a/.", 400],
    ["/./.", 400],
    ["/./../x", 400],
    ["/a/.././b", 400],
    ["/a/%2e/b", 400],
    ["/a/..", 400],
    ["/a/../", 400],
    ["/%2e", 400],
    ["/%2e%2e/x", 400],
    ["/%2E./x", 400],
    ["/.%2e/x", 400],
    ["/a/%2e%2e/%2e%2e/etc/passwd", 400],
    ["/.hidden/../x", 400],
    ["//../x", 400],
  ]);
});

Deno.test("parseSafePath() stays where it is at a dot segment on the way, as apt writes it", () => {
  check([
    ["/./Packages", "Packages|file"],
    ["/./", "|folder"],
    ["/a/./././b/", "a/b|folder"],
    ["/a/./", "a|folder"],
    ["/a./b", "a./b|file"],
    ["/.//x", 404],
    ["/./.env", 404],
    ["/a/./.well-known/x", 404],
    ["/./.well-known/x", ".well-known/x|file"],
  ]);
});

Deno.test("parseSafePath() does not find empty segments", () => {
  check([
    ["//", 404],
    ["//host/", 404],
    ["//host", 404],
    ["/a//b", 404],
    ["/a//", 404],
    ["///", 404],
  ]);
});

Deno.test("parseSafePath() does not find dot files, but for .well-known at the top", () => {
  check([
    ["/.env", 404],
    ["/.git/config", 404],
    ["/a/.git/", 404],
    ["/%2egit", 404],
    ["/...", 404],
    ["/..foo", 404],
    ["/a/...", 404],
    ["/.well-known", ".well-known|file"],
    ["/.well-known/", ".well-known|folder"],
    ["/.well-known/security.txt", ".well-known/security.txt|file"],
    ["/%2ewell-known/x", ".well-known/x|file"],
    ["/a/.well-known/x", 404],
    ["/.well-known/.env", 404],
    ["/.well-known/.well-known", 404],
    ["/.well-knownx", 404],
    ["/.WELL-KNOWN/x", 404],
  ]);
});

Deno.test("parseSafePath() takes names of 255 bytes and no longer ones", () => {
  const letters = "x".repeat(255);
  check([
    [`/${letters}`, `${letters}|file`],
    [`/${letters}/`, `${letters}|folder`],
    [`/${letters}x`, 404],
    [`/a/${letters}x/b`, 404],
    // Two bytes each: 127 of them and one letter are 255 bytes.
    [`/${"%C3%BC".repeat(127)}x`, `${"ü".repeat(127)}x|file`],
    [`/${"%C3%BC".repeat(128)}`, 404],
    // Four bytes each, two UTF-16 units.
    [`/${"%F0%9F%98%80".repeat(63)}`, `${"😀".repeat(63)}|file`],
    [`/${"%F0%9F%98%80".repeat(64)}`, 404],
  ]);
});

Deno.test("parseSafePath() refuses what is not an absolute path with 400", () => {
  check([
    ["", 400],
    ["*", 400],
    ["a", 400],
    ["http://host/a", 400],
    ["/a?b", 400],
    ["/a#b", 400],
  ]);
});

Deno.test("parseSafePath() refuses names that Windows would read differently, there only", () => {
  const names = ["a:b", "C:", "a:$DATA", "a.", "a..", "a%20", "x~1", "PROGRA~1", "con", "CON.txt"]
    .concat(["nul", "lpt1.x", "COM9", "a*", "a%3fb", "a%3cb", "a|b", 'a"b']);
  for (const name of names) {
    check([[`/${name}`, 404], [`/x/${name}/y`, 404]], WINDOWS);
    assert(typeof read(`/${name}`) === "string", name);
  }
  check(
    [["/console", "console|file"], ["/com", "com|file"], ["/a~b", "a~b|file"], [
      "/a.b",
      "a.b|file",
    ]],
    WINDOWS,
  );
});

Deno.test("parseSafePath() takes and refuses plain paths alike on both roads", () => {
  const segment = fc.stringMatching(/^[\w.-]{1,6}$/);
  fc.assert(fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), (segments) => {
    const plain = "/" + segments.join("/");
    // With every letter escaped, no fast path is taken.
    const escaped = plain.replace(/\w/g, (c) => "%" + c.charCodeAt(0).toString(16));
    assertEquals(read(plain), read(escaped));
  }));
});

Deno.test("parseSafePath() never lets a dangerous segment through, whatever it is given", () => {
  const token = fc.oneof(
    fc.constantFrom("/", "..", ".", "%2e", "%2E", "%2f", "%5c", "\\", "%00", "%", "%c3%bc", "%ff"),
    fc.constantFrom(".well-known", "a", "b.txt", "%25", "%20", ":", "~1", "%0a", "\r\n"),
    fc.string({ maxLength: 3, unit: "binary" }),
  );
  const rawPath = fc.array(token, { maxLength: 12 }).map((tokens) => "/" + tokens.join(""));
  fc.assert(
    fc.property(rawPath, fc.boolean(), fc.boolean(), (raw, windows, dotfiles) => {
      const path = parseSafePath(raw, { windows, dotfiles });
      if (typeof path === "number") return assert(path === 400 || path === 404);
      if (path.relative === "") return assert(path.folder);
      path.relative.split("/").forEach((segment, at) => {
        assert(segment !== "" && segment !== "." && segment !== "..");
        assert(dotfiles || !segment.startsWith(".") || at === 0 && segment === ".well-known");
        // deno-lint-ignore no-control-regex
        assert(!/[\x00-\x1f\x7f\\]/.test(segment));
      });
    }),
    { numRuns: 3000 },
  );
});

Deno.test("parseSafePath() lets dot files through where that is the policy, but no dot segments", () => {
  check([
    ["/.env", ".env|file"],
    ["/a/.git/", "a/.git|folder"],
    ["/...", "...|file"],
    ["/%2egit/x", ".git/x|file"],
    ["/a.b/c", "a.b/c|file"],
    ["/.", 400],
    ["/..", 400],
    ["/.git/../x", 400],
    ["/.git/%2e%2e/x", 400],
    ["/a//.b", 404],
  ], { dotfiles: true });
  check([["/.env", ".env|file"], ["/.a.", 404], ["/.a:b", 404]], { dotfiles: true, windows: true });
});

Deno.test("mayBeAskedFor() tells the names that a path can have", () => {
  const cases: [name: string, top: boolean, below: boolean, dotfiles: boolean, windows: boolean][] =
    [
      ["a", true, true, true, true],
      ["a b\u00fc\u{1f600}", true, true, true, true],
      ["%2e", true, true, true, true],
      [".env", false, false, true, false],
      [".well-known", true, false, true, true],
      ["con", true, true, true, false],
      ["a:b", true, true, true, false],
      [".", false, false, false, false],
      ["..", false, false, false, false],
      ["", false, false, false, false],
      ["a\\b", false, false, false, false],
      ["a\nb", false, false, false, false],
      ["a\x7fb", false, false, false, false],
      ["a\ud800", false, false, false, false],
      ["x".repeat(256), false, false, false, false],
    ];
  for (const [name, top, below, dotfiles, windows] of cases) {
    assertEquals(mayBeAskedFor(name, true, {}), top, name);
    assertEquals(mayBeAskedFor(name, false, {}), below, name);
    assertEquals(mayBeAskedFor(name, false, { dotfiles: true }), dotfiles, name);
    assertEquals(mayBeAskedFor(name, true, { windows: true }), windows, name);
    // The same as the path says, whatever it is.
    if (name === "" || !name.isWellFormed()) continue;
    const path = parseSafePath(`/${encodeURIComponent(name)}`);
    assertEquals(typeof path === "object", mayBeAskedFor(name, true, {}), name);
  }
});

Deno.test("parseSafePath() takes linear time", () => {
  // Timings decide nothing here: a quadratic pattern would not end within the test run.
  for (const piece of ["/a", "a", "/", "/.", "./", "%61", "a.", "-", "/.well-known"]) {
    const path = parseSafePath("/" + piece.repeat(200_000));
    assert(typeof path === "object" || path === 400 || path === 404);
  }
});
