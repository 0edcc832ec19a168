// Nothing is held back: fields come with their empty line, content as soon as it cannot be part of a delimiter, the
// end of a part with the line of its delimiter.

import { assertEquals } from "@std/assert";
import { type MultipartEvent, MultipartParser } from "../../../multipart/mod.ts";
import { bytesOf, textOf } from "../../wire/fakes.ts";
import { lines, named } from "./support.ts";

/** Events of what is pushed, in short. */
class Feed {
  readonly #parser: MultipartParser;

  constructor(boundary = "x") {
    this.#parser = new MultipartParser(boundary);
  }

  push(text: string): string[] {
    this.#parser.push(bytesOf(text));
    return this.#pull();
  }

  end(): string[] {
    this.#parser.end();
    return this.#pull();
  }

  #pull(): string[] {
    const events: string[] = [];
    for (let event = this.#parser.pull(); event !== undefined; event = this.#parser.pull()) {
      events.push(Feed.#short(event));
    }
    return events;
  }

  static #short(event: MultipartEvent): string {
    if (event.type === "header") return event.name;
    if (event.type === "end") return "end";
    return textOf(event.data) + (event.done ? "!" : "");
  }
}

const HEAD = `--x\r\n${named("a")}\r\n\r\n`;

Deno.test("Each event comes with the byte that makes it certain", () => {
  const feed = new Feed();
  assertEquals(feed.push(HEAD.slice(0, -1)), []);
  assertEquals(feed.push("\n"), ["content-disposition"]);
  assertEquals(feed.push("value"), ["value"]);
  assertEquals(feed.push("\r"), []);
  assertEquals(feed.push("\r"), ["\r"]);
  assertEquals(feed.push("\n--"), []);
  assertEquals(feed.push("y").join(""), "\r\n--y");
  assertEquals(feed.push("1\r\n2"), ["1\r\n2"]);
  assertEquals(feed.push("3\r\n--x"), ["3"]);
  assertEquals(feed.push("\r"), []);
  assertEquals(feed.push("\n").join(""), "!");
  assertEquals(feed.push(`${named("b")}\r\n\r\n`), ["content-disposition"]);
  assertEquals(feed.push("4\r\n--x--").at(0)?.startsWith("4"), true);
  assertEquals(feed.push("\r\n").at(-1), "end");
  assertEquals(feed.push("epilogue"), []);
  assertEquals(feed.end(), []);
});

Deno.test("The end comes with the end of the body where no line break follows", () => {
  const feed = new Feed();
  const events = feed.push(`${HEAD}1\r\n--x-- `);
  assertEquals([...events, ...feed.end()].join("|").endsWith("|end"), true);
});

for (const boundary of ["x", "--", "aab", "aaaaaaaa", "-x-x", "\u002d\u002d-a"]) {
  Deno.test(`What is held back is the beginning of a delimiter: boundary ${boundary}`, () => {
    const delimiter = `\r\n--${boundary}`;
    const misses = Array.from(delimiter, (_, i) => delimiter.slice(0, i));
    // Each beginning of the delimiter, followed by each of these.
    for (const miss of misses) {
      for (const more of ["\r", "\n", "-", "a", "!", "\r\n", "\r\r\n--", delimiter.slice(0, -1)]) {
        const content = `c${miss}${more}${miss}!`;
        if (content.includes(delimiter)) continue;
        const feed = new Feed(boundary);
        feed.push(`--${boundary}\r\n${named("a")}\r\n\r\n`);
        let given = "";
        for (let i = 0; i < content.length; i++) {
          given += feed.push(content[i]!).join("");
          const held = content.slice(given.length, i + 1);
          assertEquals(given, content.slice(0, given.length));
          assertEquals(held, longestEnding(content.slice(0, i + 1), delimiter), content);
        }
      }
    }
  });
}

/** The longest ending of `text` that the delimiter begins with. */
function longestEnding(text: string, delimiter: string): string {
  for (let length = Math.min(text.length, delimiter.length - 1); length > 0; length--) {
    const ending = text.slice(text.length - length);
    if (delimiter.startsWith(ending)) return ending;
  }
  return "";
}

Deno.test("An error does not keep back the parts before it", () => {
  const parser = new MultipartParser("x");
  parser.push(bytesOf(lines("--x", named("a"), "", "1", "--x", "no colon", "", "")));
  const first = parser.pull();
  const second = parser.pull();
  assertEquals([first?.type, second?.type], ["header", "body"]);
});
