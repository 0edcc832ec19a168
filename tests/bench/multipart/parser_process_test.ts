import { assertEquals, assertThrows } from "@std/assert";
import type { ParseJob, ParserJob } from "../../../bench/multipart/job.ts";
import { parseParserReply } from "../../../bench/multipart/parser_process.ts";

const JOB: ParseJob = {
  work: "parse",
  file: "",
  boundary: "",
  right: { parts: 1, bytes: 1, nameChars: 1 },
  digest: "ab",
  seconds: 1,
  check: false,
};

Deno.test("parseParserReply() takes results that are right and nothing else", () => {
  const parse = (reply: unknown, job: ParserJob = JOB) =>
    parseParserReply(JSON.stringify(reply), job);
  assertEquals(parse({ count: 2, seconds: 1 }), { count: 2, seconds: 1 });
  assertThrows(() => parse({ error: "1 parts of 2" }), Error, "1 parts of 2");
  assertThrows(() => parse({ count: 0, seconds: 1 }), Error, "0 forms in 1 s");
  assertThrows(() => parse({ count: 1, seconds: null }), Error, "1 forms in null s");
});

Deno.test("parseParserReply() wants the right digest of a check", () => {
  const check = { ...JOB, check: true };
  const reply = { count: 1, seconds: 1, digest: "ab" };
  assertEquals(parseParserReply(JSON.stringify(reply), check), reply);
  const wrong = JSON.stringify({ ...reply, digest: "ac" });
  assertThrows(() => parseParserReply(wrong, check), Error, 'another form: SHA-256 "ac"');
});

Deno.test("parseParserReply() wants figures of the memory of a stream", () => {
  const job: ParserJob = { work: "stream", bytes: 1, digest: "", seconds: 0, check: false };
  const reply = (memory?: unknown) => JSON.stringify({ count: 1, seconds: 1, memory });
  parseParserReply(reply({ before: 5, peak: 5 }), job);
  for (const none of [undefined, { before: 5, peak: 4 }, { before: 0, peak: 0 }]) {
    assertThrows(() => parseParserReply(reply(none), job), Error, "no figures of its memory");
  }
});
