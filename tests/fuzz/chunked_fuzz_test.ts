// Chunked bodies, mutated and random, through decoder and body reader: only HttpErrors escape, the
// outcome is the same however the bytes arrive, and the work grows with the input and no faster.

import { assertEquals, assertInstanceOf, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { BodyReader } from "../../wire/body_reader.ts";
import { BodyWriter } from "../../wire/body_writer.ts";
import { ChunkDecoder } from "../../wire/chunked.ts";
import { ConnReader } from "../../wire/conn_reader.ts";
import { ConnWriter } from "../../wire/conn_writer.ts";
import { HttpError } from "../../wire/errors.ts";
import { FakeSink, FakeSource, textOf } from "../wire/fakes.ts";
import { fuzz, NASTY, Random, withStaleBytes } from "./random.ts";

const LIMITS = { maxBodyBytes: 300, maxChunkLineBytes: 40, maxTrailerBytes: 60, maxFields: 4 };

const VALID = [
  "0\r\n\r\n",
  "5\r\nhello\r\n0\r\n\r\n",
  "5;a=b\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n000\r\n\r\n",
  '2 ; a = "b\\"c"\r\n\r\n\r\n0;d\r\nTrailer: x\r\nOther:\ty\r\n\r\n',
  "1\r\nx\r\n1\r\ny\r\n1\r\nz\r\n0\r\nA: b\r\n\r\n",
];

function inputOf(random: Random): string {
  if (random.below(10) === 0) return random.bytes(random.below(200));
  const text = random.mutate(random.pick(VALID), [...NASTY, "5\r\nhello\r\n", ";a=b", "7fffffff"]);
  return text + random.pick(["", "", "GET / HTTP/1.1\r\n\r\n"]);
}

/** The data, how it ended and what was left, with `calls` of the decoder. */
function decode(
  pieces: readonly string[],
  maxData: number,
  stale: string,
): { outcome: string; calls: number } {
  const decoder = new ChunkDecoder(LIMITS);
  const bytes = withStaleBytes(pieces.join(""), stale);
  let data = "";
  let at = 0;
  let end = 0;
  let calls = 0;
  try {
    for (const piece of pieces) {
      end += piece.length;
      while (!decoder.done) {
        calls++;
        const next = decoder.decode(bytes, at, end, maxData);
        // It consumes what is there and no more, and finds its data in what it consumed.
        assertEquals(next >= at && next <= end, true, "consumed within bounds");
        assertEquals(
          decoder.dataStart >= at && decoder.dataEnd <= next,
          true,
          "data within bounds",
        );
        data += textOf(bytes.subarray(decoder.dataStart, decoder.dataEnd));
        if (next === at) break;
        at = next;
      }
    }
  } catch (error) {
    assertInstanceOf(error, HttpError);
    return { outcome: `${error.name} ${error.code} ${error.status}`, calls };
  }
  const trailers = JSON.stringify(decoder.trailers?.raw());
  const left = decoder.done ? bytes.length - stale.length - at : "more";
  return { outcome: `${JSON.stringify(data)} ${trailers} ${left}`, calls };
}

Deno.test("ChunkDecoder gives the same data or error, however the bytes arrive", async () => {
  await fuzz((random) => {
    const input = inputOf(random);
    const whole = decode([input], Infinity, "");
    for (const pieces of [[input], [...input], random.split(input), random.split(input)]) {
      const maxData = random.pick([1, 2, 7, Infinity]);
      const stale = random.pick(["", "\r\n", "0\r\n\r\n", "\n", random.bytes(9)]);
      const { outcome, calls } = decode(pieces, maxData, stale);
      assertEquals(outcome, whole.outcome, JSON.stringify([pieces, maxData]));
      assertLessOrEqual(calls, 2 * (input.length + pieces.length));
    }
  });
});

/** A chunked body through a BodyReader, taken as `how` says. */
async function readBody(pieces: readonly string[], how: "take" | "all" | "discard", max: number) {
  const source = new FakeSource(...pieces, null);
  const reader = new ConnReader(source, () => {});
  const body = new BodyReader(reader, "chunked", 0, LIMITS);
  let outcome = "";
  try {
    if (how === "discard") outcome = `discarded ${await body.discard(200, 0)}`;
    else if (how === "all") outcome = textOf(await body.readAll(200, 0));
    else {
      for (let taken; (taken = await body.read(max, 0)).length > 0;) outcome += textOf(taken);
    }
  } catch (error) {
    assertInstanceOf(error, HttpError);
    outcome = `${error.name} ${error.code} ${error.status}`;
  }
  assertLessOrEqual(source.reads, pieces.length + 2);
  // Once it is at an end, good or bad, nothing more is taken.
  const { start } = reader;
  if (body.done || body.failed) {
    await body.read(9, 0).catch(() => {});
    assertEquals(reader.start, start);
  }
  let rest = "";
  if (body.done) {
    while (await reader.fill());
    rest = textOf(reader.bytes.subarray(reader.start, reader.end));
  }
  reader.release();
  return [outcome, body.done, body.failed, rest];
}

Deno.test("BodyReader gives the same body or error, however the bytes arrive", async () => {
  await fuzz(async (random) => {
    const input = inputOf(random);
    for (const how of ["take", "all"] as const) {
      const whole = await readBody([input], how, Infinity);
      for (const pieces of [[...input], random.split(input)]) {
        const max = random.pick([1, 3, 1000]);
        assertEquals(await readBody(pieces, how, max), whole, JSON.stringify([how, pieces, max]));
      }
    }
  });
});

Deno.test("what is read of a valid body is the same for all ways to read it", async () => {
  await fuzz(async (random) => {
    const input = inputOf(random);
    const [taken, done, failed, rest] = await readBody([input], "take", Infinity);
    if (!done || failed || (taken as string).length > 200) return;
    assertEquals(await readBody(random.split(input), "all", 1), [taken, true, false, rest]);
    const discarded = await readBody(random.split(input), "discard", 1);
    assertEquals(discarded, ["discarded true", true, false, rest]);
  });
});

Deno.test("what is written chunked is decoded to the same, however it arrives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 8 }),
      fc.dictionary(fc.stringMatching(/^X-[a-z]{1,5}$/), fc.stringMatching(/^[!-~]{0,5}$/), {
        maxKeys: 2,
      }),
      fc.nat(),
      async (pieces, trailers, seed) => {
        const sink = new FakeSink();
        const writer = new ConnWriter(sink, 0);
        const body = new BodyWriter(writer, "chunked", 0);
        for (const piece of pieces) body.put(piece);
        body.end(Object.entries(trailers));
        await writer.flush();
        writer.release();
        const random = new Random(seed);
        const limits = { ...LIMITS, maxBodyBytes: Infinity };
        const source = new FakeSource(...random.split(`${sink.text}rest`), null);
        const reader = new ConnReader(source, () => {});
        const back = new BodyReader(reader, "chunked", 0, limits);
        const content = pieces.map(textOf).join("");
        assertEquals(textOf(await back.readAll(Infinity, 0)), content);
        assertEquals(back.trailers?.raw() ?? [], Object.entries(trailers) as [string, string][]);
        while (await reader.fill());
        assertEquals(textOf(reader.bytes.subarray(reader.start, reader.end)), "rest");
        reader.release();
      },
    ),
    { numRuns: 300 },
  );
});
