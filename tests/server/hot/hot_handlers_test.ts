import { assertEquals } from "@std/assert";
import { HotAnswers } from "../../../server/hot/hot_answers.ts";
import { hotAnswersOf, markHot, passOnHot } from "../../../server/hot/hot_handlers.ts";

const makeAnswer = () => undefined;

Deno.test("a handler has answers of its own only when it was said to", () => {
  const handler = () => {};
  assertEquals(hotAnswersOf(handler), undefined);
  markHot(handler, { maxBytes: 1, version: 0, makeAnswer });
  assertEquals(hotAnswersOf(handler) instanceof HotAnswers, true);
});

Deno.test("passOnHot() lets a handler stand for another, and for none that has no answers", () => {
  const [from, to, other, last] = [() => {}, () => {}, () => {}, () => {}];
  markHot(from, { maxBytes: 1, version: 0, makeAnswer });
  passOnHot(from, to);
  passOnHot(other, last);
  assertEquals([to, last].map((it) => hotAnswersOf(it) !== undefined), [true, false]);
});

Deno.test("a source that keeps nothing has no answers", () => {
  const handler = () => {};
  markHot(handler, { maxBytes: 0, version: 0, makeAnswer });
  assertEquals(hotAnswersOf(handler), undefined);
});
