// Nothing that a caller or a server hands to the client can add a line, a field or a request to what it sends
// (RFC 9112 11.1: "Response Splitting" has its twin in requests; RFC 9110 5.5: "Field values containing CR, LF, or
// NUL characters are invalid and dangerous").

import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  type Client,
  ConnectError,
  HttpError,
  MultipartForm,
  type RequestBody,
  type RequestOptions,
} from "../../../client/mod.ts";
import { answer, fieldOf, Peer } from "./peer.ts";
import { withClient, within, withPeer } from "./support.ts";

/** What is put into everything. The last two become CR LF where only the low byte of a character is sent. */
const PAYLOADS = [
  "a\r\nX-Injected: 1",
  "a\nX-Injected: 1",
  "a\rX-Injected: 1",
  "a\0b",
  "\r\n\r\nGET /injected HTTP/1.1\r\nHost: a\r\n\r\n",
  "a HTTP/1.1\r\nX-Injected: 1\r\n",
  "a\u010d\u010aX-Injected: 1",
  "a\u560d\u560aX-Injected: 1",
  '"; X-Injected="1',
  "a\u2028X-Injected: 1",
  "\u{1f600}",
  "a\x7f",
  "a\x85b",
];

interface Attempt {
  method?: string;
  url?: string;
  body?: RequestBody;
  options?: RequestOptions;
}

/** Where a payload is put; `base` is the URL of the peer. */
const PLACES: Record<string, (payload: string, base: string) => Attempt> = {
  "the method": (payload) => ({ method: payload }),
  "the method's end": (payload) => ({ method: `GET${payload}` }),
  "the path": (payload, base) => ({ url: `${base}${payload}` }),
  "the query": (payload, base) => ({ url: `${base}?q=${payload}` }),
  "the fragment": (payload, base) => ({ url: `${base}#${payload}` }),
  "the user": (payload, base) => ({ url: base.replace("//", `//${payload}:b@`) }),
  "the encoded user": (payload, base) => ({
    url: base.replace("//", `//${encodeURIComponent(payload)}:b@`),
  }),
  "the host": (payload, base) => ({ url: base.replace("127.0.0.1", `127.0.0.1${payload}`) }),
  "a header's name": (payload) => ({ options: { headers: { [payload]: "b" } } }),
  "a header's name's end": (payload) => ({ options: { headers: { [`X-A${payload}`]: "b" } } }),
  "a header's value": (payload) => ({ options: { headers: { "X-A": payload } } }),
  "a repeated header": (payload) => ({ options: { headers: { "X-A": ["b", payload] } } }),
  "a pair of headers": (payload) => ({ options: { headers: [["X-A", payload]] } }),
  "Host": (payload) => ({ options: { headers: { Host: `a${payload}` } } }),
  "Content-Length": (payload) => ({
    method: "POST",
    body: "b",
    options: { headers: { "Content-Length": `1${payload}` } },
  }),
  "Transfer-Encoding": (payload) => ({
    method: "POST",
    body: "b",
    options: { headers: { "Transfer-Encoding": `chunked${payload}` } },
  }),
  "Expect": (payload) => ({
    method: "POST",
    body: "b",
    options: { headers: { Expect: `100-continue${payload}` } },
  }),
  "Connection": (payload) => ({ options: { headers: { Connection: `x${payload}` } } }),
  "Content-Type": (payload) => ({
    method: "POST",
    body: "b",
    options: { headers: { "Content-Type": `text/plain${payload}` } },
  }),
  "a trailer's name": (payload) => ({
    method: "POST",
    body: "b",
    options: { trailers: { [`X-A${payload}`]: "b" } },
  }),
  "a trailer's value": (payload) => ({
    method: "POST",
    body: "b",
    options: { trailers: { "X-A": payload } },
  }),
  "a user of Basic": (payload) => ({ options: { auth: { username: payload, password: "b" } } }),
  "a password of Basic": (payload) => ({ options: { auth: { username: "b", password: payload } } }),
  "a token": (payload) => ({ options: { auth: { type: "bearer", token: `a${payload}` } } }),
  "a user of Digest": (payload) => ({
    url: "/digest",
    options: { auth: { type: "digest", username: payload, password: "b" } },
  }),
  "a Blob's type": (payload) => ({
    method: "POST",
    body: new Blob(["b"], { type: `text/plain${payload}` }),
  }),
  "a form's field name": (payload) => ({
    method: "POST",
    get body() {
      return new MultipartForm().add(payload, "b");
    },
  }),
  "a form's file name": (payload) => ({
    method: "POST",
    get body() {
      return new MultipartForm().addBlob("a", new Blob(["b"]), { filename: payload });
    },
  }),
  "a form's media type": (payload) => ({
    method: "POST",
    get body() {
      return new MultipartForm().addBlob("a", new Blob(["b"]), {
        contentType: `text/plain${payload}`,
      });
    },
  }),
  "a form's boundary": (payload) => ({
    method: "POST",
    get body() {
      return new MultipartForm({ boundary: payload }).add("a", "b");
    },
  }),
  "a FormData's name": (payload) => ({
    method: "POST",
    get body() {
      const data = new FormData();
      data.append(payload, new File(["b"], payload, { type: payload }));
      return data;
    },
  }),
  "a subprotocol": (payload, base) => ({
    url: base.replace("http:", "ws:"),
    options: { headers: { "Sec-WebSocket-Protocol": payload } },
  }),
  "a proxy's user": (payload, base) => ({
    url: "http://origin.test/",
    options: { proxy: base.replace("//", `//${encodeURIComponent(payload)}:b@`) },
  }),
  "a proxy's URL": (payload, base) => ({
    url: "http://origin.test/",
    options: { proxy: `${base}${payload}` },
  }),
  "a host behind a proxy": (payload, base) => ({
    url: `http://origin.test${payload}/`,
    options: { proxy: base },
  }),
  "a host behind a tunnel": (payload, base) => ({
    url: `https://origin.test${payload}/`,
    options: { proxy: base },
  }),
  "a location": (payload, base) => ({
    url: `${base}redirect?to=${encodeURIComponent(payload)}`,
    options: { redirect: "follow", maxRedirects: 1 },
  }),
  "a cookie's value": (payload, base) => ({
    url: `${base}cookie?to=${encodeURIComponent(`a=${payload}`)}`,
    options: { cookies: true },
  }),
  "a cookie's name": (payload, base) => ({
    url: `${base}cookie?to=${encodeURIComponent(`${payload}=a`)}`,
    options: { cookies: true },
  }),
};

/** What of a payload a server could put into a field's value at all. */
function asFieldValue(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/g, "\xe4");
}

/** Makes an attempt; it ends with a response, or with an error that is the caller's or the network's. */
async function make(client: Client, attempt: Attempt, base: string): Promise<void> {
  const { method = "GET", url = base, options } = attempt;
  const target = url.startsWith("/") ? base + url.slice(1) : url;
  try {
    const request = client.request(method, target, attempt.body, options);
    await within("the attempt ends", request);
    // Whatever was kept of the answer, a cookie or a challenge, goes out again.
    await within("the next one ends", client.get(base, options));
  } catch (error) {
    if (error instanceof HttpError) {
      assert(
        error instanceof ConnectError || error.code === "redirect" || error.code === "handshake",
        String(error),
      );
    } else assert(error instanceof TypeError || error instanceof RangeError, String(error));
  }
}

for (const [place, attemptFor] of Object.entries(PLACES)) {
  Deno.test(`Nothing is injected by ${place}`, async () => {
    for (const payload of PAYLOADS) {
      await using peer = new Peer((conn) =>
        conn.serve((request) => {
          const to = asFieldValue(
            new URL(request.target, "http://a/").searchParams.get("to") ?? "",
          );
          if (request.target.startsWith("/redirect")) {
            return answer("", `Location: ${to}\r\n`, "302 Found");
          }
          if (request.target.startsWith("/cookie")) {
            return answer("", `Set-Cookie: ${to}; Path=/\r\n`);
          }
          if (request.method === "CONNECT") {
            return answer("", "", "403 Forbidden");
          }
          if (request.target === "/digest" && fieldOf(request, "authorization") === undefined) {
            return answer(
              "",
              'WWW-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\n',
              "401 Unauthorized",
            );
          }
          return answer();
        })
      );
      await withClient(
        { connectTimeout: 5 },
        (client) => make(client, attemptFor(payload, peer.url()), peer.url()),
      );
      const where = `${JSON.stringify(payload)}: ${JSON.stringify(peer.received)}`;
      // The peer reads strictly, so each request was one; none of them has what was to be injected.
      assert(!/^X-Injected/im.test(peer.received), where);
      assert(!/\x85X-Injected/.test(peer.received), where);
      assertEquals(peer.executed.filter(({ target }) => target.includes("injected ")), [], where);
      assert(peer.executed.length <= 3, where);
      for (const { fields } of peer.executed) {
        assert(fields.every(([name]) => !/injected/i.test(name)), where);
      }
    }
  });
}

Deno.test("What is wrong is said before anything is dialed", async () => {
  await withPeer((conn) => conn.serve(() => answer()), async (peer, client) => {
    const wrong: Attempt[] = [
      { method: "" },
      { method: "GE T" },
      { method: "CONNECT" },
      { url: "/relative" },
      { url: "ftp://127.0.0.1/" },
      { url: `http://127.0.0.1:${peer.port}/a\nb` },
      { options: { headers: { "X-A": "b\nc" } } },
      { options: { headers: { "X-A": 1 as unknown as string } } },
      { options: { headers: { "Content-Length": "5" } } },
      { options: { headers: { "Transfer-Encoding": "chunked" } } },
      { method: "POST", body: "four", options: { headers: { "Content-Length": "5" } } },
      { method: "POST", body: "four", options: { headers: { "Transfer-Encoding": "gzip" } } },
      {
        method: "POST",
        body: "four",
        options: { headers: { "Content-Length": "4", "Transfer-Encoding": "chunked" } },
      },
      { options: { headers: { "Proxy-Authorization": "Basic YTpi" } } },
      { options: { trailers: { "X-A": "b" } } },
      { method: "POST", body: "b", options: { trailers: { "Content-Length": "1" } } },
      { method: "POST", body: 5 as unknown as string },
      { options: { header: {} } as RequestOptions },
      { url: peer.url("/", "ws"), options: { headers: { "Sec-WebSocket-Key": "a" } } },
      { url: peer.url("/", "ws"), method: "POST" },
    ];
    for (const { method = "GET", url = peer.url(), body, options } of wrong) {
      const error = await client.request(method, url, body, options).then(
        () => undefined,
        (reason) => reason,
      );
      assertInstanceOf(error, TypeError, JSON.stringify({ method, url, options }));
      assert(/^Cannot [^\n]+[^.\n]$/.test(error.message), error.message);
    }
    assertEquals([peer.conns.length, client.stats().connections], [0, 0]);
  });
});

Deno.test("Passwords of a URL are in no message", async () => {
  await withClient({ timeout: 5 }, async (client) => {
    for (
      const url of [
        "http://user:s3cret@127.0.0.1:1/",
        "http://user:s3cret@127.0.0.1/\n",
        "gopher://user:s3cret@a/",
        "http://user:s3cret@/",
      ]
    ) {
      const error = await client.get(url).then(() => undefined, (reason) => reason);
      assertInstanceOf(error, Error);
      assert(
        !String(error.stack).includes("s3cret") && !Deno.inspect(error).includes("s3cret"),
        String(error),
      );
    }
  });
});
