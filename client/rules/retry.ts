// When a request that failed is sent again: the option, and the waits between the attempts. Pure. Whether it may
// be sent again at all is decided by whoever knows how far it got.

import { parseHttpDate } from "../../wire/http_date.ts";
import type { RetryOptions } from "../options.ts";

/** The option `retry`, checked. */
export interface RetryPolicy {
  /** Attempts in all. */
  readonly attempts: number;
  /** Statuses that are worth another attempt. */
  readonly statuses: readonly number[];
  /** Longest wait before the second attempt; it doubles with each. */
  readonly delayMs: number;
  /** Longest wait at all. */
  readonly maxDelayMs: number;
}

const DEFAULTS: RetryPolicy = {
  attempts: 3,
  statuses: [408, 429, 500, 502, 503, 504],
  delayMs: 500,
  maxDelayMs: 30_000,
};

/** What `retry` says; undefined: every request is sent once. A number is that of the attempts in all. */
export function resolveRetry(
  option: boolean | number | RetryOptions | undefined,
): RetryPolicy | undefined {
  if (option === undefined || option === false) return undefined;
  if (option === true) return DEFAULTS;
  if (typeof option === "number") option = { attempts: option };
  if (typeof option !== "object" || option === null || Array.isArray(option)) {
    throw new TypeError('Cannot use option "retry": it is not a boolean, a number or an object');
  }
  const { attempts = DEFAULTS.attempts, statuses = DEFAULTS.statuses, delay, maxDelay } = option;
  if (typeof attempts !== "number") wrongType("attempts", "a number");
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    wrongRange("attempts", "at least 1", attempts);
  }
  if (!Array.isArray(statuses)) wrongType("statuses", "an array");
  for (const status of statuses) {
    if (typeof status !== "number") wrongType("statuses", "an array of numbers");
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      wrongRange("statuses", "from 400 to 599", status);
    }
  }
  return {
    attempts,
    statuses: [...statuses],
    delayMs: milliseconds("delay", delay, DEFAULTS.delayMs),
    maxDelayMs: milliseconds("maxDelay", maxDelay, DEFAULTS.maxDelayMs),
  };
}

function milliseconds(name: string, seconds: number | undefined, defaultMs: number): number {
  if (seconds === undefined) return defaultMs;
  if (typeof seconds !== "number") wrongType(name, "a number");
  if (!(seconds >= 0 && seconds < Infinity)) wrongRange(name, "at least 0 and finite", seconds);
  return seconds * 1000;
}

function wrongType(name: string, wanted: string): never {
  throw new TypeError(`Cannot use option "retry.${name}": it is not ${wanted}`);
}

function wrongRange(name: string, wanted: string, actual: number): never {
  throw new RangeError(`Cannot use option "retry.${name}": ${actual} is not ${wanted}`);
}

/**
 * Milliseconds to wait after attempt number `attempt` (from 1) failed; undefined: there is no other. Any wait up
 * to the longest is as likely (full jitter), so that clients that failed together do not come back
 * together; never less than Retry-After says, and none at all when that is more than the policy allows.
 */
export function retryDelayMs(
  policy: RetryPolicy,
  attempt: number,
  retryAfter: string | undefined,
  nowMs: number,
  random: () => number,
): number | undefined {
  if (attempt >= policy.attempts) return undefined;
  const longestMs = Math.min(policy.maxDelayMs, policy.delayMs * 2 ** (attempt - 1));
  const askedMs = retryAfter === undefined ? 0 : parseRetryAfter(retryAfter, nowMs) ?? 0;
  if (askedMs > policy.maxDelayMs) return undefined;
  return Math.max(random() * longestMs, askedMs);
}

/** Milliseconds from now (RFC 9110 10.2.3), not below 0; undefined when the value makes no sense. */
function parseRetryAfter(value: string, nowMs: number): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const dateMs = parseHttpDate(value, nowMs);
  return dateMs === undefined ? undefined : Math.max(0, dateMs - nowMs);
}

const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** Whether sending a request twice does what sending it once does (RFC 9110 9.2.2). */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}
