import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { forEachPart } from "../../../multipart/parse/for_each_part.ts";
import type { MultipartPart } from "../../../multipart/parse/part.ts";

const PARTS = ["a", "b", "c"].map((name) => ({ name }) as MultipartPart);

Deno.test("forEachPart() takes one part after the other", async () => {
  const log: string[] = [];
  await forEachPart(ReadableStream.from(PARTS), async ({ name }) => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
  });
  assertEquals(log, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

Deno.test("forEachPart() fails as the parts do", async () => {
  const error = new Error("broken");
  async function* broken(): AsyncGenerator<MultipartPart> {
    yield PARTS[0]!;
    await Promise.reject(error);
  }
  const taking = forEachPart(broken(), () => Promise.resolve());
  assertStrictEquals(await assertRejects(() => taking), error);
});

Deno.test("forEachPart() fails at once, even if the parts never stop, or fail to", async () => {
  const stops = [
    () => new Promise<never>(() => {}),
    () => Promise.reject(new Error("no")),
    () => {
      throw new Error("no");
    },
  ];
  for (const stop of stops) {
    const reasons: unknown[] = [];
    const parts: AsyncIterable<MultipartPart> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.resolve({ done: false, value: PARTS[0]! }),
        return: (reason) => {
          reasons.push(reason);
          return stop();
        },
      }),
    };
    const error = new Error("mine");
    const taking = forEachPart(parts, () => Promise.reject(error));
    assertStrictEquals(await assertRejects(() => taking), error);
    assertEquals(reasons, [error]);
  }
});
