import { assertEquals } from "@std/assert";
import { oneTurn } from "../../wire/event_loop.ts";

Deno.test("oneTurn() lets what is due run, and what follows in promises before", async () => {
  const order: string[] = [];
  const due = new Promise<void>((resolve) => setTimeout(() => (order.push("timer"), resolve()), 0));
  Promise.resolve().then(() => order.push("promise"));
  await oneTurn();
  order.push("turn");
  await due;
  assertEquals(order.indexOf("promise") < order.indexOf("turn"), true);
  assertEquals(order.length, 3);
});
