import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { childPath } from "../../../server/changes/child_path.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";

const ROOT = parseSafePath("/") as SafePath;
const FOLDER = parseSafePath("/a%20b/c/") as SafePath;

function nameInRoot(name: string, policy = {}): string | undefined {
  return childPath(ROOT, name, policy)?.relative;
}

Deno.test("a name becomes the path of a file in the folder, as it is", () => {
  assertEquals(childPath(FOLDER, "50%25 off?.txt", {})?.relative, "a b/c/50%25 off?.txt");
  assertEquals(childPath(FOLDER, "x", {})?.folder, false);
  assertEquals(nameInRoot("grüße 🎈.txt"), "grüße 🎈.txt");
  assertEquals(nameInRoot("a'b\"c#d?e;f&g=h"), "a'b\"c#d?e;f&g=h");
});

Deno.test("what is no plain name of one file is refused, not corrected", () => {
  const names = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/etc/passwd",
    "C:\\x\\y.txt",
    "..\\x",
    ".hidden",
    ".well-known",
    "a\nb",
    "a\0",
    "\x7f",
    "x".repeat(256),
    "é".repeat(128),
    "\ud800",
  ];
  for (const name of names) {
    // RFC 8615: there may be one such folder, at the top.
    const expected = name === ".well-known" ? name : undefined;
    assertEquals(nameInRoot(name), expected, JSON.stringify(name));
    assertEquals(childPath(FOLDER, name, {})?.relative, undefined, JSON.stringify(name));
  }
  assertEquals(nameInRoot("é".repeat(127)), "é".repeat(127));
});

Deno.test("dot names and names of Windows are up to the folder", () => {
  assertEquals(nameInRoot(".env", { dotfiles: true }), ".env");
  assertEquals(nameInRoot("..", { dotfiles: true }), undefined);
  for (const name of ["NUL", "con.txt", "a:b", "a.", "a ", "what?"]) {
    assertEquals(nameInRoot(name, { windows: true }), undefined, name);
  }
});

Deno.test("whatever the name, the path is one segment deeper or there is none", () => {
  const names = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({
      unit: fc.constantFrom(
        ".",
        "/",
        "\\",
        "%",
        "2",
        "f",
        "F",
        "e",
        "\0",
        "\r",
        "a",
        "é",
        "\ud800",
      ),
    }),
  );
  fc.assert(fc.property(names, fc.boolean(), (name, dotfiles) => {
    const child = childPath(FOLDER, name, { dotfiles });
    if (child === undefined) return;
    assertEquals(child.relative, `a b/c/${name}`);
    // deno-lint-ignore no-control-regex
    assertEquals(/[/\\\0-\x1f\x7f]|^\.{1,2}$/.test(name), false);
  }));
});
