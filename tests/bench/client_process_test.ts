import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parseReply, startClient } from "../../bench/client_process.ts";
import type { Job } from "../../bench/clients/job.ts";

const JOB: Job = {
  work: "get",
  url: "http://127.0.0.1/",
  inFlight: 1,
  seconds: 1,
  bodyBytes: 5,
  file: "",
  check: false,
};

Deno.test("parseReply() takes answers that are whole and nothing else", () => {
  const parse = (reply: unknown) => parseReply(JSON.stringify(reply), { bodyBytes: 5 });
  assertEquals(parse({ count: 2, bytes: 10, seconds: 1 }), { count: 2, bytes: 10, seconds: 1 });
  assertThrows(() => parse({ error: "status 404" }), Error, "status 404");
  assertThrows(() => parse({ count: 2, bytes: 9, seconds: 1 }), Error, "9 bytes in 2 bodies of 5");
  assertThrows(() => parse({ count: 0, bytes: 0, seconds: 1 }), Error, "0 answers in 1 s");
  assertThrows(() => parse({ count: 1, bytes: 5, seconds: 0 }), Error, "1 answers in 0 s");
  assertThrows(() => parse({ count: 1, bytes: null, seconds: 1 }), Error, "null bytes");
});

Deno.test("perform() hands a job over and names the client when it fails", async () => {
  const code = `
const line = new TextDecoder().decode(await Deno.stdin.readable.getReader().read().then((it) => it.value));
const { work, bodyBytes } = JSON.parse(line);
console.log(JSON.stringify(work === "get" ? { count: 1, bytes: bodyBytes, seconds: 2 } : { error: work }));
setTimeout(() => {}, 86_400_000);`;
  const start = () => startClient(Deno.execPath(), ["eval", code], new AbortController().signal);
  await using right = start();
  assertEquals(await right.perform(JOB), { count: 1, bytes: 5, seconds: 2 });
  await using wrong = start();
  await assertRejects(
    () => wrong.perform({ ...JOB, work: "upload" }),
    Error,
    `Cannot measure "${Deno.execPath()} eval`,
  );
});
