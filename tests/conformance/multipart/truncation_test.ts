// A body that is cut anywhere is an error, and never a form with less in it (RFC 2046 5.1.1: the close delimiter
// ends the last part).

import { assert, assertEquals } from "@std/assert";
import { CAPTURES } from "./captures.ts";
import { eventsOf, FORM, lines, named, type Outcome, type Part, play, read } from "./support.ts";

/** Parts that are complete in events. */
function completeIn(events: readonly string[]): number {
  return events.filter((event) => event.startsWith('"') && event.endsWith('"')).length;
}

/** Checks each beginning of a body. `closeEnd` is the index behind the dashes of its close delimiter. */
async function assertCutsFail(
  body: string,
  contentType: string,
  parts: readonly Part[],
  closeEnd: number,
): Promise<void> {
  const all = eventsOf(parts, false);
  for (let end = 0; end < body.length; end++) {
    const cut = body.slice(0, end);
    // A CR behind the dashes is half of the line break.
    const isComplete = end >= closeEnd && end !== closeEnd + 1;
    const outcome = play([cut], contentType);
    // Byte by byte, and as parts, at a sample of the ends: all of them would take the square of the length.
    const isSample = end % 5 === 0 || end >= closeEnd - 5;
    if (isSample) assertEquals(play([...cut], contentType), outcome, JSON.stringify(cut));
    const { events, error } = outcome;
    if (isComplete) {
      assertEquals(outcome, { events: [...all, "end"] }, JSON.stringify(cut));
      continue;
    }
    assert(error !== undefined, `it passed: ${JSON.stringify(cut)}`);
    assertEquals([error.name, error.status, error.offset], ["MultipartError", 400, end]);
    assertCutShort(events, all, cut);
    if (!isSample) continue;
    const streamed = await read([cut], contentType);
    assertEquals(streamed.error, error, JSON.stringify(cut));
    assertEquals(streamed.parts.length, completeIn(events), JSON.stringify(cut));
  }
}

/** Checks that events are the first of `all`, and that the last may be the beginning of a body. */
function assertCutShort(events: Outcome["events"], all: string[], cut: string): void {
  const whole = events.at(-1)?.endsWith("…") === true ? events.slice(0, -1) : events;
  assertEquals(whole, all.slice(0, whole.length), JSON.stringify(cut));
  if (whole.length < events.length) {
    const begun = events.at(-1)!.slice(0, -1);
    assert(all[whole.length]!.startsWith(begun), JSON.stringify(cut));
  }
}

for (const { from, contentType, body, parts } of CAPTURES) {
  Deno.test(`A form of ${from} that is cut is refused wherever it is`, async () => {
    await assertCutsFail(body, contentType, parts, body.lastIndexOf("--") + 2);
  });
}

Deno.test("A form with everything around its parts is refused wherever it is cut", async () => {
  const body = lines(
    "preamble",
    "-",
    "--x \t",
    named("a", "f"),
    "X:",
    "",
    "",
    "--x-",
    "--",
    "--x",
    named("b"),
    "",
    "",
    "--x--",
    "",
  ).replace("--x-\r\n--\r\n", "-x-\r\n--\r\n");
  const fields = ['content-disposition: form-data; name="a"; filename="f"', "x: "];
  const parts = [{ name: "a", filename: "f", fields, body: "\r\n-x-\r\n--" }, {
    name: "b",
    body: "",
  }];
  await assertCutsFail(body, FORM, parts, body.length - 2);
});

Deno.test("The epilogue may be cut anywhere", () => {
  const body = lines("--x", named("a"), "", "1", "--x--", "epi\r\nlogue\r\n--x\r\n");
  const events = eventsOf([{ name: "a", body: "1" }], true);
  for (let end = body.indexOf("epi"); end <= body.length; end++) {
    assertEquals(play([body.slice(0, end)], FORM), { events });
  }
});
