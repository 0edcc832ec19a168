import { assertEquals, assertRejects } from "@std/assert";
import { firstSuccess, type Stagger } from "../../../client/dial/staggered.ts";
import { noSignal } from "../support/dialing.ts";

/** Longer than any test. */
const NEVER_MS = 1_000_000;

/** Attempts that are told by number what to do; each else is pending until it is ended. */
class Race {
  readonly begun: number[] = [];
  readonly ended: number[] = [];
  readonly late: string[] = [];
  readonly #outcomes: Record<number, () => Promise<string>>;

  constructor(outcomes: Record<number, () => Promise<string>>) {
    this.#outcomes = outcomes;
  }

  run(count: number, options: Partial<Stagger<string>> = {}): Promise<string> {
    const attempts = Array.from({ length: count }, (_, at) => (signal: AbortSignal) => {
      this.begun.push(at);
      const outcome = this.#outcomes[at];
      if (outcome !== undefined) return outcome();
      return new Promise<string>((_, reject) => {
        signal.addEventListener("abort", () => {
          this.ended.push(at);
          reject(signal.reason);
        });
      });
    });
    const dispose = (late: string) => void this.late.push(late);
    return firstSuccess(attempts, { aloneMs: NEVER_MS, signal: noSignal(), dispose, ...options });
  }
}

const succeed = () => Promise.resolve("success");
const fail = () => Promise.reject(new RangeError("failure"));

Deno.test("firstSuccess() begins nothing else while the first attempt is alone", async () => {
  const race = new Race({ 0: succeed });
  assertEquals(await race.run(3), "success");
  assertEquals(race.begun, [0]);
});

Deno.test("firstSuccess() begins the next attempt at once when one fails", async () => {
  const race = new Race({ 0: fail, 1: fail, 2: succeed });
  assertEquals(await race.run(4), "success");
  assertEquals(race.begun, [0, 1, 2]);
});

Deno.test("firstSuccess() gives company to what takes long, and ends it when it lost", async () => {
  const race = new Race({ 2: succeed });
  assertEquals(await race.run(4, { aloneMs: 1 }), "success");
  assertEquals([race.begun, race.ended], [[0, 1, 2], [0, 1]]);
});

Deno.test("firstSuccess() waits for those under way when the last one fails", async () => {
  const first = Promise.withResolvers<string>();
  const race = new Race({
    0: () => first.promise,
    1: () => {
      queueMicrotask(() => first.resolve("late success"));
      return fail();
    },
  });
  assertEquals(await race.run(2, { aloneMs: 1 }), "late success");
});

Deno.test("firstSuccess() disposes of a second success", async () => {
  const both = Promise.withResolvers<string>();
  const race = new Race({
    0: () => both.promise.then(() => "first"),
    1: () => {
      both.resolve("");
      return both.promise.then(() => "second");
    },
  });
  assertEquals(await race.run(2, { aloneMs: 1 }), "first");
  assertEquals(race.late, ["second"]);
});

Deno.test("firstSuccess() rejects with all errors in the order of the attempts", async () => {
  const race = new Race({ 0: fail, 1: () => Promise.reject(new TypeError("other")) });
  const { errors } = await assertRejects(() => race.run(2), AggregateError);
  assertEquals(errors.map((it) => `${it}`), ["RangeError: failure", "TypeError: other"]);
});

Deno.test("firstSuccess() ends all attempts on abort, and begins none after it", async () => {
  const abort = new AbortController();
  const race = new Race({
    1: () => {
      abort.abort(new URIError("enough"));
      return fail();
    },
  });
  const options = { aloneMs: 1, signal: abort.signal };
  await assertRejects(() => race.run(3, options), URIError, "enough");
  assertEquals(race.ended.includes(0), true);
  const begun = race.begun.length;
  await assertRejects(() => race.run(3, options), URIError, "enough");
  assertEquals(race.begun.length, begun);
});
