import { assertEquals, assertRejects } from "@std/assert";
import {
  lengthOfStream,
  plainTextType,
  seesBodies,
  takePlainText,
  takeStaticBody,
} from "../../../server/fetch/static_body.ts";

Deno.test("this runtime lets bodies in memory be seen", () => {
  // When this fails, every body is read as a stream: correct, but slower. See what the runtime keeps now.
  assertEquals(seesBodies, true);
});

Deno.test("plainTextType() and takePlainText() give a Response of text, which is used then", async () => {
  const text = new Response("héllo");
  assertEquals(plainTextType(text), "text/plain;charset=UTF-8");
  assertEquals(takePlainText(text), "héllo");
  assertEquals(text.bodyUsed, true);
  await assertRejects(() => text.text(), TypeError);
  const json = Response.json({ a: 1 });
  assertEquals([plainTextType(json), takePlainText(json)], ["application/json", '{"a":1}']);
  const empty = new Response("");
  assertEquals([plainTextType(empty) !== undefined, takePlainText(empty)], [true, ""]);
});

Deno.test("plainTextType() knows nothing of any other Response", async () => {
  const looked = new Response("a");
  looked.headers.set("x", "y");
  const used = new Response("a");
  await used.text();
  const sent = new Response("a");
  plainTextType(sent);
  takePlainText(sent);
  const cloned = new Response("a");
  cloned.clone();
  const others = [
    looked,
    used,
    sent,
    cloned,
    new Response(null),
    new Response("a", { status: 201 }),
    new Response("a", { headers: { x: "y" } }),
    new Response(new Uint8Array(1)),
    new Response(new Blob(["a"])),
    Response.redirect("http://a/"),
    Response.error(),
    new (class extends Response {})("a"),
  ];
  assertEquals(others.map(plainTextType), others.map(() => undefined));
});

Deno.test("takeStaticBody() gives text and bytes once", () => {
  const text = new Response("a", { status: 201 });
  assertEquals([takeStaticBody(text), takeStaticBody(text)], ["a", undefined]);
  assertEquals(text.bodyUsed, true);
  const bytes = new Response(Uint8Array.of(1, 2));
  assertEquals([takeStaticBody(bytes), takeStaticBody(bytes)], [Uint8Array.of(1, 2), undefined]);
  assertEquals(takeStaticBody(new Response(new URLSearchParams("a=b"))), "a=b");
  assertEquals(takeStaticBody(new Response(new ArrayBuffer(2))), new Uint8Array(2));
});

Deno.test("takeStaticBody() gives bytes that their owner cannot change any more", () => {
  const own = Uint8Array.of(1, 2);
  const response = new Response(own);
  own[0] = 9;
  assertEquals(takeStaticBody(response), Uint8Array.of(1, 2));
});

Deno.test("takeStaticBody() leaves bodies alone that are none, streams, or were used", async () => {
  const used = new Response("a", { status: 201 });
  await used.text();
  const read = new Response("a", { status: 201 });
  await read.body?.cancel();
  const stream = new Response(new ReadableStream());
  assertEquals([used, read, stream, new Response(null)].map(takeStaticBody), [
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(stream.bodyUsed, false);
});

Deno.test("lengthOfStream() knows the length of a Blob and a form, and of nothing else", () => {
  const form = new FormData();
  form.append("a", "b");
  assertEquals(lengthOfStream(new Response(new Blob(["abc"]))), 3);
  assertEquals((lengthOfStream(new Response(form)) ?? 0) > 100, true);
  assertEquals(lengthOfStream(new Response(new ReadableStream())), undefined);
  assertEquals(lengthOfStream(new Response(null)), undefined);
});
