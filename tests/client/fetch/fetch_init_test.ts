import { assertEquals, assertInstanceOf, assertNotStrictEquals, assertThrows } from "@std/assert";
import {
  fetchBody,
  fetchFields,
  fetchMethod,
  splitInit,
} from "../../../client/fetch/fetch_init.ts";
import { FileBody } from "../../../client/file_body.ts";
import { MultipartForm } from "../../../multipart/mod.ts";

Deno.test("splitInit() tells the standard's options from those of this client", () => {
  const { standard, options } = splitInit({
    method: "PUT",
    mode: "cors",
    timeout: 1,
    ca: undefined,
  });
  assertEquals([standard.method, options], ["PUT", { timeout: 1 }]);
  assertThrows(() => splitInit({ mode: "navigate" }), TypeError, 'option "mode" is "navigate"');
  assertThrows(() => splitInit({ duplex: "full" }), TypeError, 'not one of "half"');
  assertThrows(() => splitInit({ client: {} }), TypeError, '"proxy", "ca", "cert"');
});

Deno.test("splitInit() takes a Request, whose redirect mode may be just the default", () => {
  const request = new Request("http://a/", { method: "PUT", body: "x", integrity: "" });
  const { standard } = splitInit(request);
  assertEquals([standard.method, standard.redirect], ["PUT", undefined]);
  assertInstanceOf(standard.headers, Headers);
  assertEquals(
    splitInit(new Request("http://a/", { redirect: "error" })).standard.redirect,
    "error",
  );
});

Deno.test("fetchMethod() writes the usual ones in upper case and refuses the forbidden ones", () => {
  const methods = ["get", "Post", "PUT", "delete", "head", "options", "patch", "Purge"];
  const sent = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "patch", "Purge"];
  assertEquals(methods.map(fetchMethod), sent);
  for (const method of ["connect", "TRACE", "Track"]) {
    assertThrows(() => fetchMethod(method), TypeError, "forbidden");
  }
  assertThrows(() => fetchMethod("a b"), TypeError, "not a token");
});

Deno.test("fetchFields() makes strings of values, and drops what belongs to another request", () => {
  assertEquals(fetchFields({ a: 1, b: " x\r\n", c: ["1", 2] }, false), [["a", "1"], ["b", "x"], [
    "c",
    ["1", "2"],
  ]]);
  assertEquals(fetchFields(new Map([["a", 1]]), false), [["a", "1"]]);
  const headers = new Headers({ host: "a", "transfer-encoding": "chunked", "content-length": "3" });
  assertEquals(fetchFields(headers, false), []);
  assertEquals(fetchFields(headers, true), [["content-length", "3"]]);
  assertEquals(fetchFields({ Host: "a" }, false), [["Host", "a"]]);
});

Deno.test("fetchBody() copies bytes, keeps bodies, makes text of the rest", () => {
  const view = new Uint8Array([1, 2, 3, 4]);
  const copy = fetchBody(view.subarray(1, 3));
  assertEquals(copy, new Uint8Array([2, 3]));
  assertNotStrictEquals((copy as Uint8Array).buffer, view.buffer);
  assertEquals(fetchBody(new Uint16Array([0x0201])), new Uint8Array([1, 2]));
  assertEquals((fetchBody(view.buffer) as ArrayBuffer).byteLength, 4);
  const kept = [
    new Blob([]),
    new FormData(),
    new URLSearchParams(),
    new MultipartForm(),
    new FileBody("x", 1),
    new ReadableStream<Uint8Array>(),
  ];
  assertEquals(kept.map((body) => fetchBody(body) === body), kept.map(() => true));
  assertEquals([fetchBody(42), fetchBody(true), fetchBody("")], ["42", "true", ""]);
  assertEquals(fetchBody(new URL("http://a/")), "http://a/");
  for (const wrong of [{}, [], { a: 1 }]) {
    assertThrows(() => fetchBody(wrong), TypeError, "JSON.stringify");
  }
});

Deno.test("fetchBody() refuses a stream that was used", () => {
  const locked = new ReadableStream();
  locked.getReader();
  assertThrows(() => fetchBody(locked), TypeError, "locked");
});
