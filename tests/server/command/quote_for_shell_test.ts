import { assertEquals } from "@std/assert";
import { quoteForShell } from "../../../server/command/quote_for_shell.ts";

Deno.test("quoteForShell() leaves plain words as they are", () => {
  for (const word of ["--port", "--allow-read=/srv/www,/etc/a.pem", "127.0.0.1:80", "a@b", "^1"]) {
    assertEquals(quoteForShell(word), word);
  }
});

Deno.test("quoteForShell() makes words that a shell reads back as they were", async () => {
  const words = ["", "a b", "it's", "$HOME", "`id`", "a;b", "*", "~", 'say "hi"', "é", "\\", "!!"];
  const script = `printf '%s\\n' ${words.map((it) => quoteForShell(it)).join(" ")}`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  assertEquals(new TextDecoder().decode(stdout), words.map((it) => `${it}\n`).join(""));
});

Deno.test("quoteForShell() lets no control through to the terminal", () => {
  assertEquals(quoteForShell("a\nb'\\\x1b[2J\x9b"), "$'a\\x0ab\\'\\\\\\x1b[2J\\xc2\\x9b'");
});

Deno.test("quoteForShell() quotes for PowerShell on Windows", () => {
  assertEquals(quoteForShell("C:\\www", true), "C:\\www");
  assertEquals(quoteForShell("C:\\my files\\it's", true), "'C:\\my files\\it''s'");
});
