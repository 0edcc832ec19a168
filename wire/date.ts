// The Date field's value, formatted at most once a second however many responses need it. The ticker of
// deadline.ts keeps it fresh, so that a response does not even ask for the time.

let second = -1;
let value = "";

/** Brings the cached date up to `nowMs`. */
export function refreshDate(nowMs: number = Date.now()): void {
  const now = Math.floor(nowMs / 1000);
  if (now === second) return;
  second = now;
  value = new Date(now * 1000).toUTCString();
}

/** The time of the last refresh as an IMF-fixdate (RFC 9110 5.6.7). */
export function httpDate(): string {
  if (value === "") refreshDate();
  return value;
}
