import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { makeTemporaryName } from "../../../server/changes/temporary_name.ts";
import { makeHides } from "../../../server/files/hidden.ts";

function check(hides: (path: string) => boolean, hidden: string[], shown: string[]): void {
  // Twice, since verdicts are kept.
  for (const path of [...hidden, ...hidden]) assertEquals(hides(path), true, path);
  for (const path of [...shown, ...shown]) assertEquals(hides(path), false, path);
}

Deno.test("makeHides() hides dot names wherever they are, but for .well-known at the top", () => {
  check(
    makeHides({ dotfiles: false, hidden: [] }, false),
    [
      ".env",
      "a/.env",
      ".git/config",
      "a/.b/c",
      "...",
      ".well-knownx",
      "a/.well-known",
      ".Well-Known/x",
    ]
      .concat([".well-known/.env", ".well-known/.well-known"]),
    ["", "a", "a.b", "a/b.", ".well-known", ".well-known/x", "a/b..c/d"],
  );
});

Deno.test("makeHides() hides names of uploads under way even where dot names are shown", () => {
  const name = makeTemporaryName();
  const resumable = makeTemporaryName(12345);
  check(
    makeHides({ dotfiles: true, hidden: [] }, false),
    [name, `a/${name}`, `a/${resumable}`, `${name}/b`],
    ["", ".env", "a/.git/config", ".upload-", `${name}.txt`, "upload"],
  );
});

Deno.test("makeHides() hides by globs on names, and on paths with all that is below", () => {
  const hidden = ["*.bak", "node_modules", "/top", "a/private", "logs/**/*.log", "b/"];
  check(
    makeHides({ dotfiles: true, hidden }, false),
    [
      "x.bak",
      "a/x.bak",
      "x.bak/y",
      "node_modules",
      "a/node_modules/b/c",
      "top",
      "top/x",
      "a/private",
    ]
      .concat(["a/private/b/c", "logs/x.log", "logs/a/b/x.log", "b", "x/b/y", "x/.bak/y.bak"]),
    [
      "",
      "bak",
      "x.bak2",
      "a/top",
      "private",
      "b2",
      "x/a/private",
      "x.log",
      "X.BAK",
      "a/b2/private",
      ".env",
    ],
  );
  check(makeHides({ dotfiles: true, hidden }, true), ["X.BAK", "TOP/x", "A/Private/b"], ["x"]);
});

Deno.test("makeHides() hides what is in whatever it hides", () => {
  const segment = fc.constantFrom("a", "b", ".c", "x.bak", "private");
  const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((it) => it.join("/"));
  const globs = fc.subarray(["*.bak", "/a/b", "private", "b/**/a", "?"]);
  fc.assert(fc.property(path, segment, globs, fc.boolean(), (path, name, hidden, dotfiles) => {
    const hides = makeHides({ dotfiles, hidden }, false);
    if (hides(path)) assert(hides(`${path}/${name}`));
  }));
});
