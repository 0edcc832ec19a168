// Forms as browsers, tools and libraries send them give their parts, however the bytes arrive.

import { assertEquals } from "@std/assert";
import type { Capture } from "./capture.ts";
import { CAPTURES } from "./captures.ts";
import { assertAllSame, cutsInThree, cutsInTwo, eventsOf, type Outcome, play } from "./support.ts";

/** Checks a capture when it comes whole. */
function whole(capture: Capture): Outcome {
  const outcome = play([capture.body], capture.contentType);
  assertEquals(outcome, { events: eventsOf(capture.parts, true) });
  return outcome;
}

for (const capture of CAPTURES) {
  const { from, body } = capture;
  Deno.test(`A form of ${from} gives its parts, whole and byte by byte`, async () => {
    await assertAllSame([[body], [...body]], capture, whole(capture));
  });
  Deno.test(`A form of ${from} gives its parts, cut in two anywhere`, async () => {
    await assertAllSame([...cutsInTwo(body)], capture, whole(capture));
  });
  Deno.test(`A form of ${from} gives its parts, cut in three`, async () => {
    await assertAllSame([...cutsInThree(body)], capture, whole(capture));
  });
}
