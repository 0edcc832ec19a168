import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { exchangeOf } from "../../../server/fetch/incoming_request.ts";
import { LimitError } from "../../../wire/errors.ts";
import { FetchServer } from "./fetched.ts";

/** Runs `look` on a Request, in a handler; what it gives. */
async function withRequest<T>(
  look: (request: Request) => T | Promise<T>,
  line = "POST /a?b=c",
  fields: string[] = [],
  body = "hello",
): Promise<T> {
  const seen: T[] = [];
  await using test = new FetchServer(async (request) => {
    seen.push(await look(request));
    return new Response();
  });
  await test.ask(line, fields, body);
  if (test.errors.length > 0) throw test.errors[0];
  return seen[0]!;
}

Deno.test("a request is a Request, by all that can be asked", async () => {
  await withRequest(
    (request) => {
      assertInstanceOf(request, Request);
      assertEquals(Object.prototype.toString.call(request), "[object Request]");
      assertEquals([request.method, new URL(request.url).search], ["POST", "?b=c"]);
      assertEquals(request.headers.get("HOST"), "localhost");
      assertEquals([...request.headers.keys()], ["content-length", "host", "x-a"]);
      assertEquals([request.redirect, request.credentials, request.mode], [
        "follow",
        "same-origin",
        "cors",
      ]);
      assertEquals([request.cache, request.integrity, request.keepalive, request.referrer], [
        "default",
        "",
        false,
        "about:client",
      ]);
      assertInstanceOf(request.signal, AbortSignal);
      assert(Deno.inspect(request).includes("method"));
      for (const name of Object.keys(Object.getOwnPropertyDescriptors(Request.prototype))) {
        assert(name in request, name);
      }
    },
    "POST /a?b=c",
    ["X-A: 1"],
  );
});

Deno.test("a request gives its body in every form", async () => {
  assertEquals(await withRequest((it) => it.text()), "hello");
  assertEquals(await withRequest((it) => it.json(), "POST /", [], '{"a":[1]}'), { a: [1] });
  assertEquals(await withRequest((it) => it.bytes()), new TextEncoder().encode("hello"));
  assertEquals((await withRequest((it) => it.arrayBuffer())).byteLength, 5);
  const blob = await withRequest((it) => it.blob(), "POST /", ["Content-Type: image/png"]);
  assertEquals([blob.type, await blob.text()], ["image/png", "hello"]);
  assertEquals(await withRequest((it) => new Response(it.body).text()), "hello");
  // The mark at its beginning is not part of the text.
  assertEquals(await withRequest((it) => it.text(), "POST /", [], "\xef\xbb\xbfa\xff"), "a\ufffd");
});

Deno.test("a body that was used is used, whoever asks", async () => {
  await withRequest(async (request) => {
    assertEquals(request.bodyUsed, false);
    await request.text();
    assertEquals(request.bodyUsed, true);
    for (const read of [() => request.text(), () => request.formData(), () => request.blob()]) {
      await assertRejects(read, TypeError);
    }
    assertEquals(request.body?.locked ?? true, true);
    assertThrows(() => request.clone(), TypeError);
    assertThrows(() => new Request(request), TypeError);
  });
  await withRequest(async (request) => {
    await request.body!.getReader().read();
    assertEquals(request.bodyUsed, true);
    await assertRejects(() => request.text(), TypeError);
  });
});

Deno.test("clone() and new Request() are as with any other Request", async () => {
  await withRequest(async (request) => {
    const clone = request.clone();
    assertEquals([await clone.text(), await request.text()], ["hello", "hello"]);
    assertEquals([clone.bodyUsed, request.bodyUsed], [true, true]);
  });
  await withRequest(async (request) => {
    const other = new Request(request, { method: "PUT", headers: { a: "b" } });
    assertEquals([other.method, other.url, [...other.headers]], ["PUT", request.url, [["a", "b"]]]);
    assertEquals([await other.text(), request.bodyUsed], ["hello", true]);
  });
});

Deno.test("exchangeOf() knows requests, not their copies", async () => {
  await withRequest((request) => {
    assert(exchangeOf(request) !== undefined);
    assertEquals(exchangeOf(request.clone()), undefined);
    assertEquals(exchangeOf(new Request("http://a/")), undefined);
  });
});

Deno.test("GET and HEAD have no body, others have one even if it is empty", async () => {
  const look = async (it: Request) => [it.body === null, await it.text(), it.bodyUsed];
  assertEquals(await withRequest(look, "GET /", [], "ignored"), [true, "", false]);
  assertEquals(await withRequest(look, "HEAD /", [], ""), [true, "", false]);
  const empty = (it: Request) => [it.body === null];
  assertEquals(await withRequest(empty, "DELETE /", [], ""), [false]);
  assertEquals(await withRequest(look, "PUT /", [], ""), [false, "", true]);
});

Deno.test("formData() reads both kinds of forms, and refuses all else", async () => {
  const entries = async (it: Request) =>
    [...await it.formData()].map(([name, value]) => [
      name,
      typeof value === "string" ? value : `${value.name} ${value.type} ${value.size}`,
    ]);
  const urlencoded = ["Content-Type: application/x-www-form-urlencoded;charset=UTF-8"];
  assertEquals(await withRequest(entries, "POST /", urlencoded, "a=b+c&a=%41"), [["a", "b c"], [
    "a",
    "A",
  ]]);
  const multipart = ["Content-Type: multipart/form-data; boundary=x"];
  const body = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x\r\n' +
    'Content-Disposition: form-data; name="f"; filename="n"\r\n\r\nccc\r\n--x--\r\n';
  assertEquals(await withRequest(entries, "POST /", multipart, body), [["a", "b"], [
    "f",
    "n text/plain 3",
  ]]);
  // The same through the real Request.
  const touched = (it: Request) => it.body!.locked ? [] : entries(it);
  assertEquals(await withRequest(touched, "POST /", multipart, body), [["a", "b"], [
    "f",
    "n text/plain 3",
  ]]);
  await assertRejects(
    () => withRequest(entries, "POST /", ["Content-Type: text/plain"]),
    TypeError,
  );
  await assertRejects(() => withRequest(entries, "POST /", multipart, "--y--"), Error, "multipart");
});

Deno.test("limits hold for whole bodies and forms, and are answered with 413", async () => {
  await using test = new FetchServer(
    async (it) =>
      new Response(it.url.endsWith("form") ? "f" + [...await it.formData()] : await it.text()),
    { maxBufferedBody: 10, multipart: { maxParts: 1 } },
  );
  assertEquals((await test.ask("POST /", [], "0123456789")).body, "0123456789");
  assertEquals((await test.ask("POST /", [], "0123456789a")).status, 413);
  const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n';
  const type = ["Content-Type: multipart/form-data; boundary=x"];
  assertEquals((await test.ask("POST /form", type, `${part}--x--`)).body, "fa,b");
  assertEquals((await test.ask("POST /form", type, `${part}${part}--x--`)).status, 413);
  assertEquals(test.errors.length, 2);
  for (const error of test.errors) assertInstanceOf(error, LimitError);
});

Deno.test("the body is a stream of bytes that can be read into buffers of one's own", async () => {
  await withRequest(async (request) => {
    const reader = request.body!.getReader({ mode: "byob" });
    let text = "";
    for (let view = new Uint8Array(2);;) {
      const { done, value } = await reader.read(view);
      if (done) break;
      text += new TextDecoder().decode(value);
      view = new Uint8Array(value.buffer);
    }
    assertEquals(text, "hello");
  });
});

Deno.test("a client that waits to be told sends its body when that is read", async () => {
  await using test = new FetchServer(async (it) => {
    return it.method === "PUT"
      ? new Response("no", { status: 403 })
      : new Response(await it.text());
  });
  using client = await test.connect();
  await client.send(
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
  );
  assertEquals((await client.readHead()).status, 100);
  await client.send("ok");
  assertEquals((await client.readResponse()).body, "ok");
  await client.send(
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n",
  );
  assertEquals((await client.readHead()).status, 403);
});

Deno.test("methods that no Request can be made with are still seen", async () => {
  const look = (it: Request) => [it.method, it.headers.get("host"), new URL(it.url).pathname];
  assertEquals(await withRequest(look, "TRACE /x", [], ""), ["TRACE", "localhost", "/x"]);
  assertEquals(await withRequest(look, "get /x", [], ""), ["get", "localhost", "/x"]);
  const copies = (it: Request) => [it.clone().method, new Request(it).method];
  assertEquals(await withRequest(copies, "TRACE /x", [], "a"), ["TRACE", "TRACE"]);
  assertEquals(await withRequest(copies, "get /x", [], "a"), ["get", "get"]);
  assertEquals(await withRequest(copies, "post /x", [], "a"), ["post", "post"]);
});

Deno.test("repeated fields are joined as each must be", async () => {
  const look = (it: Request) => [
    it.headers.get("cookie"),
    it.headers.get("x-a"),
    it.headers.getSetCookie(),
  ];
  const fields = [
    "Cookie: a=1",
    "Cookie: b=2",
    "X-A: 1",
    "X-A: 2",
    "Set-Cookie: c=3",
    "Set-Cookie: d=4",
  ];
  assertEquals(await withRequest(look, "GET /", fields, ""), ["a=1; b=2", "1, 2", ["c=3", "d=4"]]);
});

Deno.test("the limit on whole bodies holds for the real Request, too", async () => {
  await using test = new FetchServer(async (request) => {
    request.body;
    return new Response(await (request.url.endsWith("blob") ? request.blob() : request.bytes()));
  }, { maxBufferedBody: 10 });
  assertEquals((await test.ask("POST /", [], "0123456789")).body, "0123456789");
  assertEquals((await test.ask("POST /", [], "0123456789a")).status, 413);
  assertEquals((await test.ask("POST /blob", [], "0123456789a")).status, 413);
});

Deno.test("what stands for a request answers for it: a Proxy, or an object made of it", async () => {
  for (const wrap of [(it: Request) => new Proxy(it, {}), (it: Request) => Object.create(it)]) {
    await withRequest(async (request) => {
      const wrapped: Request = wrap(request);
      assertEquals([wrapped.method, wrapped.url, wrapped.headers.get("host")], [
        "POST",
        request.url,
        "localhost",
      ]);
      assertEquals([await wrapped.text(), wrapped.bodyUsed, request.bodyUsed], [
        "hello",
        true,
        true,
      ]);
      assert(exchangeOf(wrapped) === exchangeOf(request));
    });
  }
});

Deno.test("a request calls itself what it is", async () => {
  await withRequest((request) => {
    assertEquals(request.constructor, Request);
    assert(Deno.inspect(request).startsWith("Request {"));
  });
});

Deno.test("a body that was looked at and read stays locked", async () => {
  await withRequest(async (request) => {
    const { body } = request;
    await request.text();
    assertEquals([body!.locked, request.bodyUsed], [true, true]);
  });
});

Deno.test("a request shows all its members, as any other does", async () => {
  const names = (object: object): string[] => {
    const found: string[] = [];
    // deno-lint-ignore guard-for-in -- what is inherited counts
    for (const name in object) found.push(name);
    return found.sort();
  };
  const plain = names(new Request("http://a/"));
  assert(plain.length > 10);
  await withRequest((request) => assertEquals(names(request), plain));
});
