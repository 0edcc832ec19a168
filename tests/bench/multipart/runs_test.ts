import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Parse, ParseJob, ParserResult, StreamJob } from "../../../bench/multipart/job.ts";
import { cut, parsing } from "../../../bench/multipart/runs.mjs";
import { STREAM_FILENAME, STREAM_NAME } from "../../../bench/multipart/stream_source.mjs";
import { Notary } from "../../../bench/multipart/tally.mjs";
import { withClock } from "../clock.ts";

const BODY = new TextEncoder().encode("0123456789");

/** Takes any body for the content of one field. */
const whole: Parse = (chunks, boundary, witness) => {
  let value = "";
  for (const chunk of chunks) value += new TextDecoder("latin1").decode(chunk);
  witness.field(boundary, value);
  return Promise.resolve();
};

Deno.test("cut() gives chunks of 64 KiB, each in a buffer of its own", () => {
  const body = crypto.getRandomValues(new Uint8Array(64 * 1024));
  const long = new Uint8Array([...body, ...body.subarray(0, 5)]);
  const chunks = [...cut(long)];
  assertEquals(chunks.map((chunk) => chunk.length), [64 * 1024, 5]);
  assertEquals(chunks.map((chunk) => chunk.buffer.byteLength), [64 * 1024, 5]);
  assertEquals([...chunks[0], ...chunks[1]], [...long]);
});

Deno.test("parsing() goes on until the time is over, and at least once", async () => {
  await withJob(async (job) => {
    assertEquals((await parsing(whole)(job)).count, 1);
    const { count, seconds } = await withClock<ParserResult>(() =>
      parsing(whole)({ ...job, seconds: 0.02 })
    );
    assertEquals([count, seconds], [20, 0.021]);
  });
});

Deno.test("parsing() checks once, and tells the digest of what was delivered", async () => {
  const notary = new Notary();
  notary.field("b", "0123456789");
  await withJob(async (job) => {
    const { count, digest } = await parsing(whole)({ ...job, seconds: 60, check: true });
    assertEquals([count, digest], [1, notary.digest()]);
  });
});

Deno.test("parsing() fails when anything is missing from any run", async () => {
  let runs = 0;
  const forgetful: Parse = async (chunks, boundary, witness) => {
    if (++runs < 3) await whole(chunks, boundary, witness);
  };
  await withJob(async (job) => {
    const perform = parsing(forgetful);
    assertEquals((await perform(job)).count, 1);
    assertEquals((await perform(job)).count, 1);
    await assertRejects(() => perform(job), Error, "0 parts of 1");
    await assertRejects(() => perform({ ...job, check: true }), Error, "0 parts of 1");
  });
});

Deno.test("parsing() wraps chunks before they are parsed", async () => {
  const lower = (chunk: Uint8Array<ArrayBuffer>) => chunk.map((byte) => byte - 1);
  let seen = "";
  const watching: Parse = (chunks, boundary, witness) => {
    for (const chunk of chunks) seen += new TextDecoder().decode(chunk);
    witness.field(boundary, seen);
    return Promise.resolve();
  };
  await withJob((job) => parsing(watching, lower)(job));
  assertEquals(seen, "/012345678");
});

Deno.test("parsing() watches the memory while it streams", async () => {
  const job: StreamJob = {
    work: "stream",
    bytes: 4 * 1024 * 1024,
    check: false,
    digest: "",
    seconds: 0,
  };
  const keepers: Uint8Array[] = [];
  const keeping: Parse = (chunks, _boundary, witness) => {
    const file = witness.file(STREAM_NAME, STREAM_FILENAME);
    const [_head, ...rest] = [...chunks];
    for (const chunk of rest.slice(0, -1)) file.add(chunk);
    file.end();
    keepers.push(...rest);
    return Promise.resolve();
  };
  const { memory, digest, count } = await parsing(keeping)(job);
  assertEquals([count, digest], [1, undefined]);
  assert(memory!.before > 0);
  assert(memory!.peak >= memory!.before);
  assertEquals(keepers.length, 65);
  const cutShort: Parse = (chunks, boundary, witness) => {
    return keeping([...chunks].slice(0, -1), boundary, witness);
  };
  await assertRejects(() => parsing(cutShort)(job), Error, "4128768 bytes of 4194304");
});

async function withJob(use: (job: ParseJob) => Promise<unknown>): Promise<void> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeFile(file, BODY);
    await use({
      work: "parse",
      file,
      boundary: "b",
      right: { parts: 1, bytes: BODY.length, nameChars: 1 },
      digest: "",
      seconds: 0,
      check: false,
    });
  } finally {
    await Deno.remove(file);
  }
}
