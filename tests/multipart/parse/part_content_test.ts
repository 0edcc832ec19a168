import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { type ContentReader, PartContent } from "../../../multipart/parse/part_content.ts";
import { parsePartHead } from "../../../multipart/parse/part_head.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Content in pieces, which are completed with the last one. */
class Pieces implements ContentReader {
  readonly #pieces: string[];

  constructor(...pieces: string[]) {
    this.#pieces = pieces;
  }

  readPiece<R>(
    part: PartContent,
    made: (piece: Uint8Array<ArrayBuffer> | undefined) => R,
  ): Promise<R> {
    const piece = this.#pieces.shift();
    part.isComplete = this.#pieces.length === 0;
    return Promise.resolve(made(piece === undefined ? undefined : bytesOf(piece)));
  }

  readBytes(part: PartContent): Promise<Uint8Array<ArrayBuffer>> {
    part.isComplete = true;
    return Promise.resolve(bytesOf(this.#pieces.splice(0).join("")));
  }

  readText(part: PartContent): Promise<string> {
    part.isComplete = true;
    return Promise.resolve(this.#pieces.splice(0).join(""));
  }
}

function contentOf(...pieces: string[]): PartContent {
  const rules = { isForm: true, maxHeaders: 32, dashBoundary: "--b" };
  const header = bytesOf('Content-Disposition: form-data; name="a"\r\n\r\n');
  return new PartContent(new Pieces(...pieces), parsePartHead(header, 0, rules));
}

const USED = 'Cannot read body of part "a": it was read already';

Deno.test("the body of a part is a stream of its pieces, always the same one", async () => {
  const part = contentOf("ab", "c");
  assertStrictEquals(part.body, part.body);
  const reader = part.body.getReader();
  assertEquals(await reader.read(), { done: false, value: bytesOf("ab") });
  assertEquals(await reader.read(), { done: false, value: bytesOf("c") });
  assertEquals(await reader.read(), { done: true, value: undefined });
  assertEquals(await Array.fromAsync(contentOf("ab", "c").body), [
    bytesOf("ab"),
    bytesOf("c"),
  ]);
});

Deno.test("bytes() and text() give all of it", async () => {
  assertEquals(await contentOf("ab", "c").bytes(), bytesOf("abc"));
  assertEquals(await contentOf("ab", "c").text(), "abc");
});

Deno.test("a part is read once, in one way", async () => {
  const ways: ((part: PartContent) => Promise<unknown>)[] = [
    (part) => part.text(),
    (part) => part.bytes(),
    (part) => Array.fromAsync(part.body.values()),
    (part) => part.body.cancel(),
  ];
  for (const first of ways) {
    for (const second of ways.slice(0, 2)) {
      const part = contentOf("ab");
      await first(part);
      await assertRejects(() => second(part), TypeError, USED);
    }
  }
  const part = contentOf("ab");
  await part.text();
  await assertRejects(() => part.body.getReader().read(), TypeError, USED);
});

Deno.test("a part whose body somebody holds is not collected, but one whose body was only asked for is", async () => {
  const held = contentOf("ab");
  held.body.getReader();
  await assertRejects(() => held.text(), TypeError, USED);
  const free = contentOf("ab");
  assertEquals(free.body.locked, false);
  assertEquals(await free.text(), "ab");
});

Deno.test("fail() ends the body, if somebody has it", async () => {
  const part = contentOf("ab");
  part.fail(() => {
    throw new Error("nobody asked for it");
  });
  const reader = part.body.getReader();
  part.fail(() => part.error("for a reason"));
  const message = 'Cannot read body of part "a": for a reason';
  await assertRejects(() => reader.read(), TypeError, message);
});
