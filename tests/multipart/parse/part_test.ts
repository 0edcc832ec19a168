import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Part, type PartContent } from "../../../multipart/parse/part.ts";
import { parsePartHead } from "../../../multipart/parse/part_head.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Content in pieces, which are completed with the last one. */
class Pieces implements PartContent {
  readonly #pieces: string[];

  constructor(...pieces: string[]) {
    this.#pieces = pieces;
  }

  readPiece<R>(part: Part, made: (piece: Uint8Array<ArrayBuffer> | undefined) => R): Promise<R> {
    const piece = this.#pieces.shift();
    part.isComplete = this.#pieces.length === 0;
    return Promise.resolve(made(piece === undefined ? undefined : bytesOf(piece)));
  }

  readBytes(part: Part): Promise<Uint8Array<ArrayBuffer>> {
    part.isComplete = true;
    return Promise.resolve(bytesOf(this.#pieces.splice(0).join("")));
  }

  readText(part: Part): Promise<string> {
    part.isComplete = true;
    return Promise.resolve(this.#pieces.splice(0).join(""));
  }
}

function partOf(content: PartContent, header = 'Content-Disposition: form-data; name="a"'): Part {
  const rules = { isForm: true, maxHeaders: 32, dashBoundary: "--b" };
  return new Part(content, parsePartHead(bytesOf(`${header}\r\n\r\n`), 0, rules));
}

const USED = 'Cannot read body of part "a": it was read already';

Deno.test("a part says what its header does", () => {
  const part = partOf(
    new Pieces(),
    'Content-Disposition: form-data; name="a"; filename="f"\r\nCONTENT-TYPE: x/y; z=1\r\n' +
      "X-Twice: 1\r\nx-twice: 2\r\n__proto__: p",
  );
  assertEquals([part.name, part.filename, part.contentType], ["a", "f", "x/y; z=1"]);
  assertEquals([...part.headers], [
    ["content-disposition", 'form-data; name="a"; filename="f"'],
    ["content-type", "x/y; z=1"],
    ["x-twice", "1, 2"],
    ["__proto__", "p"],
  ]);
  assertStrictEquals(part.headers, part.headers);
  const field = partOf(new Pieces());
  assertEquals([field.filename, field.contentType], [undefined, undefined]);
});

Deno.test("the body of a part is a stream of its pieces, always the same one", async () => {
  const part = partOf(new Pieces("ab", "c"));
  assertStrictEquals(part.body, part.body);
  const reader = part.body.getReader();
  assertEquals(await reader.read(), { done: false, value: bytesOf("ab") });
  assertEquals(await reader.read(), { done: false, value: bytesOf("c") });
  assertEquals(await reader.read(), { done: true, value: undefined });
  assertEquals(await Array.fromAsync(partOf(new Pieces("ab", "c")).body), [
    bytesOf("ab"),
    bytesOf("c"),
  ]);
});

Deno.test("bytes() and text() give all of it", async () => {
  assertEquals(await partOf(new Pieces("ab", "c")).bytes(), bytesOf("abc"));
  assertEquals(await partOf(new Pieces("ab", "c")).text(), "abc");
});

Deno.test("a part is read once, in one way", async () => {
  const ways: ((part: Part) => Promise<unknown>)[] = [
    (part) => part.text(),
    (part) => part.bytes(),
    (part) => Array.fromAsync(part.body.values()),
    (part) => part.body.cancel(),
  ];
  for (const first of ways) {
    for (const second of ways.slice(0, 2)) {
      const part = partOf(new Pieces("ab"));
      await first(part);
      await assertRejects(() => second(part), TypeError, USED);
    }
  }
  const part = partOf(new Pieces("ab"));
  await part.text();
  await assertRejects(() => part.body.getReader().read(), TypeError, USED);
});

Deno.test("a part whose body somebody holds is not collected, but one whose body was only asked for is", async () => {
  const held = partOf(new Pieces("ab"));
  held.body.getReader();
  await assertRejects(() => held.text(), TypeError, USED);
  const free = partOf(new Pieces("ab"));
  assertEquals(free.body.locked, false);
  assertEquals(await free.text(), "ab");
});

Deno.test("fail() ends the body, if somebody has it", async () => {
  const part = partOf(new Pieces("ab"));
  part.fail(() => {
    throw new Error("nobody asked for it");
  });
  const reader = part.body.getReader();
  part.fail(() => part.error("for a reason"));
  const message = 'Cannot read body of part "a": for a reason';
  await assertRejects(() => reader.read(), TypeError, message);
});
