// The table, first part: what is answered and what is asked, and where the two are allowed to differ, with the reason.

import { bytes, form, post, type Row, row, streamOf } from "./rows.ts";

/** Rows about responses and requests. */
export const EXCHANGES: readonly Row[] = [
  // What is answered.
  row("text", "/hello"),
  row("a query and a fragment", "/hello?a=b&c=%20#there"),
  row("JSON", "/json"),
  row("a byte order mark", "/bom"),
  row("bytes that are not UTF-8", "/bad-utf8"),
  row("an empty body", "/empty"),
  row("HEAD", "/hello", () => ({ method: "HEAD" })),
  row("204", "/204"),
  row("304", "/304"),
  row("404", "/404"),
  row("500", "/500"),
  row(
    "a status that nobody knows",
    "/299",
    undefined,
    "Deno's fetch has the reason phrase of a list of its own; here it is what the server sent",
  ),
  row(
    "no reason phrase",
    "/no-reason",
    undefined,
    "Deno's fetch has the reason phrase of a list of its own; here it is what the server sent",
  ),
  row("chunks", "/chunked"),
  row("trailers that nobody asks for", "/trailers"),
  row("a body until close", "/until-close"),
  row("HTTP/1.0", "/http10"),
  row("several cookies", "/cookies"),
  row("a field that is repeated", "/repeated"),
  row("a field beyond ASCII", "/latin1"),
  row(
    "150 fields",
    "/many-fields",
    undefined,
    "Deno's fetch refuses more than 100 fields; `maxFields` is 256",
  ),
  row("103 before the response", "/early-hints"),
  row("gzip", "/gzip"),
  row(
    "gzip in two members",
    "/gzip-twice",
    undefined,
    "Deno's fetch drops all but the first member",
  ),
  row("gzip that is cut", "/gzip-cut"),
  row(
    "deflate",
    "/deflate",
    undefined,
    "Deno's fetch undoes gzip and br only; all registered codings are undone",
  ),
  row("a coding that nobody knows", "/unknown-coding"),
  row("a response that is cut", "/cut"),
  row("a chunk that is cut", "/cut-chunk"),
  row("something else than HTTP", "/no-http"),
  row("two different lengths", "/two-lengths"),
  row("a malformed field name", "/bad-field"),
  row("no answer at all", "/silence"),

  // What is asked.
  row("method in lower case", "/echo", () => ({ method: "post" })),
  row("patch stays as it is", "/echo", () => ({ method: "patch" })),
  row("a method of one's own", "/echo", () => ({ method: "PURGE" })),
  row("POST without a body", "/echo", () => ({ method: "POST" })),
  row("a string", "/echo", post("caf\u00e9")),
  row("an empty string", "/echo", post("")),
  row("bytes", "/echo", post(bytes("bytes"))),
  row("a buffer", "/echo", post(bytes("buffer").buffer)),
  row("a view of another kind", "/echo", post(new DataView(bytes("0view").buffer, 1))),
  row("a Blob", "/echo", post(new Blob(["blob"], { type: "text/x" }))),
  row("a Blob without a type", "/echo", post(new Blob(["blob"]))),
  row("URLSearchParams", "/echo", post(new URLSearchParams({ a: "b c" }))),
  row(
    "a form",
    "/echo",
    post(form()),
    "Deno's fetch leaves out the line break behind the last boundary",
  ),
  row("a stream", "/echo", () => post(streamOf(bytes("st"), bytes("ream")))()),
  row("an async iterable", "/echo", () =>
    post((async function* () {
      yield await Promise.resolve(bytes("iterable"));
    })())()),
  row("a number is text", "/echo", post(42)),
  row("an object with a text is that", "/echo", post(new URL("http://a/"))),
  row(
    "a plain object",
    "/echo",
    post({ a: 1 }),
    'Deno\'s fetch sends "[object Object]", which is hardly ever meant: TypeError',
  ),
  row("a body with DELETE", "/echo", () => ({ method: "DELETE", body: "x" })),
  row("a Content-Type of one's own", "/echo", post("{}", { headers: { "content-type": "a/b" } })),
  row(
    "a stream with a length",
    "/echo",
    () => post(streamOf(bytes("12345")), { headers: { "Content-Length": "5" } })(),
    "Deno's fetch drops the length and sends chunks; here it is sent",
  ),
  row(
    "a Content-Length that is wrong",
    "/echo",
    post("12345", {
      headers: { "Content-Length": "7" },
    }),
    "Deno's fetch replaces it without a word: TypeError",
  ),
  row("headers as an object", "/echo", () => ({ headers: { "X-A": "1", "x-b": " 2 " } })),
  row("headers as pairs", "/echo", () => ({ headers: [["x-a", "1"], ["x-b", "caf\u00e9"]] })),
  row("headers as Headers", "/echo", () => ({ headers: new Headers({ "X-A": "1" }) })),
  row("a header that is a number", "/echo", () => ({ headers: { "x-a": 1 } as never })),
  row("a header with outer line breaks", "/echo", () => ({ headers: { "x-a": "\r\n1\n" } })),
  row("a header of two values", "/echo", () => ({ headers: [["x-a", "1"], ["x-a", "2"]] })),
  row("Connection: close", "/echo", () => ({ headers: { Connection: "close" } })),
  row("Cookie", "/echo", () => ({ headers: { Cookie: "a=b" } })),
  row(
    "Host",
    "/echo",
    () => ({ headers: { Host: "example.com" } }),
    "Deno's fetch drops it; here it is sent, but for that of a Headers object, which mostly is another request's",
  ),
  row("Headers of another request", "/echo", () => ({
    headers: new Headers({ host: "a.example", "content-length": "0", "x-a": "1" }),
  })),
  {
    name: "a Request",
    run: (fetch, origin) =>
      fetch(new Request(`${origin}/echo`, { method: "PUT", body: "hi", headers: { "x-a": "1" } })),
  },
  {
    name: "a Request, and options that replace its own",
    run: (fetch, origin) =>
      fetch(new Request(`${origin}/echo`, { method: "PUT", body: "hi", headers: { "x-a": "1" } }), {
        headers: { "x-b": "2" },
        method: "POST",
      }),
  },
  {
    name: "a Request as options",
    run: (fetch, origin) =>
      fetch(`${origin}/echo`, new Request("http://a.example/", { method: "PUT", body: "hi" })),
    differs: "Deno's fetch reads over it; the standard takes any object with these members",
  },
  {
    name: "a Request is used up",
    run: async (fetch, origin) => {
      const request = new Request(`${origin}/echo`, { method: "PUT", body: "hi" });
      await (await fetch(request)).text();
      return { used: request.bodyUsed };
    },
  },
  {
    name: "a Request that was used",
    run: async (fetch, origin) => {
      const request = new Request(`${origin}/echo`, { method: "PUT", body: "hi" });
      await request.text();
      return await fetch(request);
    },
  },
  { name: "a URL object", run: (fetch, origin) => fetch(new URL(`${origin}/hello`)) },
  {
    name: "user and password in the URL",
    run: (fetch, origin) => fetch(origin.replace("//", "//ada:secret@") + "/echo"),
    differs: "Deno's fetch shows them in `response.url`; here they are left out",
  },
  {
    name: "what both say of themselves",
    run: async (fetch, origin) => {
      const response = await fetch(`${origin}/echo`, { headers: { "user-agent": "me" } });
      return { status: response.status, text: await response.text() };
    },
  },
];
