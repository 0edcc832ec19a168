import { assertEquals, assertRejects } from "@std/assert";
import { readExactly } from "../../../client/dial/read_exactly.ts";
import { ClosedError } from "../../../wire/errors.ts";
import { FakeSource, textOf } from "../../wire/fakes.ts";

Deno.test("readExactly() reads so many bytes, however they arrive, and no more", async () => {
  const source = new FakeSource("ab", "c", "defg", null);
  assertEquals(textOf(await readExactly(source, 5)), "abcde");
  assertEquals(textOf(await readExactly(source, 2)), "fg");
  assertEquals((await readExactly(source, 0)).length, 0);
});

Deno.test("readExactly() rejects when the stream ends before", async () => {
  const error = await assertRejects(
    () => readExactly(new FakeSource("abc", null), 4),
    ClosedError,
    "it closed the connection",
  );
  assertEquals(error.received, 3);
});
