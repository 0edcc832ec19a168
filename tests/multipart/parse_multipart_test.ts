import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  LimitError,
  MultipartError,
  type MultipartPart,
  parseMultipart,
} from "../../multipart/mod.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const TYPE = "multipart/form-data; boundary=b";

function partText(name: string, content: string, more = ""): string {
  return `--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${content}\r\n`;
}

const BODY = `${partText("a", "one")}${partText("a", "two", '; filename="f"')}--b--\r\n`;

/** A body that counts what was asked for. */
function counted(...pieces: string[]): { body: ReadableStream<Uint8Array>; log: unknown[] } {
  const log: unknown[] = [];
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const piece = pieces.shift();
      log.push(piece);
      if (piece === undefined) controller.close();
      else controller.enqueue(bytesOf(piece));
    },
    cancel: (reason) => {
      log.push(["cancel", reason]);
    },
  }, { highWaterMark: 0 });
  return { body, log };
}

async function summary(parts: AsyncIterable<MultipartPart>): Promise<string[]> {
  const lines: string[] = [];
  for await (const part of parts) {
    lines.push(`${part.name}|${part.filename}|${await part.text()}`);
  }
  return lines;
}

const SUMMARY = ["a|undefined|one", "a|f|two"];

Deno.test("parts come from a stream, bytes, and whatever can be iterated", async () => {
  const pieces = BODY.match(/[^]{1,7}/g)!.map(bytesOf);
  async function* generate(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  for (const body of [ReadableStream.from(pieces), generate(), pieces, bytesOf(BODY)]) {
    assertEquals(await summary(parseMultipart(body, TYPE)), SUMMARY);
  }
  assertEquals(await summary(parseMultipart(bytesOf(BODY), "b")), SUMMARY);
});

Deno.test("parts are a stream, too", async () => {
  const parts = parseMultipart(bytesOf(BODY), TYPE);
  assert(parts instanceof ReadableStream);
  const reader = parts.getReader();
  const first = await reader.read();
  assertEquals([first.done, await first.value!.text()], [false, "one"]);
  assertEquals((await reader.read()).value!.filename, "f");
  assertEquals(await reader.read(), { done: true, value: undefined });
  const lengths: number[] = [];
  await parseMultipart(bytesOf(BODY), TYPE)
    .pipeThrough(
      new TransformStream<MultipartPart, number>({
        transform: async (part, controller) => controller.enqueue((await part.bytes()).length),
      }),
    )
    .pipeTo(new WritableStream({ write: (length) => void lengths.push(length) }));
  assertEquals(lengths, [3, 3]);
});

Deno.test("the source is read only as far as it is asked for", async () => {
  const [head, content] = [partText("a", "").slice(0, -2), "0123456789"];
  const { body, log } = counted(head, content, content, "\r\n--b--");
  const parts = parseMultipart(body, TYPE)[Symbol.asyncIterator]();
  assertEquals(log.length, 0);
  const part: MultipartPart = (await parts.next()).value;
  assertEquals(log.length, 1);
  const reader = part.body.getReader();
  assertEquals(log.length, 1);
  await reader.read();
  assertEquals(log.length, 2);
  await reader.read();
  assertEquals(log.length, 3);
  assertEquals(await reader.read(), { done: true, value: undefined });
  assertEquals((await parts.next()).done, true);
  assertEquals(log.at(-1), undefined);
});

Deno.test("what nobody reads is skipped", async () => {
  const names: string[] = [];
  for await (const { name } of parseMultipart(bytesOf(BODY), TYPE)) names.push(name);
  assertEquals(names, ["a", "a"]);
  const partly: string[] = [];
  const body = `${partText("a", "x".repeat(100_000))}${partText("b", "two")}--b--`;
  const pieces = body.match(/[^]{1,1000}/g)!.map(bytesOf);
  for await (const part of parseMultipart(pieces, TYPE)) {
    partly.push(`${part.name}${(await part.body.getReader().read()).value!.length}`);
  }
  assertEquals(partly, [`a${1000 - partText("a", "").length + 2}`, "b3"]);
});

Deno.test("leaving the loop cancels the source", async () => {
  const { body, log } = counted(BODY.slice(0, 60), BODY.slice(60));
  for await (const _ of parseMultipart(body, TYPE)) break;
  assertEquals(log, [BODY.slice(0, 60), ["cancel", undefined]]);
});

Deno.test("cancelling the stream cancels the source, with the reason", async () => {
  const { body, log } = counted(BODY);
  const parts = parseMultipart(body, TYPE);
  await parts.cancel("enough");
  assertEquals(log, [["cancel", "enough"]]);
});

Deno.test("cancelling the body of a part leaves the next one readable", async () => {
  const texts: string[] = [];
  for await (const part of parseMultipart(bytesOf(BODY), TYPE)) {
    if (part.filename === undefined) await part.body.cancel();
    else texts.push(await part.text());
  }
  assertEquals(texts, ["two"]);
});

Deno.test("an error in the body of the loop is that of the loop, and cancels the source", async () => {
  const { body, log } = counted(BODY.slice(0, 60), BODY.slice(60));
  const failure = new Error("mine");
  const error = await assertRejects(async () => {
    for await (const _ of parseMultipart(body, TYPE)) throw failure;
  });
  assertStrictEquals(error, failure);
  assertEquals(log.at(-1), ["cancel", undefined]);
});

Deno.test("a malformed body fails the loop, and cancels the source with the error", async () => {
  const { body, log } = counted(BODY.slice(0, 51), "\r\n--bad", "never asked for");
  const error = await assertRejects(() => summary(parseMultipart(body, TYPE)), MultipartError);
  assertEquals(error.code, "bad_multipart");
  assertEquals(error.status, 400);
  assertEquals(log.slice(2), [["cancel", error]]);
});

Deno.test("a body that was cut is an error, wherever it was cut", async () => {
  for (let end = 0; end < BODY.length - 2; end++) {
    await assertRejects(
      () => summary(parseMultipart(bytesOf(BODY.slice(0, end)), TYPE)),
      MultipartError,
      `at byte ${end}`,
    );
  }
  assertEquals(await summary(parseMultipart(bytesOf(BODY.slice(0, -2)), TYPE)), SUMMARY);
});

Deno.test("no body is a body that was cut", async () => {
  const parts = parseMultipart(null, TYPE);
  await assertRejects(() => summary(parts), MultipartError, "without a delimiter at byte 0");
});

Deno.test("what names no boundary is refused before anything is read", () => {
  const { body, log } = counted(BODY);
  const cases: [string | null | undefined, number][] = [
    [null, 415],
    [undefined, 415],
    ["text/plain", 415],
    ["multipart/form-data", 400],
    ["", 400],
  ];
  for (const [type, status] of cases) {
    assertEquals(assertThrows(() => parseMultipart(body, type), MultipartError).status, status);
  }
  assertEquals([log, body.locked], [[], false]);
});

Deno.test("limits are checked at once, and kept", async () => {
  for (const options of [{ maxFieldBytes: -1 }, { maxParts: 1.5 }, { maxTotalBytes: NaN }]) {
    const name = Object.keys(options)[0]!;
    assertThrows(() => parseMultipart(null, TYPE, options), RangeError, `"${name}"`);
  }
  const options = { maxFieldBytes: 2 };
  await assertRejects(() => summary(parseMultipart(bytesOf(BODY), TYPE, options)), LimitError);
});

Deno.test("an option that there is not is refused", () => {
  const options = { maxpart: 5 } as never;
  assertThrows(
    () => parseMultipart(null, TYPE, options),
    TypeError,
    'option "maxpart": there is none',
  );
});

Deno.test("a file is streamed up to maxFileBytes", async () => {
  const body = `${partText("a", "0123456789", '; filename="f"')}--b--`;
  const read: string[] = [];
  const error = await assertRejects(async () => {
    for await (const part of parseMultipart(bytesOf(body), TYPE, { maxFileBytes: 4 })) {
      for await (const piece of part.body) read.push(textOf(piece));
    }
  }, LimitError);
  assertEquals([error.limit, read], ["maxFileBytes", ["0123"]]);
});

Deno.test("chunks that are given out may be transferred, whatever else was in theirs", async () => {
  const body = [1, 20, 3000].map((size, i) => partText(`p${i}`, "x".repeat(size))).join("");
  for (const size of [10, 100, 1000, 10_000]) {
    const lengths: number[] = [];
    const pieces = `${body}--b--`.match(new RegExp(`[^]{1,${size}}`, "g"))!.map(bytesOf);
    for await (const part of parseMultipart(pieces, TYPE)) {
      let length = 0;
      for await (const piece of part.body) {
        length += piece.length;
        structuredClone(piece, { transfer: [piece.buffer] });
        assertEquals(piece.length, 0);
      }
      lengths.push(length);
    }
    assertEquals(lengths, [1, 20, 3000]);
  }
});

Deno.test("parts of other multipart types need no name", async () => {
  const body = "--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b\r\n\r\ntwo\r\n" +
    '--b\r\nContent-Disposition: attachment; filename="f"\r\n\r\nthree\r\n--b--';
  const parts = parseMultipart(bytesOf(body), 'multipart/mixed; boundary="b"');
  assertEquals(await summary(parts), ["|undefined|one", "|undefined|two", "|f|three"]);
});
