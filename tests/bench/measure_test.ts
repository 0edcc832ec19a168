import { assertEquals, assertRejects } from "@std/assert";
import { type Runner, takeTurns } from "../../bench/measure.ts";
import { type ContestantKey, SCENARIOS } from "../../bench/scenarios.ts";

const SCENARIO = SCENARIOS[0];
const NEVER = new AbortController().signal;

Deno.test("takeTurns() warms everybody up and then goes round, and keeps the rounds alone", async () => {
  const turns: string[] = [];
  const runner = (key: ContestantKey, rates: number[]): Runner => ({
    contestant: { key, label: key },
    pid: Deno.pid,
    run: (seconds) => {
      turns.push(`${key} ${seconds}`);
      return Promise.resolve({ rate: rates.shift()!, units: 1 });
    },
  });
  const runners = [runner("ours", [9, 1, 2]), runner("curl", [8, 3, 4])];
  const heard: string[] = [];
  const measurements = await takeTurns(SCENARIO, runners, {
    seconds: 5,
    rounds: 2,
    signal: NEVER,
    onProgress: (message) => heard.push(message),
  });
  assertEquals(turns, ["ours 1", "curl 1", "ours 5", "curl 5", "ours 5", "curl 5"]);
  assertEquals(heard, ["hello: round 1 of 2", "hello: round 2 of 2"]);
  assertEquals(measurements.map((one) => one.samples.map(({ rate }) => rate)), [[1, 2], [3, 4]]);
  assertEquals(measurements.map((one) => one.samples[0].peerBusy), [undefined, undefined]);
});

Deno.test("takeTurns() tells the processor time of both ends, where it can be read", async () => {
  const runner: Runner = {
    contestant: { key: "ours", label: "ours" },
    pid: Deno.pid,
    peerPid: Deno.pid,
    run: () => Promise.resolve({ rate: 1, units: 4 }),
  };
  const plan = { seconds: 1, rounds: 1, signal: NEVER, onProgress: () => {} };
  const [{ samples: [sample] }] = await takeTurns(SCENARIO, [runner], plan);
  const expected = Deno.build.os === "linux" ? "number" : "undefined";
  assertEquals(typeof sample.busy, expected);
  assertEquals(typeof sample.peerBusy, expected);
  assertEquals(typeof sample.cpuMicros, expected);
});

Deno.test("takeTurns() ends with the reason of its signal", async () => {
  const signal = AbortSignal.abort(new Error("enough"));
  const runner: Runner = {
    contestant: { key: "ours", label: "ours" },
    pid: Deno.pid,
    run: () => Promise.reject(new Error("it ran")),
  };
  const plan = { seconds: 1, rounds: 1, signal, onProgress: () => {} };
  await assertRejects(() => takeTurns(SCENARIO, [runner], plan), Error, "enough");
});
