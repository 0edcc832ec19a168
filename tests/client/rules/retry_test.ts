import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { resolveRetry, retryDelayMs, type RetryPolicy } from "../../../client/rules/retry.ts";

const DEFAULTS = resolveRetry(true)!;
const NOW = Date.UTC(2026, 0, 1, 12, 0, 0);

/** The wait when chance has it as long as possible. */
function longest(
  attempt: number,
  retryAfter?: string,
  policy: Partial<RetryPolicy> = {},
): number | undefined {
  return retryDelayMs({ ...DEFAULTS, attempts: 99, ...policy }, attempt, retryAfter, NOW, () => 1);
}

/** The wait when chance has it as short as possible: what Retry-After says. */
function asked(retryAfter: string): number | undefined {
  return retryDelayMs(DEFAULTS, 1, retryAfter, NOW, () => 0);
}

Deno.test("resolveRetry() repeats nothing unless it is told to", () => {
  assertEquals([resolveRetry(undefined), resolveRetry(false)], [undefined, undefined]);
});

Deno.test("resolveRetry() has the documented defaults", () => {
  const expected: RetryPolicy = {
    attempts: 3,
    statuses: [408, 429, 500, 502, 503, 504],
    delayMs: 500,
    maxDelayMs: 30_000,
  };
  assertEquals(resolveRetry(true), expected);
  assertEquals(resolveRetry({}), expected);
  assertEquals(resolveRetry(5), { ...expected, attempts: 5 });
});

Deno.test("resolveRetry() takes seconds and makes milliseconds of them", () => {
  assertEquals(resolveRetry({ attempts: 2, statuses: [503], delay: 0.25, maxDelay: 60 }), {
    ...{ attempts: 2, statuses: [503], delayMs: 250, maxDelayMs: 60_000 },
  });
  assertEquals(resolveRetry({ delay: 0 })!.delayMs, 0);
  assertEquals(resolveRetry({ statuses: [] })!.statuses, []);
});

Deno.test("resolveRetry() refuses nonsense and names it", () => {
  // deno-lint-ignore no-explicit-any
  const types: [any, string][] = [
    ["3", '"retry"'],
    [null, '"retry"'],
    [[], '"retry"'],
    [new Map(), '"retry"'],
    [{ attemps: 5 }, '"retry.attemps": there is no such option'],
    [{ attempts: "3" }, '"retry.attempts"'],
    [{ statuses: 503 }, '"retry.statuses"'],
    [{ statuses: ["503"] }, '"retry.statuses"'],
    [{ delay: "1" }, '"retry.delay"'],
    [{ maxDelay: null }, '"retry.maxDelay"'],
  ];
  for (const [option, name] of types) assertThrows(() => resolveRetry(option), TypeError, name);
  // deno-lint-ignore no-explicit-any
  const ranges: [any, string][] = [
    [0, '"retry.attempts": it is 0'],
    [-1, '"retry.attempts": it is -1'],
    [1.5, '"retry.attempts"'],
    [NaN, '"retry.attempts"'],
    [Infinity, '"retry.attempts"'],
    [{ statuses: [200] }, '"retry.statuses": it is 200'],
    [{ statuses: [503.5] }, '"retry.statuses"'],
    [{ statuses: [600] }, '"retry.statuses"'],
    [{ delay: -1 }, '"retry.delay"'],
    [{ delay: NaN }, '"retry.delay"'],
    [{ maxDelay: Infinity }, '"retry.maxDelay"'],
  ];
  for (const [option, name] of ranges) assertThrows(() => resolveRetry(option), RangeError, name);
});

Deno.test("resolveRetry() keeps its own list of statuses", () => {
  const statuses = [503];
  const policy = resolveRetry({ statuses })!;
  statuses.push(500);
  assertEquals(policy.statuses, [503]);
});

Deno.test("retryDelayMs() ends after the last attempt", () => {
  assertEquals([1, 2, 3, 4].map((n) => retryDelayMs(DEFAULTS, n, undefined, NOW, () => 1)), [
    ...[500, 1000, undefined, undefined],
  ]);
  assertEquals(retryDelayMs(resolveRetry(1)!, 1, undefined, NOW, () => 1), undefined);
});

Deno.test("retryDelayMs() doubles up to the longest wait", () => {
  assertEquals([1, 2, 3, 4, 5, 6, 7, 8, 98].map((n) => longest(n)), [
    ...[500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000],
  ]);
  assertEquals(longest(1, undefined, { delayMs: 5000, maxDelayMs: 2000 }), 2000);
  assertEquals(longest(3, undefined, { delayMs: 0 }), 0);
});

Deno.test("retryDelayMs() takes any wait up to that one (full jitter)", () => {
  for (const chance of [0, 0.25, 0.999]) {
    assertEquals(retryDelayMs(DEFAULTS, 2, undefined, NOW, () => chance), 1000 * chance);
  }
});

Deno.test("retryDelayMs() waits at least as long as Retry-After says (RFC 9110 10.2.3)", () => {
  assertEquals(asked("0"), 0);
  assertEquals(asked("2"), 2000);
  assertEquals(asked("30"), 30_000);
  assertEquals(asked("Thu, 01 Jan 2026 12:00:07 GMT"), 7000);
  assertEquals(asked("Thursday, 01-Jan-26 12:00:07 GMT"), 7000);
  assertEquals(asked("Thu, 01 Jan 2026 11:00:00 GMT"), 0);
  assertEquals(longest(1, "20"), 20_000);
  assertEquals(longest(6, "1"), 16_000);
});

Deno.test("retryDelayMs() ends when Retry-After is beyond the longest wait", () => {
  for (const value of ["31", "99999999999999999999999", "Thu, 01 Jan 2026 12:00:31 GMT"]) {
    assertEquals(asked(value), undefined, value);
  }
  assertEquals(longest(1, "31", { maxDelayMs: 31_000 }), 31_000);
});

Deno.test("retryDelayMs() ignores a Retry-After that makes no sense", () => {
  for (const value of ["", "-1", "1.5", "soon", "1, 2", "2026-01-01", "0x10", "1e9"]) {
    assertEquals(asked(value), 0, value);
  }
});

Deno.test("retryDelayMs() is never below Retry-After nor above the longest wait", () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(fc.nat(40), fc.nat(98), chance, (seconds, before, random) => {
    const policy = { ...DEFAULTS, attempts: 100 };
    const ms = retryDelayMs(policy, before + 1, String(seconds), NOW, () => random);
    if (seconds > 30) assertEquals(ms, undefined);
    else assert(ms! >= seconds * 1000 && ms! <= 30_000, `${ms}`);
  }));
});
