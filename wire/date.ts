// The Date field's value, formatted at most once a second however many responses need it.

let second = -1;
let value = "";

/** The current time as an IMF-fixdate (RFC 9110 5.6.7). */
export function httpDate(nowMs: number = Date.now()): string {
  const now = Math.floor(nowMs / 1000);
  if (now !== second) {
    second = now;
    value = new Date(now * 1000).toUTCString();
  }
  return value;
}
