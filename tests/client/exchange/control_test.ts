import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Control } from "../../../client/exchange/control.ts";
import { TimeoutError } from "../../../wire/errors.ts";
import { within } from "../../conformance/waiting.ts";
import { turns } from "../../wire/fakes.ts";
import { deadlinesPassed } from "../support/ticking.ts";

Deno.test("a control goes on until it is ended", () => {
  const control = new Control(0, undefined);
  control.check();
  assertEquals([control.failed, control.signal.aborted, control.phase], [false, false, "queue"]);
  control.end();
});

Deno.test("the first reason wins and cancels what is waited for, once", () => {
  const control = new Control(0, undefined);
  const cancelled: string[] = [];
  control.onFail = () => cancelled.push("old");
  control.onFail = () => cancelled.push("new");
  const { signal } = control;
  const reason = new Error("first");
  control.fail(reason);
  control.fail(new Error("second"));
  assertEquals([cancelled, control.failed, signal.aborted], [["new"], true, true]);
  assertStrictEquals(control.failure, reason);
  assertStrictEquals(signal.reason, reason);
  assertStrictEquals(assertThrows(() => control.check()), reason);
  control.end();
});

Deno.test("what is waited for after the end of it all is cancelled at once", () => {
  const control = new Control(0, undefined);
  control.fail("over");
  let cancelled = 0;
  control.onFail = () => cancelled++;
  control.onFail = undefined;
  assertEquals([cancelled, control.signal.aborted, control.signal.reason], [1, true, "over"]);
  control.end();
});

Deno.test("a signal ends a request with its reason, whatever that is", () => {
  const controller = new AbortController();
  const control = new Control(0, controller.signal);
  let cancelled = 0;
  control.onFail = () => cancelled++;
  assertEquals(control.failed, false);
  controller.abort("enough");
  assertEquals([control.failed, control.failure, cancelled], [true, "enough", 1]);
  control.end();
});

Deno.test("a signal that was aborted before ends it at once", () => {
  const control = new Control(0, AbortSignal.abort(undefined));
  assert(control.failed);
  assertEquals((control.failure as Error).name, "AbortError");
  control.end();
});

Deno.test("after the end neither signal nor deadline does anything", async () => {
  const controller = new AbortController();
  const control = new Control(1, controller.signal);
  let cancelled = 0;
  control.onFail = () => cancelled++;
  control.end();
  controller.abort();
  await deadlinesPassed();
  assertEquals([control.failed, cancelled], [false, 0]);
});

Deno.test("the deadline ends a request with a TimeoutError that names its phase and its option", async () => {
  const control = new Control(1, undefined);
  control.phase = "headers";
  await within("it ends", new Promise<void>((resolve) => control.onFail = resolve));
  const error = control.failure;
  assert(error instanceof TimeoutError);
  assertEquals([error.phase, error.limit], ["headers", "timeout"]);
  control.end();
});

Deno.test("race() gives the outcome of a promise", async () => {
  const control = new Control(0, undefined);
  assertEquals(await control.race(Promise.resolve(5)), 5);
  const error = new Error("no");
  assertStrictEquals(await assertRejects(() => control.race(Promise.reject(error))), error);
  control.end();
});

Deno.test("race() rejects with the reason when the request ends first, for everybody who waits", async () => {
  const control = new Control(0, undefined);
  const forever = new Promise<never>(() => {});
  const races = [control.race(forever), control.race(forever)];
  const reason = new Error("over");
  control.fail(reason);
  for (const race of races) assertStrictEquals(await assertRejects(() => race), reason);
  assertStrictEquals(await assertRejects(() => control.race(Promise.resolve(5))), reason);
  control.end();
});

Deno.test("race() hears rejections out that come too late", async () => {
  const control = new Control(0, undefined);
  const early = Promise.withResolvers<void>();
  const race = control.race(early.promise);
  control.fail("over");
  // Neither may become an unhandled rejection, which would fail this test.
  early.reject(new Error("late"));
  const later = control.race(Promise.reject(new Error("too late")));
  assertEquals(await race.catch((it) => it), "over");
  assertEquals(await later.catch((it) => it), "over");
  await turns();
  control.end();
});
