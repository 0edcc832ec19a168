import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { markdownToHtml } from "../../../server/listing/markdown.ts";

const html = (text: string): string => markdownToHtml(text).trim();

Deno.test("markdownToHtml() renders what READMEs are written with", () => {
  const cases: [string, string][] = [
    ["*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"],
    ['[a](b/ "t")', `<p><a href="b/">a</a></p>`],
    ["[a](https://h/)", `<p><a href="https://h/" rel="noopener noreferrer">a</a></p>`],
    ["![an *image*](a%20b.png)", `<p><img src="a%20b.png" alt="an image" loading="lazy"></p>`],
    ["a\n---", `<h4 class="h2" id="readme-a">a</h4>`],
    ["- a", "<ul>\n<li>a</li>\n</ul>"],
    ["    <b>", "<pre><code>&lt;b&gt;\n</code></pre>"],
    ["a < b & c", "<p>a &lt; b &amp; c</p>"],
  ];
  for (const [text, expected] of cases) assertEquals(html(text), expected, text);
});

Deno.test("markdownToHtml() gives headings ids that are linked to within the text", () => {
  assertEquals(
    html("# Über *uns* & `x`!\n\n# Über uns & x\n\n[go](#Über-uns--x)"),
    `<h3 class="h1" id="readme-über-uns--x">Über <em>uns</em> &amp; <code>x</code>!</h3>\n` +
      `<h3 class="h1" id="readme-über-uns--x-1">Über uns &amp; x</h3>\n` +
      `<p><a href="#readme-%c3%9cber-uns--x">go</a></p>`,
  );
});

Deno.test("markdownToHtml() gives no id twice, however often a heading comes", () => {
  const ids = (text: string): string[] =>
    [...markdownToHtml(text).matchAll(/id="readme-([^"]*)"/g)].map(([, id]) => id!);
  assertEquals(ids("# a\n# a-1\n# a\n# a\n# a-1\n# !\n# !"), [
    "a",
    "a-1",
    "a-2",
    "a-3",
    "a-1-1",
    "",
    "-1",
  ]);
  const many = ids("# a\n".repeat(20_000));
  assertEquals([many.length, new Set(many).size], [20_000, 20_000]);
});

Deno.test("markdownToHtml() leaves tags out, but not what is between them", () => {
  assertEquals(html("<p align=center>\n  <b>A &amp; B</b>\n</p>"), "<p>A &amp;amp; B</p>");
  assertEquals(html("a<br>b <script>alert(1)</script>"), "<p>ab alert(1)</p>");
  assertEquals(html("<!-- note -->"), "");
});

Deno.test("markdownToHtml() shows no pictures of other servers", () => {
  for (const address of ["https://h/a.png", "//h/a.png", "http://h/a.svg"]) {
    assertEquals(html(`![alt "text"](${address})`), "<p>alt &quot;text&quot;</p>", address);
  }
  assertMatch(
    html("![a](data:image/png;base64,AA==)"),
    /<img src="data:image\/png;base64,AA==" alt="a"/,
  );
});

Deno.test("markdownToHtml() makes no links that do anything but lead somewhere", () => {
  const schemes = [
    "javascript:alert(1)",
    "JaVaScRiPt:x",
    "java\tscript:x",
    "vbscript:x",
    "data:text/html,x",
    "&#106;avascript:x",
  ];
  for (const scheme of schemes) {
    for (
      const text of [
        `[a](${scheme})`,
        `[a](<${scheme}>)`,
        `<${scheme}>`,
        `[a]\n\n[a]: ${scheme}`,
        `![a](${scheme})`,
      ]
    ) {
      for (const [, address] of html(text).matchAll(/(?:href|src)="([^"]*)"/g)) {
        assertMatch(new URL(address!, "http://host/").href, /^http:\/\/host\//);
      }
    }
  }
});

/** The tags and attributes that there may be. */
const ALLOWED =
  /^<(?:\/?(?:p|h[3-6]|ul|ol|li|em|strong|s|code|pre|blockquote|table|thead|tbody|tr|th|td|a)|br|hr|ol start="\d+"|code class="language-[^"<>]*"|h[3-6] class="h[1-6]" id="readme-[^"<>]*"|a href="[^"<>]*"(?: rel="noopener noreferrer")?|img src="[^"<>]*" alt="[^"<>]*" loading="lazy"|t[hd] style="text-align:(?:left|right|center)")>$/;

Deno.test("markdownToHtml() makes no tags but its own, whatever it is given", () => {
  const piece = fc.constantFrom(
    ..."<>\"'`*_[]()!#|-\\&\n \t",
    ...[
      "<script>",
      "<img src=x onerror=alert(1)>",
      "](javascript:alert(1))",
      "&quot;",
      "&#34;",
      "onload=",
      "x",
      "1.",
      "```",
      "<!--",
      "-->",
      "|-|:-:|\n",
      "![",
      "](",
      '<a:b"c>',
      'data:image/png,"',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join("");
      for (const [tag] of markdownToHtml(text).matchAll(/<[^>]*>?/g)) {
        assert(ALLOWED.test(tag), `${JSON.stringify(tag)} of ${JSON.stringify(text)}`);
      }
    }),
    { numRuns: 500 },
  );
});
