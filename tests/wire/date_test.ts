import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { httpDate, refreshDate } from "../../wire/date.ts";
import { Deadline } from "../../wire/deadline.ts";

function dateAt(nowMs: number): string {
  refreshDate(nowMs);
  return httpDate();
}

Deno.test("httpDate() is an IMF-fixdate (RFC 9110 5.6.7)", () => {
  const cases: [number, string][] = [
    [784111777000, "Sun, 06 Nov 1994 08:49:37 GMT"],
    [784111777999, "Sun, 06 Nov 1994 08:49:37 GMT"],
    [784111778000, "Sun, 06 Nov 1994 08:49:38 GMT"],
    [0, "Thu, 01 Jan 1970 00:00:00 GMT"],
    [1709164799500, "Wed, 28 Feb 2024 23:59:59 GMT"],
    [1709164800000, "Thu, 29 Feb 2024 00:00:00 GMT"],
  ];
  for (const [nowMs, expected] of cases) assertEquals(dateAt(nowMs), expected);
});

Deno.test("httpDate() follows a clock that is set back", () => {
  const later = dateAt(1_000_000_000_000);
  assertEquals(dateAt(999_999_000_000), "Sun, 09 Sep 2001 01:30:00 GMT");
  assertEquals(dateAt(1_000_000_000_000), later);
});

Deno.test("httpDate() gives the same text within a second", () => {
  const text = dateAt(5_000);
  assertStrictEquals(dateAt(5_999), text);
});

Deno.test("refreshDate() is about the current time unless told another", () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  refreshDate(0);
  refreshDate();
  const now = Date.parse(httpDate());
  assert(now >= before && now <= Date.now());
});

Deno.test("httpDate() is fresh where a connection begins, however old the last one was", () => {
  const before = Math.floor(Date.now() / 1000) * 1000;
  refreshDate(0);
  const deadline = new Deadline(() => {});
  const now = Date.parse(httpDate());
  deadline.remove();
  assert(now >= before && now <= Date.now());
});

Deno.test("httpDate() is kept fresh while there are connections", async () => {
  const deadline = new Deadline(() => {});
  refreshDate(0);
  const alive = setInterval(() => {}, 1000);
  const before = Math.floor(Date.now() / 1000) * 1000;
  const { promise, resolve } = Promise.withResolvers<void>();
  const watch = new Deadline(resolve);
  watch.arm(1);
  await promise;
  assert(Date.parse(httpDate()) >= before);
  clearInterval(alive);
  watch.remove();
  deadline.remove();
});
