import { assertEquals, assertMatch } from "@std/assert";
import { htmlHead } from "../../../server/listing/html_head.ts";

Deno.test("htmlHead() has a title, and what else is to stand there, as they are", () => {
  const head = htmlHead("a &amp; b", "<style>p { }</style>");
  assertMatch(head, /^<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n/);
  assertEquals(
    head.slice(head.indexOf("<title>")),
    "<title>a &amp; b</title>\n<style>p { }</style>\n</head>",
  );
});
