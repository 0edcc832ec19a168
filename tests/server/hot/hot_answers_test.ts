import { assertEquals, assertStrictEquals } from "@std/assert";
import { HotAnswers, type HotSlot, type HotSource } from "../../../server/hot/hot_answers.ts";
import { type ParsedRequest, parseRequest } from "../../../server/parsed_request.ts";
import { resolveOptions } from "../../../server/options.ts";
import { refreshDate } from "../../../wire/date.ts";
import { bytesOf } from "../../wire/fakes.ts";

const SECOND = 1_700_000_000_000;
const SETTINGS = resolveOptions({}, () => {});

function head(path: string, ...fields: string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
}

function parse(text: string): ParsedRequest {
  const bytes = bytesOf(text);
  return parseRequest(bytes, 0, bytes.length, text, SETTINGS, "http");
}

/** Answers with the path; counts how often it is asked. */
class Source implements HotSource {
  maxBytes = 1000;
  version = 0;
  asked: string[] = [];

  makeAnswer({ target }: ParsedRequest) {
    this.asked.push(target.rawPath);
    if (target.rawPath === "/none") return undefined;
    return { status: 200, bytes: bytesOf(target.rawPath), bodyBytes: 1 };
  }
}

/** Begins a second of its own, asks as a connection does, and says what the answers are. */
class Asking {
  readonly source = new Source();
  readonly answers = new HotAnswers(this.source);

  constructor() {
    refreshDate(SECOND);
  }

  ask(text: string): string | undefined {
    const slot = this.answers.find(text) ?? this.answers.learn(text, parse(text));
    return slot && this.again(slot);
  }

  again(slot: HotSlot): string | undefined {
    const answer = this.answers.answer(this.answers.renew(slot));
    return answer && new TextDecoder().decode(answer.bytes);
  }
}

Deno.test("a head that came twice within a second is answered from then on, with what was made once", () => {
  const asking = new Asking();
  const text = head("/a");
  assertEquals([1, 2, 3, 4].map(() => asking.ask(text)), [undefined, "/a", "/a", "/a"]);
  assertEquals(asking.source.asked, ["/a"]);
  // Another head is another request, however little they differ.
  assertEquals(asking.ask(head("/a", "Accept: */*")), undefined);
});

Deno.test("what has no answer is asked for once a second", () => {
  const asking = new Asking();
  for (let i = 0; i < 5; i++) assertEquals(asking.ask(head("/none")), undefined);
  assertEquals(asking.source.asked, ["/none"]);
  refreshDate(SECOND + 1000);
  for (let i = 0; i < 5; i++) assertEquals(asking.ask(head("/none")), undefined);
  assertEquals(asking.source.asked, ["/none", "/none"]);
});

Deno.test("with the next second everything starts anew, also for those who kept a slot", () => {
  const asking = new Asking();
  const text = head("/a");
  asking.ask(text);
  asking.ask(text);
  const slot = asking.answers.find(text)!;
  assertEquals(slot.answer?.bytes, bytesOf("/a"));
  refreshDate(SECOND + 1000);
  assertEquals(asking.answers.find(head("/other")), undefined);
  assertEquals(slot.answer, undefined);
  assertEquals([asking.again(slot), asking.again(slot)], [undefined, "/a"]);
  assertEquals(asking.source.asked, ["/a", "/a"]);
});

Deno.test("with another version of what is answered everything starts anew as well", () => {
  const asking = new Asking();
  const text = head("/a");
  asking.ask(text);
  asking.ask(text);
  const slot = asking.answers.find(text)!;
  asking.source.version++;
  assertEquals([asking.again(slot), asking.ask(text), asking.ask(text)], [undefined, "/a", "/a"]);
  assertEquals(asking.source.asked, ["/a", "/a"]);
});

Deno.test("two connections with slots of an earlier second share the one of this second", () => {
  const asking = new Asking();
  const text = head("/a");
  const slot = asking.answers.learn(text, parse(text))!;
  refreshDate(SECOND + 1000);
  const other = asking.answers.learn(text, parse(text))!;
  assertStrictEquals(asking.answers.renew(slot), other);
  assertStrictEquals(asking.answers.renew(other), other);
  asking.again(slot);
  assertEquals(asking.again(slot), "/a");
  refreshDate(SECOND + 2000);
  asking.answers.find("");
  // Neither holds on to what was answered.
  assertEquals([slot.answer, other.answer], [undefined, undefined]);
});

Deno.test("only requests whose answer depends on the head alone, on connections that are kept", () => {
  const { answers } = new Asking();
  const cases: [string, boolean][] = [
    [head("/a"), true],
    [head("/a").replace("GET", "HEAD"), true],
    [head("/a").replace("GET", "POST"), false],
    [head("/a").replace("HTTP/1.1", "HTTP/1.0"), false],
    [head("/a", "Connection: close"), false],
    [head("/a", "Content-Length: 0"), true],
    [head("/a", "Content-Length: 1"), false],
    [head("/a", "Transfer-Encoding: chunked"), false],
    [head("/a", `Cookie: ${"x".repeat(1024)}`), false],
  ];
  for (const [text, expected] of cases) {
    assertEquals(answers.learn(text, parse(text)) !== undefined, expected, text);
  }
});

Deno.test("answers of a second are bounded in bytes and in number", () => {
  const asking = new Asking();
  asking.source.maxBytes = 10;
  const answersTo = (path: string) => [1, 2, 3].map(() => asking.ask(head(path))).at(-1);
  assertEquals(answersTo("/123456"), "/123456");
  assertEquals(answersTo("/1234"), undefined);
  assertEquals(answersTo("/12"), "/12");
  refreshDate(SECOND + 1000);
  assertEquals(answersTo("/1234"), "/1234");

  asking.source.maxBytes = 1e6;
  const given = Array.from({ length: 1100 }, (_, i) => answersTo(`/${i}`));
  assertEquals(given.slice(0, 1023), Array.from({ length: 1023 }, (_, i) => `/${i}`));
  assertEquals(given.slice(1023), Array(77).fill(undefined));
  // A connection that kept one without a place asks in vain, too.
  const text = head("/late");
  const slot = asking.answers.learn(text, parse(text))!;
  assertEquals([asking.again(slot), asking.again(slot)], [undefined, undefined]);
});
