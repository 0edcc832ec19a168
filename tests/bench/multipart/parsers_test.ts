import { assert, assertEquals, assertRejects } from "@std/assert";
import { measureMemory } from "../../../bench/multipart/memory.ts";
import { findParsers, type ParserContestant } from "../../../bench/multipart/parsers.ts";
import { readyParsers, writeScenarioForm } from "../../../bench/multipart/ready_parsers.ts";
import type { WrittenForm } from "../../../bench/multipart/write_form.ts";
import { type ParseScenario, SCENARIOS, type StreamScenario } from "../../../bench/scenarios.ts";
import { makeGrounds, NEVER } from "../test_grounds.ts";

/** Some chunks of every form, and no multiple of one. */
const SCALE = 0.017;
const FORMS = SCENARIOS.filter((one) => one.group === "multipart");

/** One of each kind: a file, many, fields, and one that is hard. */
const DELIVERED = ["multipart-file", "multipart-files", "multipart-fields", "multipart-hostile"];

Deno.test("every parser delivers forms of all kinds right, again and again", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { grounds, notes } = await makeGrounds(stack);
  const wanted = new Set(FORMS.flatMap((one) => [...one.contestants]));
  const found = await findParsers(wanted, grounds);
  const forms: WrittenForm[] = [];
  for (const scenario of FORMS.filter(isParsed).filter(({ name }) => DELIVERED.includes(name))) {
    forms.push(await writeScenarioForm(scenario, grounds, SCALE));
  }
  assertEquals(forms.length, DELIVERED.length);
  for (const key of wanted) {
    const parser = found.get(key);
    const why = notes.find((note) => note.startsWith(`Skipping ${key}:`));
    assert(parser ?? why, `${key} is missing, and nobody says why`);
    await t.step({
      name: parser?.label ?? `[ignored: ${why}]`,
      ignore: parser === undefined,
      fn: () => runAll(parser!, forms),
    });
  }
});

Deno.test("a parser that finds something else is not measured", async () => {
  await using stack = new AsyncDisposableStack();
  const { grounds } = await makeGrounds(stack);
  const parsers = [...(await findParsers(new Set(["formdata"]), grounds)).values()];
  const form = await writeScenarioForm(FORMS.filter(isParsed)[0], grounds, SCALE);
  const other = { ...form, digest: "00" };
  await assertRejects(() => readyParsers(other, parsers, NEVER, stack), Error, "another form");
  const less = { ...form, right: { ...form.right, parts: 2 } };
  await assertRejects(() => readyParsers(less, parsers, NEVER, stack), Error, "1 parts of 2");
});

Deno.test("every parser that streams does so in memory that is watched", async () => {
  await using stack = new AsyncDisposableStack();
  const { grounds } = await makeGrounds(stack);
  const scenario: StreamScenario = { ...FORMS.find(isStreamed)!, bytes: 3_000_001 };
  const parsers = [...(await findParsers(new Set(scenario.contestants), grounds)).values()];
  const plan = { rounds: 2, signal: NEVER, onProgress: () => {} };
  for (const { contestant, samples } of await measureMemory(scenario, parsers, plan)) {
    assertEquals(samples.length, 2, contestant.label);
    for (const { growthMb, peakMb, rate } of samples) {
      assert(growthMb >= 0 && peakMb > growthMb && rate > 0, contestant.label);
    }
  }
});

async function runAll(parser: ParserContestant, forms: readonly WrittenForm[]): Promise<void> {
  for (const form of forms) {
    await using stack = new AsyncDisposableStack();
    const [runner] = await readyParsers(form, [parser], NEVER, stack);
    for (let turn = 0; turn < 2; turn++) {
      const { rate, units } = await runner.run(0.01);
      assert(rate > 0 && units > 0, `${units} units at ${rate}`);
    }
  }
}

function isParsed(scenario: typeof FORMS[number]): scenario is ParseScenario {
  return scenario.work === "parse";
}

function isStreamed(scenario: typeof FORMS[number]): scenario is StreamScenario {
  return scenario.work === "stream";
}
