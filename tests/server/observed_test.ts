import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { isThenable, observed } from "../../server/observed.ts";

Deno.test("observed() gives the promise itself, whose failure still reaches who waits", async () => {
  const promise = Promise.resolve(1);
  assertStrictEquals(observed(promise), promise);
  assertEquals(await promise, 1);
  await assertRejects(() => observed(Promise.reject(new TypeError("no"))), TypeError, "no");
});

Deno.test("observed() keeps a failure that nobody waits for from ending the process", async () => {
  let unhandled = 0;
  const count = (event: Event) => {
    event.preventDefault();
    unhandled++;
  };
  addEventListener("unhandledrejection", count);
  try {
    observed(Promise.reject(new Error("nobody waits")));
    await new Promise((resolve) => setTimeout(resolve, 0));
    assertEquals(unhandled, 0);
  } finally {
    removeEventListener("unhandledrejection", count);
  }
});

Deno.test("isThenable() tells what has to be waited for", () => {
  assertEquals([Promise.resolve(), { then() {} }].map(isThenable), [true, true]);
  assertEquals(
    [undefined, null, 1, "then", {}, { then: true }].map(isThenable),
    Array(6).fill(false),
  );
});
