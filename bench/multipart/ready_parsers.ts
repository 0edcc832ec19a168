/**
 * Makes multipart parsers ready to be measured: writes the form, starts the parsers, and sees that
 * each finds in it what is there.
 */

import type { Grounds } from "../grounds.ts";
import { MIB, type Runner } from "../measure.ts";
import type { ParseScenario } from "../scenarios.ts";
import { planForm } from "./bodies.ts";
import type { ParseJob } from "./job.ts";
import type { ParserContestant } from "./parsers.ts";
import { writeForm, type WrittenForm } from "./write_form.ts";

/** Writes the form of a scenario to a scratch folder; `scale` is as in planForm(). */
export async function writeScenarioForm(
  scenario: ParseScenario,
  grounds: Grounds,
  scale?: number,
): Promise<WrittenForm> {
  const folder = await grounds.makeScratch(scenario.name);
  return writeForm(`${folder}/body.bin`, planForm(scenario.body, scale));
}

/** Starts the parsers; they end with `stack`. */
export async function readyParsers(
  form: WrittenForm,
  contestants: readonly ParserContestant[],
  signal: AbortSignal,
  stack: AsyncDisposableStack,
): Promise<Runner[]> {
  const { file, boundary, right, digest } = form;
  const job: ParseJob = { work: "parse", file, boundary, right, digest, seconds: 0, check: false };
  const runners: Runner[] = [];
  for (const contestant of contestants) {
    const parser = stack.use(contestant.start(signal));
    await parser.perform({ ...job, check: true });
    const run = async (seconds: number) => {
      const result = await parser.perform({ ...job, seconds });
      const units = result.count * form.bodyBytes / MIB;
      return { rate: units / result.seconds, units };
    };
    runners.push({ contestant, pid: parser.pid, run });
  }
  return runners;
}
