import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { followRedirect, type Hop, type RedirectRules } from "../../../client/rules/redirect.ts";
import { HttpError } from "../../../wire/errors.ts";
import type { RawHeader } from "../../../wire/headers.ts";

interface Body {
  readonly replayable: boolean;
}

const FOLLOW: RedirectRules = {
  mode: "follow",
  maxRedirects: 10,
  crossOriginHeaders: [],
  allowDowngrade: false,
};
const BODY: Body = { replayable: true };
const STREAM: Body = { replayable: false };

function hop(method: string, url: string, body?: Body, fields: RawHeader[] = []): Hop<Body> {
  return { method, url: new URL(url), fields, body };
}

const GET = hop("GET", "http://a.test/dir/page?q#part");

/** Where a Location leads from `GET`. */
function urlOf(location: string, from = GET.url.href): string {
  return followRedirect(hop("GET", from), 302, location, 0, FOLLOW)!.url.href;
}

function refused(why: string, ...call: Parameters<typeof followRedirect<Body>>): void {
  const error = assertThrows(() => followRedirect(...call), HttpError, why);
  assertEquals(error.code, "redirect");
  assert(error.message.startsWith("Cannot follow redirect: "), error.message);
}

Deno.test("followRedirect() follows 301, 302, 303, 307 and 308, and no other status", () => {
  const followed = [];
  for (let status = 300; status < 400; status++) {
    if (followRedirect(GET, status, "/", 0, FOLLOW) !== undefined) followed.push(status);
  }
  assertEquals(followed, [301, 302, 303, 307, 308]);
  assertEquals(followRedirect(GET, 201, "/", 0, FOLLOW), undefined);
});

Deno.test("followRedirect() delivers a redirect without Location", () => {
  assertEquals(followRedirect(GET, 302, undefined, 0, FOLLOW), undefined);
});

Deno.test('followRedirect() fails on every redirect when the mode is "error"', () => {
  const rules: RedirectRules = { ...FOLLOW, mode: "error" };
  refused('302, and "redirect" is "error"', GET, 302, "/", 0, rules);
  refused("307", GET, 307, undefined, 0, rules);
  assertEquals(followRedirect(GET, 304, undefined, 0, rules), undefined);
});

Deno.test("followRedirect() makes a GET of what the Fetch standard makes one of", () => {
  const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "post"];
  const rows: Record<number, string[]> = {};
  for (const status of [301, 302, 303, 307, 308]) {
    rows[status] = methods.map((method) =>
      followRedirect(hop(method, "http://a.test"), status, "/", 0, FOLLOW)!.method
    );
  }
  const postBecomesGet = ["GET", "HEAD", "GET", "PUT", "DELETE", "PATCH", "post"];
  assertEquals(rows, {
    301: postBecomesGet,
    302: postBecomesGet,
    303: ["GET", "HEAD", "GET", "GET", "GET", "GET", "GET"],
    307: methods,
    308: methods,
  });
});

Deno.test("followRedirect() drops the body and its fields with the method", () => {
  const fields: RawHeader[] = [
    ["Content-Type", "text/plain"],
    ["content-encoding", "gzip"],
    ["Content-Language", "de"],
    ["Content-Location", "/x"],
    ["Content-Length", "4"],
    ["Content-Digest", "x"],
    ["Transfer-Encoding", "chunked"],
    ["Trailer", "x"],
    ["Expect", "100-continue"],
    ["Repr-Digest", "x"],
    ["X-Other", "y"],
  ];
  for (const status of [301, 302, 303]) {
    const next = followRedirect(
      hop("POST", "http://a.test", BODY, fields),
      status,
      "/",
      0,
      FOLLOW,
    )!;
    assertEquals([next.method, next.body, next.fields], ["GET", undefined, [["X-Other", "y"]]]);
  }
  for (const status of [307, 308]) {
    const next = followRedirect(
      hop("POST", "http://a.test", BODY, fields),
      status,
      "/",
      0,
      FOLLOW,
    )!;
    assertStrictEquals(next.body, BODY);
    assertEquals(next.fields, fields);
  }
  const put = followRedirect(hop("PUT", "http://a.test", BODY, fields), 301, "/", 0, FOLLOW)!;
  assertStrictEquals(put.body, BODY);
});

Deno.test("followRedirect() does not send a body again that cannot be", () => {
  const post = hop("POST", "http://a.test", STREAM);
  refused("answered 307, and the body cannot be sent again", post, 307, "/", 0, FOLLOW);
  refused("answered 308", post, 308, "/", 0, FOLLOW);
  refused("answered 301", hop("PUT", "http://a.test", STREAM), 301, "/", 0, FOLLOW);
  // Nothing is sent again when the body is dropped anyway.
  assertEquals(followRedirect(post, 302, "/", 0, FOLLOW)!.method, "GET");
});

Deno.test("followRedirect() resolves Location against the URL (RFC 9110 10.2.2)", () => {
  assertEquals(urlOf("other"), "http://a.test/dir/other#part");
  assertEquals(urlOf("/abs?x=1"), "http://a.test/abs?x=1#part");
  assertEquals(urlOf("?x"), "http://a.test/dir/page?x#part");
  assertEquals(urlOf("../.."), "http://a.test/#part");
  assertEquals(urlOf("//b.test/x"), "http://b.test/x#part");
  assertEquals(urlOf(""), "http://a.test/dir/page?q#part");
  assertEquals(urlOf("HTTPS://B.test:443"), "https://b.test/#part");
});

Deno.test("followRedirect() inherits the fragment unless Location has one (RFC 9110 10.2.2)", () => {
  // The two examples there.
  assertEquals(
    urlOf("/People.html#tim", "http://www.example.org/~tim"),
    "http://www.example.org/People.html#tim",
  );
  assertEquals(
    urlOf("http://www.example.net/index.html", "http://www.example.org/index.html#larry"),
    "http://www.example.net/index.html#larry",
  );
  assertEquals(urlOf("/x#"), "http://a.test/x#");
  assertEquals(urlOf("/x", "http://a.test/"), "http://a.test/x");
});

Deno.test("followRedirect() reads bytes beyond ASCII as UTF-8, and else keeps them", () => {
  assertEquals(urlOf("/\xc3\xbc?\xe2\x82\xac"), "http://a.test/%C3%BC?%E2%82%AC#part");
  assertEquals(urlOf("/\xfc?\xfc"), "http://a.test/%FC?%FC#part");
  assertEquals(urlOf("//b\xc3\xbccher.test/"), "http://xn--bcher-kva.test/#part");
});

Deno.test("followRedirect() refuses what is no URL", () => {
  for (const location of ["http://", "http://a b/", "//[::1", "http://a:99999/", "//b\xfccher/"]) {
    refused("is not a URL", GET, 302, location, 0, FOLLOW);
  }
});

Deno.test("followRedirect() refuses other schemes", () => {
  for (
    const location of [
      "ftp://a.test/",
      "file:///etc/passwd",
      "data:,x",
      "javascript:1",
      "ws://a.test",
    ]
  ) {
    refused("not http or https", GET, 302, location, 0, FOLLOW);
  }
});

Deno.test("followRedirect() redirects no WebSocket handshake", () => {
  for (const url of ["ws://a.test/", "wss://a.test/"]) {
    for (const location of ["/x", "http://a.test/", "wss://b.test/"]) {
      refused("WebSocket", hop("GET", url), 302, location, 0, FOLLOW);
    }
  }
});

Deno.test("followRedirect() ends at maxRedirects and names it", () => {
  assert(followRedirect(GET, 302, "/", 9, FOLLOW));
  refused('more than 10 by "maxRedirects"', GET, 302, "/", 10, FOLLOW);
  refused('more than 0 by "maxRedirects"', GET, 302, "/", 0, { ...FOLLOW, maxRedirects: 0 });
});

Deno.test("followRedirect() refuses to go from https to http unless that is allowed", () => {
  const secure = hop("GET", "https://a.test/");
  refused('leads from https to "http://a.test"', secure, 302, "http://a.test/x?secret", 0, FOLLOW);
  const allowed = followRedirect(secure, 302, "http://a.test/", 0, {
    ...FOLLOW,
    allowDowngrade: true,
  });
  assertEquals(allowed!.url.href, "http://a.test/");
  assertEquals(urlOf("https://a.test/"), "https://a.test/#part");
});

Deno.test("followRedirect() takes a user from Location for the same origin only", () => {
  assertEquals(urlOf("http://u:p@a.test/"), "http://u:p@a.test/#part");
  refused("with a user or password", GET, 302, "http://u:p@b.test/", 0, FOLLOW);
  refused("with a user or password", GET, 302, "//u@a.test:81/", 0, FOLLOW);
});

Deno.test("followRedirect() does not carry the user of the URL to another origin", () => {
  const from = "http://u:p@a.test/";
  assertEquals(urlOf("/x", from), "http://u:p@a.test/x");
  assertEquals(urlOf("//b.test/", from), "http://b.test/");
  assertEquals(urlOf("https://a.test/", from), "https://a.test/");
});

const HARMLESS: RawHeader[] = [
  ["Accept", "text/html"],
  ["Accept-Encoding", "gzip"],
  ["ACCEPT-LANGUAGE", "de"],
  ["Cache-Control", "no-cache"],
  ["Content-Language", "de"],
  ["Content-Type", "text/plain"],
  ["If-Match", '"x"'],
  ["If-None-Match", '"x"'],
  ["If-Range", '"x"'],
  ["Range", "bytes=1-"],
  ["User-Agent", "test"],
];
const PRIVATE: RawHeader[] = [
  ["Authorization", "Basic x"],
  ["authorization", "Basic x"],
  ["Cookie", "a=b"],
  ["Cookie2", "a=b"],
  ["Proxy-Authorization", "Basic x"],
  ["Host", "a.test"],
  ["Origin", "http://a.test"],
  ["Referer", "http://a.test/secret"],
  ["X-Api-Key", "x"],
  ["X-Auth-Token", "x"],
  ["X-Forwarded-For", "1.2.3.4"],
  ["Sec-WebSocket-Key", "x"],
];

Deno.test("followRedirect() keeps all fields within an origin", () => {
  const fields = [...HARMLESS, ...PRIVATE];
  for (const location of ["/x", "http://A.test:80/", "//a.test/"]) {
    const next = followRedirect(
      hop("GET", "http://a.test/", undefined, fields),
      302,
      location,
      0,
      FOLLOW,
    )!;
    assertEquals(next.fields, fields);
  }
});

Deno.test("followRedirect() takes only harmless fields to another scheme, host or port", () => {
  const from = hop("GET", "http://a.test/", undefined, [...PRIVATE, ...HARMLESS]);
  for (
    const location of ["https://a.test/", "//b.test/", "//a.test:81/", "//sub.a.test", "/\\b.test"]
  ) {
    assertEquals(followRedirect(from, 302, location, 0, FOLLOW)!.fields, HARMLESS, location);
  }
});

Deno.test("followRedirect() takes the fields along that crossOriginHeaders names, in any case", () => {
  const from = hop("GET", "http://a.test/", undefined, PRIVATE);
  const rules = { ...FOLLOW, crossOriginHeaders: ["x-API-key", "Authorization"] };
  assertEquals(followRedirect(from, 302, "//b.test/", 0, rules)!.fields, [
    ["Authorization", "Basic x"],
    ["authorization", "Basic x"],
    ["X-Api-Key", "x"],
  ]);
});

Deno.test("followRedirect() changes nothing of what it is given", () => {
  const fields = [...HARMLESS, ...PRIVATE];
  const from = hop("POST", "http://a.test/#x", BODY, fields);
  followRedirect(from, 303, "//b.test/", 0, FOLLOW);
  assertEquals([from.method, from.url.href, from.body, from.fields.length], [
    ...["POST", "http://a.test/#x", BODY, HARMLESS.length + PRIVATE.length],
  ]);
});

Deno.test("followRedirect() lets nothing but HttpError escape, and no custom field out", () => {
  const location = fc.string({
    unit: fc.integer({ min: 32, max: 255 }).map((c) => String.fromCharCode(c)),
  });
  const prefix = fc.constantFrom("", "//", "http://", "https://b.test", "/\\", "//a.test@");
  const from = hop("GET", "http://a.test/", undefined, PRIVATE);
  fc.assert(fc.property(prefix, location, (start, rest) => {
    try {
      const next = followRedirect(from, 302, start + rest, 0, FOLLOW)!;
      assertEquals(next.fields, next.url.origin === "http://a.test" ? PRIVATE : []);
      assert(/^https?:$/.test(next.url.protocol));
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
    }
  }));
});
