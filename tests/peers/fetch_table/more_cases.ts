// The table, second part: redirects, what is refused, ends before the end, and what responses can do.

import { bytes, failureOf, form, post, refusalOf, type Row, row, streamOf } from "./rows.ts";

/** Rows about all else. */
export const THE_REST: readonly Row[] = [
  // Redirects.
  ...[301, 302, 303, 307, 308].map((code) => row(`${code} to a GET`, `/${code}`)),
  ...[301, 302, 303, 307, 308].map((code) => row(`${code} to a POST`, `/${code}`, post("body"))),
  row("303 to a PUT", "/303", () => ({ method: "PUT", body: "x", headers: { "x-a": "1" } })),
  row("303 to a HEAD", "/303", () => ({ method: "HEAD" })),
  row("307 to a stream", "/307", () => post(streamOf(bytes("stream")))()),
  row(
    "307 to a form",
    "/307",
    post(form()),
    "Deno's fetch leaves out the line break behind the last boundary",
  ),
  row("300 is no redirect", "/300"),
  row("two hops", "/hops"),
  row("a redirect to a fragment", "/to-fragment"),
  row(
    "a redirect without Location",
    "/no-location",
    undefined,
    "Deno's fetch drops its body; here, as in the standard, it is delivered",
  ),
  row("a redirect to no URL", "/to-bad-url"),
  row("a redirect to another scheme", "/to-ftp"),
  row("a redirect to data:", "/to-data"),
  row("a redirect to a blocked port", "/to-blocked-port"),
  row("15 redirects", "/chain-15"),
  row("a loop", "/loop"),
  row("redirect: manual", "/302", () => ({ redirect: "manual" })),
  row("redirect: error", "/302", () => ({ redirect: "error" })),
  row("redirect: error, and no redirect", "/hello", () => ({ redirect: "error" })),
  row("a redirect elsewhere keeps credentials back", "/elsewhere", () => ({
    headers: { Authorization: "Basic x", Cookie: "a=b", Accept: "text/x" },
  })),
  row("a redirect elsewhere keeps other fields back", "/elsewhere", () => ({
    headers: { "X-Api-Key": "secret" },
  }), "Deno's fetch keeps back but Authorization and Cookie; here only harmless fields go along"),

  // What is refused.
  ...["CONNECT", "TRACE", "track", "a b", ""].map((method) =>
    row(`method "${method}"`, "/echo", () => ({ method }))
  ),
  row("GET with a body", "/echo", () => ({ body: "x" })),
  row("HEAD with an empty body", "/echo", () => ({ method: "HEAD", body: "" })),
  ...["mode", "credentials", "cache", "redirect", "referrerPolicy", "priority"].map((name) =>
    row(`${name} that is none`, "/echo", () => ({ [name]: "none such" }))
  ),
  row("mode: navigate", "/echo", () => ({ mode: "navigate" })),
  row("cache: only-if-cached", "/echo", () => ({ cache: "only-if-cached" })),
  row("options that change nothing", "/echo", () => ({
    mode: "cors",
    cache: "no-store",
    credentials: "include",
    keepalive: true,
    priority: "high",
    referrerPolicy: "no-referrer",
  })),
  row(
    "duplex: full",
    "/echo",
    () => post(streamOf(bytes("x")), { duplex: "full" })(),
    "Deno's fetch reads over it; the standard knows only half",
  ),
  row("duplex: half", "/echo", () => post(streamOf(bytes("x")), { duplex: "half" })()),
  row(
    "an option that nobody knows",
    "/echo",
    () => ({ hedTimeout: 1 }),
    "Deno's fetch reads over it; here a limit that is misspelled would not hold: TypeError",
  ),
  row(
    "integrity that is not met",
    "/hello",
    () => ({ integrity: "sha256-AAAA" }),
    "Deno's fetch reads over it; here it is checked",
  ),
  row("a signal that is none", "/echo", () => ({ signal: 1 as never })),
  row("headers that are none", "/echo", () => ({ headers: 1 as never })),
  row("a pair of one", "/echo", () => ({ headers: [["a"]] as never })),
  row("a header name that is none", "/echo", () => ({ headers: { "a b": "1" } })),
  row("a header value with a line break", "/echo", () => ({ headers: { a: "1\r\nb: 2" } })),
  row("a header value beyond U+00FF", "/echo", () => ({ headers: { a: "\u1234" } })),
  row("a stream of strings", "/echo", () => post(streamOf("text"))()),
  row("a stream that fails", "/echo", () =>
    post(
      new ReadableStream({
        pull() {
          throw new Error("no more");
        },
      }),
    )()),
  {
    name: "a stream that is locked",
    run: (fetch, origin) => {
      const body = streamOf(bytes("x"));
      body.getReader();
      return fetch(`${origin}/echo`, { method: "POST", body });
    },
  },
  {
    name: "a stream that was read from",
    run: async (fetch, origin) => {
      const body = streamOf(bytes("x"), bytes("y"));
      const reader = body.getReader();
      await reader.read();
      reader.releaseLock();
      return await fetch(`${origin}/echo`, { method: "POST", body });
    },
  },
  ...["/relative", "none", "http://", "ws://127.0.0.1/", "ftp://127.0.0.1/", "about:blank"].map(
    (url): Row => ({ name: `the URL "${url}"`, run: (fetch) => fetch(url) }),
  ),
  ...[22, 25, 6000].map((port): Row => ({
    name: `port ${port}`,
    run: (fetch) => fetch(`http://127.0.0.1:${port}/`),
  })),
  { name: "a data: URL", run: (fetch) => fetch("data:text/plain;charset=UTF-8,h%C3%A9") },
  { name: "a blob: URL that is gone", run: (fetch) => fetch("blob:none") },
  {
    name: "a file: URL",
    run: async (fetch) => {
      const response = await fetch(import.meta.url);
      return { status: response.status, hasText: (await response.text()).length > 0 };
    },
  },
  {
    name: "a blob: URL",
    run: async (fetch) => {
      const url = URL.createObjectURL(new Blob(["blob"], { type: "text/x" }));
      try {
        const response = await fetch(url);
        return { type: response.headers.get("content-type"), text: await response.text() };
      } finally {
        URL.revokeObjectURL(url);
      }
    },
  },

  // Ends before the end.
  row("a signal that was aborted before", "/hello", () => ({ signal: AbortSignal.abort("why") })),
  row("an abort without a reason", "/hello", () => ({ signal: AbortSignal.abort() })),
  {
    name: "an abort after the head",
    run: async (fetch, origin) => {
      const controller = new AbortController();
      const response = await fetch(`${origin}/hello`, { signal: controller.signal });
      controller.abort("enough");
      return response;
    },
  },

  // What responses can do.
  {
    name: "a response is not to be changed",
    run: async (fetch, origin) => {
      const response = await fetch(`${origin}/hello`);
      await response.text();
      const changes = ["set", "append", "delete"] as const;
      return { refused: changes.map((it) => refusalOf(() => response.headers[it]("a", "b"))) };
    },
  },
  {
    name: "a body is read once",
    run: async (fetch, origin) => {
      const response = await fetch(`${origin}/hello`);
      const { body } = response;
      await response.text();
      const again = await response.text().catch((error) => error.constructor.name);
      return {
        again,
        same: response.body === body,
        clone: refusalOf(() => response.clone()),
        locked: body!.locked,
      };
    },
  },
  {
    name: "a clone is as the original",
    run: async (fetch, origin) => {
      const response = await fetch(`${origin}/302`);
      const clone = response.clone();
      const same = (["status", "statusText", "type", "url", "redirected"] as const)
        .map((name) => response[name] === clone[name]);
      const refused = refusalOf(() => clone.headers.set("a", "b"));
      return { same, refused, texts: [await response.text(), await clone.text()] };
    },
  },
  {
    name: "a body as bytes, a buffer, a Blob",
    run: async (fetch, origin) => {
      const get = () => fetch(`${origin}/hello`);
      const blob = await (await get()).blob();
      return {
        bytes: [...await (await get()).bytes()],
        buffer: (await (await get()).arrayBuffer()).byteLength,
        blob: [blob.type, await blob.text()],
        json: await (await fetch(`${origin}/json`)).json(),
        form: [...await (await fetch(`${origin}/form`)).formData()],
      };
    },
  },
  {
    name: "no JSON",
    run: async (fetch, origin) => ({
      error: await failureOf((await fetch(`${origin}/hello`)).json()),
    }),
  },
  {
    name: "a body as a stream of bytes",
    run: async (fetch, origin) => {
      const { body } = await fetch(`${origin}/chunked`);
      const reader = body!.getReader({ mode: "byob" });
      let text = "";
      for (let view = new Uint8Array(2);;) {
        const { done, value } = await reader.read(view);
        if (done) return { text, class: body!.constructor.name };
        text += new TextDecoder().decode(value);
        view = new Uint8Array(value.buffer);
      }
    },
  },
  {
    name: "a body that is cancelled",
    run: async (fetch, origin) => {
      const response = await fetch(`${origin}/hello`);
      await response.body!.cancel();
      return { used: response.bodyUsed, text: await failureOf(response.text()) };
    },
  },
  {
    name: "a new Response of an old one",
    run: async (fetch, origin) => {
      const response = await fetch(`${origin}/hello`);
      const copy = new Response(response.body, response);
      return {
        copy: [copy.status, copy.statusText, copy.headers.get("x-case"), await copy.text()],
        used: response.bodyUsed,
      };
    },
  },
];
