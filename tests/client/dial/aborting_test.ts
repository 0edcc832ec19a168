import { assert, assertEquals, assertRejects } from "@std/assert";
import { beforeAbort, closeQuietly, whileOpen } from "../../../client/dial/aborting.ts";
import { noSignal } from "../support/dialing.ts";

class Resource {
  closes = 0;
  close(): void {
    this.closes++;
  }
}

Deno.test("beforeAbort() gives what the promise gives", async () => {
  assertEquals(await beforeAbort(Promise.resolve(7), noSignal()), 7);
  await assertRejects(
    () => beforeAbort(Promise.reject(new RangeError("no")), noSignal()),
    RangeError,
  );
});

Deno.test("beforeAbort() rejects with the reason while the promise is pending", async () => {
  const abort = new AbortController();
  const waiting = beforeAbort(new Promise(() => {}), abort.signal);
  abort.abort(new URIError("enough"));
  await assertRejects(() => waiting, URIError, "enough");
});

Deno.test("beforeAbort() disposes of a result that comes after the abort", async () => {
  const late = Promise.withResolvers<Resource>();
  const resource = new Resource();
  const signal = AbortSignal.abort(new URIError("enough"));
  await assertRejects(() => beforeAbort(late.promise, signal, closeQuietly), URIError);
  late.resolve(resource);
  await late.promise;
  assertEquals(resource.closes, 1);
});

Deno.test("beforeAbort() passes over a failure that comes after the abort", async () => {
  const late = Promise.withResolvers<never>();
  await assertRejects(() => beforeAbort(late.promise, AbortSignal.abort(new URIError())), URIError);
  late.reject(new Error("nobody hears this"));
});

Deno.test("whileOpen() leaves the resource open when the work succeeds", async () => {
  const resource = new Resource();
  const abort = new AbortController();
  assertEquals(await whileOpen(resource, abort.signal, () => Promise.resolve(7)), 7);
  abort.abort();
  assertEquals(resource.closes, 0);
});

Deno.test("whileOpen() closes the resource when the work fails", async () => {
  const resource = new Resource();
  const fail = () => Promise.reject(new RangeError("no"));
  await assertRejects(() => whileOpen(resource, noSignal(), fail), RangeError);
  assertEquals(resource.closes, 1);
});

Deno.test("whileOpen() closes on abort, and rejects with its reason", async () => {
  const abort = new AbortController();
  const work = Promise.withResolvers<never>();
  const resource = { close: () => work.reject(new Deno.errors.Interrupted()) };
  const waiting = whileOpen(resource, abort.signal, () => work.promise);
  abort.abort(new URIError("enough"));
  await assertRejects(() => waiting, URIError, "enough");
});

Deno.test("whileOpen() does not begin after the abort", async () => {
  const resource = new Resource();
  let began = false;
  const begin = () => {
    began = true;
    return Promise.resolve();
  };
  const aborted = AbortSignal.abort(new URIError());
  await assertRejects(() => whileOpen(resource, aborted, begin), URIError);
  assert(!began);
  assert(resource.closes > 0);
});

Deno.test("closeQuietly() takes what is closed already", () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  closeQuietly(listener);
});
