import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import type { BodySource } from "../../client/body_source.ts";
import { WatchedSource } from "../../client/watched_source.ts";
import { bytesOf, textOf } from "../wire/fakes.ts";

/** A body of these pieces, and what is told of it. */
function watched(...pieces: (string | Error)[]): { source: WatchedSource; told: unknown[] } {
  const told: unknown[] = [];
  const body: BodySource = {
    read() {
      const piece = pieces.shift();
      if (piece instanceof Error) return Promise.reject(piece);
      return Promise.resolve(piece === undefined ? undefined : bytesOf(piece));
    },
    close: () => void told.push("closed"),
  };
  const source = new WatchedSource(body, {
    onEnd: (isWhole) => void told.push(isWhole),
    explain: (error) => new Error("of this request", { cause: error }),
    race: () => Promise.reject(new Error("the request is over")),
  });
  return { source, told };
}

Deno.test("a body that is read to its end is told to be whole, once", async () => {
  const { source, told } = watched("a", "b");
  for (const expected of ["a", "b"]) assertEquals(textOf((await source.read())!), expected);
  assertEquals(told, []);
  assertEquals([await source.read(), await source.read()], [undefined, undefined]);
  source.close();
  assertEquals(told, [true, "closed"]);
});

Deno.test("a body that is given up is closed, and told not to be whole", () => {
  const { source, told } = watched("a", "b");
  source.close();
  source.close();
  assertEquals(told, ["closed", false, "closed"]);
});

Deno.test("an error of a body says of which request it is", async () => {
  const failure = new Error("cut");
  const { source, told } = watched("a", failure);
  await source.read();
  const error = await assertRejects(() => source.read(), Error, "of this request");
  assertStrictEquals(error.cause, failure);
  assertEquals(told, [false]);
});

Deno.test("what is done with a body ends with its request, and on its own behind the end", async () => {
  const { source } = watched();
  await assertRejects(() => source.race(new Promise(() => {})), Error, "the request is over");
  await source.read();
  assertEquals(await source.race(Promise.resolve(1)), 1);
});
