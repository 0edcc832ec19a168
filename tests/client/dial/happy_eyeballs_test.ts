import { assert, assertEquals, assertRejects } from "@std/assert";
import { connectFirst, interleave } from "../../../client/dial/happy_eyeballs.ts";
import { noSignal } from "../support/dialing.ts";

/** Longer than any test. */
const NEVER_MS = 1_000_000;

class Attempt {
  readonly address: string;
  readonly outcome: PromiseWithResolvers<Attempt> = Promise.withResolvers();
  closes = 0;

  constructor(address: string) {
    this.address = address;
  }

  close(): void {
    this.closes++;
  }

  succeed(): void {
    this.outcome.resolve(this);
  }
}

/** Attempts in the test's hands, each pending until an abort or until the test decides. */
class Dialer {
  readonly attempts: Attempt[] = [];
  onAttempt: (attempt: Attempt) => void = () => {};

  connect = (address: string, signal: AbortSignal): Promise<Attempt> => {
    const attempt = new Attempt(address);
    this.attempts.push(attempt);
    signal.addEventListener("abort", () => attempt.outcome.reject(signal.reason));
    this.onAttempt(attempt);
    return attempt.outcome.promise;
  };

  get addresses(): string[] {
    return this.attempts.map(({ address }) => address);
  }
}

Deno.test("interleave() lets the families take turns, the first one's first", () => {
  assertEquals(interleave(["::1", "::2", "::3", "1.1.1.1"]), ["::1", "1.1.1.1", "::2", "::3"]);
  assertEquals(interleave(["1.1.1.1", "1.1.1.2", "::1"]), ["1.1.1.1", "::1", "1.1.1.2"]);
  assertEquals(interleave(["1.1.1.1"]), ["1.1.1.1"]);
});

Deno.test("connectFirst() starts no second attempt when the first succeeds", async () => {
  const dialer = new Dialer();
  dialer.onAttempt = (attempt) => attempt.succeed();
  const won = await connectFirst(["1.1.1.1", "1.1.1.2"], dialer.connect, noSignal(), NEVER_MS);
  assertEquals(won.address, "1.1.1.1");
  assertEquals(dialer.addresses, ["1.1.1.1"]);
  assertEquals(won.closes, 0);
});

Deno.test("connectFirst() starts the next attempt at once when one fails", async () => {
  const dialer = new Dialer();
  dialer.onAttempt = (attempt) => {
    if (attempt.address === "1.1.1.3") attempt.succeed();
    else attempt.outcome.reject(new Error("unreachable"));
  };
  const addresses = ["1.1.1.1", "1.1.1.2", "1.1.1.3", "1.1.1.4"];
  const won = await connectFirst(addresses, dialer.connect, noSignal(), NEVER_MS);
  assertEquals(won.address, "1.1.1.3");
  assertEquals(dialer.addresses, ["1.1.1.1", "1.1.1.2", "1.1.1.3"]);
});

Deno.test("connectFirst() gives company to an attempt that takes long, and ends it when it lost", async () => {
  const dialer = new Dialer();
  dialer.onAttempt = (attempt) => {
    if (attempt.address === "1.1.1.1") attempt.succeed();
  };
  const won = await connectFirst(["::1", "::2", "1.1.1.1"], dialer.connect, noSignal(), 1);
  assertEquals(won.address, "1.1.1.1");
  assertEquals(dialer.addresses, ["::1", "1.1.1.1"]);
  await assertRejects(() => dialer.attempts[0]!.outcome.promise);
});

Deno.test("connectFirst() closes an attempt that succeeds after another did", async () => {
  const dialer = new Dialer();
  dialer.onAttempt = () => {
    if (dialer.attempts.length < 2) return;
    for (const attempt of dialer.attempts) attempt.succeed();
  };
  const won = await connectFirst(["1.1.1.1", "1.1.1.2"], dialer.connect, noSignal(), 1);
  const [loser] = dialer.attempts.filter((it) => it !== won);
  await loser!.outcome.promise;
  assertEquals([won.closes, loser!.closes], [0, 1]);
});

Deno.test("connectFirst() tells of each address when all fail", async () => {
  const fail = (address: string) => Promise.reject(new Error(`no way to ${address}`));
  await assertRejects(
    () => connectFirst(["1.1.1.1", "::1"], fail, noSignal(), NEVER_MS),
    AggregateError,
    "1.1.1.1: no way to 1.1.1.1; ::1: no way to ::1",
  );
});

Deno.test("connectFirst() rejects with the error of an only address", async () => {
  const fail = () => Promise.reject(new RangeError("no way"));
  await assertRejects(() => connectFirst(["1.1.1.1"], fail, noSignal()), RangeError, "no way");
});

Deno.test("connectFirst() ends all attempts on abort", async () => {
  const dialer = new Dialer();
  const abort = new AbortController();
  dialer.onAttempt = () => {
    if (dialer.attempts.length === 2) abort.abort(new URIError("enough"));
  };
  await assertRejects(
    () => connectFirst(["1.1.1.1", "1.1.1.2", "1.1.1.3"], dialer.connect, abort.signal, 1),
    URIError,
    "enough",
  );
  for (const { outcome } of dialer.attempts) await assertRejects(() => outcome.promise);
  assert(dialer.attempts.length === 2);
});

Deno.test("connectFirst() starts nothing after an abort", async () => {
  const dialer = new Dialer();
  const aborted = AbortSignal.abort(new URIError("enough"));
  await assertRejects(() => connectFirst(["1.1.1.1"], dialer.connect, aborted), URIError, "enough");
  assertEquals(dialer.attempts, []);
});
