// The option `retry`, checked, and the waits that it asks for between attempts. Pure. Whether a request may be
// sent again at all is decided elsewhere, by what is known of how far it got.

import { parseHttpDate } from "../../wire/http_date.ts";
import {
  checkCount,
  checkRecord,
  checkSeconds,
  refuseKind,
  refuseNumber,
} from "../check_option.ts";
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

const NAMES = ["attempts", "statuses", "delay", "maxDelay"];

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
  const { attempts = DEFAULTS.attempts, statuses = DEFAULTS.statuses, delay, maxDelay } =
    typeof option === "number" ? { attempts: option } : checkRecord("retry", option, NAMES);
  return {
    attempts: checkAttempts(attempts),
    statuses: checkStatuses(statuses),
    delayMs: delay === undefined ? DEFAULTS.delayMs : checkWait("retry.delay", delay),
    maxDelayMs: maxDelay === undefined
      ? DEFAULTS.maxDelayMs
      : checkWait("retry.maxDelay", maxDelay),
  };
}

function checkAttempts(attempts: unknown): number {
  const count = checkCount("retry.attempts", attempts, 1);
  if (count === Infinity) refuseNumber("retry.attempts", count, "finite");
  return count;
}

function checkStatuses(statuses: unknown): readonly number[] {
  if (!Array.isArray(statuses)) refuseKind("retry.statuses", statuses, "an array of numbers");
  for (const status of statuses) {
    if (checkCount("retry.statuses", status, 400) > 599) {
      refuseNumber("retry.statuses", status, "a status from 400 to 599");
    }
  }
  return [...statuses];
}

function checkWait(name: string, seconds: unknown): number {
  const ms = checkSeconds(name, seconds);
  if (ms === Infinity) refuseNumber(name, ms, "finite");
  return ms;
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
