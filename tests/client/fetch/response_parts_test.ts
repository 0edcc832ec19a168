import { assertEquals, assertRejects } from "@std/assert";
import {
  bodyOf,
  failedStream,
  fill,
  initOf,
  OWN,
  type ResponseFacts,
  streamOf,
} from "../../../client/fetch/response_parts.ts";

const FACTS: ResponseFacts = {
  code: 404,
  status: "No",
  minorVersion: 1,
  url: "http://a/",
  redirects: [],
  rawHeaders: [["A", "b"]],
  trailers: {},
  connection: undefined,
  timings: { dns: 0, connect: 0, tls: 0, firstByte: 0, total: 0 },
};

Deno.test("the runtime is given what it takes, first a stream, then head and bytes", async () => {
  const parts = { facts: FACTS, maxBytes: 0 };
  const bytes = new Uint8Array([65]);
  assertEquals([initOf(FACTS), bodyOf(parts), bodyOf({ ...parts, bytes })], [
    undefined,
    null,
    null,
  ]);
  const real = new Response("x");
  assertEquals(bodyOf({ ...parts, bytes, real }), real.body);
  const response = new Response();
  fill(response, { ...parts, bytes });
  assertEquals([response.status, response.statusText, response.url], [404, "No", "http://a/"]);
  assertEquals([[...response.headers], await OWN.text.call(response)], [[["a", "b"]], "A"]);
  assertEquals(OWN.bodyUsed.call(response), true);
});

Deno.test("bytes as a stream, and a stream that fails", async () => {
  assertEquals(await new Response(streamOf(new Uint8Array([65]))).text(), "A");
  assertEquals(await new Response(streamOf(new Uint8Array(0))).text(), "");
  const reader = failedStream("why").getReader();
  assertEquals(await reader.read().catch((error) => error), "why");
  await assertRejects(() => new Response(failedStream(new RangeError("why"))).text(), RangeError);
});
