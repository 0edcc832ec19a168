import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { numberedName, safeFilename } from "../../../multipart/save/safe_filename.ts";

function check(cases: readonly (readonly [sent: string, safe: string])[]): void {
  assertEquals(cases.map(([sent]) => [sent, safeFilename(sent)]), cases as [string, string][]);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What every system must accept, said in another way than the code says it. */
function assertSafe(name: string): void {
  const shown = JSON.stringify(name);
  assert(name !== "", "empty");
  assert(byteLength(name) <= 255, `${shown} is too long`);
  assert(name.isWellFormed(), `${shown} has half a character`);
  assertEquals(name, name.normalize("NFC"));
  for (const character of name) {
    assert(!'/\\<>:"|?*'.includes(character), shown);
    assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(character) || /\p{Co}/u.test(character), shown);
  }
  assert(!/^[.\s]/.test(name) && !/[.\s]$/.test(name), `${shown} has padding`);
  const device = name.split(".")[0].trimEnd().toUpperCase();
  const devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];
  for (const number of "0123456789¹²³") devices.push(`COM${number}`, `LPT${number}`);
  assert(!devices.includes(device), `${shown} is a device`);
}

Deno.test("safeFilename() leaves ordinary names as they are", () => {
  for (
    const name of [
      "a",
      "photo.jpg",
      "archive.tar.gz",
      "My holiday (2) - copy.JPG",
      "Überraschung.txt",
      "写真.jpeg",
      "🌅.png",
      "-rf",
      "~user",
      "a.b.c",
      "100%.txt",
      "a%22b.txt",
      "it's; $HOME & `x`",
      "__proto__",
      "conference.txt",
      "com.txt",
      "com10.txt",
      "null",
    ]
  ) {
    assertEquals(safeFilename(name), name);
  }
});

Deno.test("safeFilename() takes what follows the last slash or backslash", () => {
  check([
    ["/etc/passwd", "passwd"],
    ["../../a.txt", "a.txt"],
    ["C:\\Users\\me\\photo.jpg", "photo.jpg"],
    ["\\\\server\\share\\a", "a"],
    ["a/b\\c", "c"],
    ["a\\b/c", "c"],
    ["folder/", "file"],
    ["folder\\", "file"],
    ["a/..", "file"],
    ["..\\", "file"],
  ]);
});

Deno.test("safeFilename() falls back to a name where nothing is left", () => {
  for (
    const name of ["", ".", "..", "...", " ", ". . .", "\0", "\u202e", "/", "\ufeff", "\t\r\n"]
  ) {
    assertEquals(safeFilename(name), "file");
  }
});

Deno.test("safeFilename() drops characters that do not show", () => {
  check([
    ["a\0.txt", "a.txt"],
    ["a\r\nb\tc\x7f\x85", "abc"],
    ["photo\u202egpj.exe", "photogpj.exe"],
    ["\u2066a\u2069\u200f\u061c", "a"],
    ["a\u200bb\u200dc\ufeffd\u00ade", "abcde"],
    ["a\u2028b\u2029c", "abc"],
    ["a\uffff\u{10ffff}\u{e0041}b", "ab"],
  ]);
});

Deno.test("safeFilename() drops dots and spaces around a name, also those that others hid", () => {
  check([
    [".htaccess", "htaccess"],
    ["..a..", "a"],
    [" . a . ", "a"],
    ["a.txt.", "a.txt"],
    ["a.txt ", "a.txt"],
    ["a.txt\u00a0\u3000", "a.txt"],
    ["\0.\0.a.\0", "a"],
    ["a\u2000", "a"],
  ]);
});

Deno.test("safeFilename() replaces what Windows reserves", () => {
  check([
    ["what?.txt", "what_.txt"],
    ["a.txt:stream", "a.txt_stream"],
    ["C:a", "C_a"],
    ['<b>"x"|*', "_b__x___"],
  ]);
});

Deno.test("safeFilename() puts a character before the names of devices", () => {
  for (
    const name of [
      "con",
      "CON",
      "Prn",
      "aux",
      "nul",
      "COM1",
      "com9",
      "com0",
      "LPT1",
      "lpt³",
      "COM¹",
    ]
      .concat([
        "CONIN$",
        "conout$",
        "CLOCK$",
        "nul.txt",
        "NUL.tar.gz",
        "con .txt",
        "com1  .a.b",
        "nul\u00a0.x",
      ])
  ) {
    assertEquals(safeFilename(name), `_${name}`);
  }
  check([["con.", "_con"], [".con", "_con"], ["CO\u200bN", "_CON"], ["x/nul", "_nul"]]);
  // The Kelvin sign is a K once it is normalized.
  check([["CLOC\u212a$", "_CLOCK$"]]);
});

Deno.test("safeFilename() normalizes to NFC", () => {
  check([
    ["u\u0308.txt", "\u00fc.txt"],
    ["\u1112\u1161\u11ab", "\ud55c"],
    ["\u212b", "\u00c5"],
    // What did not show is gone before the characters around it meet.
    ["e\u200d\u0301", "\u00e9"],
  ]);
});

Deno.test("safeFilename() repairs half characters", () => {
  check([["a\ud83d.txt", "a\ufffd.txt"], ["\udc00", "\ufffd"]]);
});

Deno.test("safeFilename() cuts long names to 255 bytes and keeps the extension", () => {
  check([
    ["a".repeat(255), "a".repeat(255)],
    ["a".repeat(256), "a".repeat(255)],
    ["a".repeat(251) + ".txt", "a".repeat(251) + ".txt"],
    ["a".repeat(252) + ".txt", "a".repeat(251) + ".txt"],
    ["a".repeat(100_000) + ".jpeg", "a".repeat(250) + ".jpeg"],
    ["ü".repeat(126) + ".txt", "ü".repeat(125) + ".txt"],
    ["写".repeat(200) + ".png", "写".repeat(83) + ".png"],
    ["🌅".repeat(200), "🌅".repeat(63)],
    ["a" + "🌅".repeat(700) + ".png", "a" + "🌅".repeat(62) + ".png"],
    // Too long for an extension.
    ["a." + "b".repeat(300), "a." + "b".repeat(253)],
    // What the cut lays bare at the end is dropped as well.
    ["a".repeat(249) + " . b".repeat(10) + ".txt", "a".repeat(249) + ".txt"],
    ["con" + " ".repeat(300) + "b.txt", "_con.txt"],
    ["con." + "b".repeat(300), "_con." + "b".repeat(250)],
  ]);
});

Deno.test("safeFilename() gives a safe name whatever it is given, and leaves that as it is", () => {
  const token = fc.oneof(
    fc.constantFrom(
      ".",
      "..",
      " ",
      "/",
      "\\",
      ":",
      "con",
      "nul",
      "COM1",
      "lpt²",
      ".txt",
      "\0",
      "\r\n",
    ),
    fc.constantFrom("\u202e", "\u0301", "\u0338", "\u2000", "\ufeff", "\ud800", "\udc00", "\u037e"),
    fc.constantFrom("a".repeat(250), "ü".repeat(125), "写".repeat(85), " ".repeat(100), ".jpeg"),
    fc.string({ unit: "binary", maxLength: 5 }),
    fc.string({ unit: "grapheme", maxLength: 5 }),
  );
  const sent = fc.array(token, { maxLength: 10 }).map((tokens) => tokens.join(""));
  fc.assert(
    fc.property(sent, (filename) => {
      const name = safeFilename(filename);
      assertSafe(name);
      assertEquals(safeFilename(name), name);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("safeFilename() makes every character safe, also before one that it could join", () => {
  for (let code = 0; code <= 0x10ffff; code += 16) {
    let text = "";
    for (let i = 0; i < 16; i++) text += `${String.fromCodePoint(code + i)}\u0338x`;
    assertSafe(safeFilename(text));
  }
});

Deno.test("safeFilename() takes little time for hostile names", () => {
  // Timings decide nothing here: quadratic work would not end within the test run.
  for (
    const piece of [
      ".",
      " ",
      ". a",
      "\0",
      "\u0301\u0323",
      "con ",
      "a.",
      "\u202e",
      "\ud800",
      "?",
      "/",
    ]
  ) {
    assertSafe(safeFilename("a" + piece.repeat(1_000_000)));
    assertSafe(safeFilename(piece.repeat(1_000_000) + "a"));
  }
});

Deno.test("numberedName() puts the number before the extension", () => {
  assertEquals(numberedName("photo.jpg", 2), "photo (2).jpg");
  assertEquals(numberedName("photo", 10), "photo (10)");
  assertEquals(numberedName("archive.tar.gz", 2), "archive.tar (2).gz");
  assertEquals(numberedName("photo.jpg", "1f3a9c0e"), "photo (1f3a9c0e).jpg");
});

Deno.test("numberedName() cuts names that would become too long", () => {
  assertEquals(numberedName("a".repeat(255), 2), "a".repeat(251) + " (2)");
  assertEquals(numberedName("ü".repeat(125) + ".txt", 100), "ü".repeat(122) + " (100).txt");
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.nat(), (text, number) => {
    const name = numberedName(safeFilename(text), number);
    assertSafe(name);
    assertStringIncludes(name, ` (${number})`);
  }));
});
