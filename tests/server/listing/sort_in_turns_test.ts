import { assert, assertEquals } from "@std/assert";
import { sortInTurns } from "../../../server/listing/sort_in_turns.ts";

interface Item {
  readonly value: number;
  readonly at: number;
}

function makeItems(count: number, values: number): Item[] {
  let state = 1;
  return Array.from({ length: count }, (_, at) => {
    state = (state * 48271) % 2147483647;
    return { value: state % values, at };
  });
}

const byValue = (one: Item, other: Item): number => one.value - other.value;

Deno.test("sortInTurns() sorts like sort(), and keeps the order of what is equal", async () => {
  // Below, at and above the pieces that are sorted at once, and odd numbers of pieces.
  for (const count of [0, 1, 2, 2047, 2048, 2049, 2048 * 3, 20_000]) {
    const items = makeItems(count, 1000);
    const sorted = await sortInTurns(items, byValue);
    assertEquals(sorted.length, count);
    const expected = items.toSorted(byValue);
    assert(sorted.every((item, at) => item === expected[at]), `${count}`);
    assert(items.every(({ at }, index) => at === index), "the items given are as they were");
  }
});

Deno.test("sortInTurns() lets others have their turn", async () => {
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve));
      turns++;
    }
  })();
  await sortInTurns(makeItems(100_000, 100_000), byValue);
  isOver = true;
  await others;
  assert(turns > 3, `${turns} turns`);
});
