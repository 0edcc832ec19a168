import { assertEquals, assertStrictEquals } from "@std/assert";
import { ownSymbol } from "../../wire/own_symbol.ts";

Deno.test("a symbol of an object is found by its description", () => {
  const wanted = Symbol("wanted");
  assertStrictEquals(ownSymbol({ [Symbol("other")]: 1, [wanted]: 2 }, "wanted"), wanted);
});

Deno.test("what is inherited, a string, or ambiguous is no such symbol", () => {
  const name = Symbol("a");
  assertEquals(ownSymbol(Object.create({ [name]: 1 }), "a"), undefined);
  assertEquals(ownSymbol({ a: 1 }, "a"), undefined);
  assertEquals(ownSymbol({ [name]: 1, [Symbol("a")]: 2 }, "a"), undefined);
});
