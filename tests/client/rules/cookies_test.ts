import { assert, assertEquals, assertThrows } from "@std/assert";
import { CookieJar } from "../../../client/rules/cookies.ts";

/** What a jar sends to a URL after it was given some cookies by another. */
function sent(from: string, cookies: string[], to: string = from): string | undefined {
  const jar = new CookieJar();
  jar.store(new URL(from), cookies);
  return jar.cookieHeader(new URL(to));
}

Deno.test("CookieJar sends nothing as long as it has nothing", () => {
  assertEquals(new CookieJar().cookieHeader(new URL("http://a.test/")), undefined);
  assertEquals(sent("http://a.test/", []), undefined);
  assertEquals(sent("http://a.test/", ["a=b"], "http://b.test/"), undefined);
});

Deno.test("CookieJar sends the longest paths first, then the oldest (RFC 6265bis 5.8.3)", () => {
  assertEquals(
    sent("http://a.test/x/y", ["a=1; Path=/", "b=2; Path=/x", "c=3; Path=/", "d=4; Path=/z"]),
    "b=2; a=1; c=3",
  );
});

Deno.test("CookieJar keeps to the default path and matches paths (RFC 6265bis 5.1.4)", () => {
  const to = (path: string): string | undefined =>
    sent("http://a.test/dir/page", ["a=b"], `http://a.test${path}`);
  assertEquals([to("/dir/"), to("/dir"), to("/dir/x/y")], ["a=b", "a=b", "a=b"]);
  assertEquals([to("/"), to("/directory"), to("/other")], [undefined, undefined, undefined]);
});

Deno.test("CookieJar keeps cookies to their host, or the domain they name", () => {
  const to = (cookie: string, host: string): string | undefined =>
    sent("http://www.example.com/", [cookie], `http://${host}/`);
  assertEquals(to("a=b", "www.example.com"), "a=b");
  assertEquals(to("a=b", "sub.www.example.com"), undefined);
  for (const domain of ["example.com", ".example.com", "EXAMPLE.com"]) {
    assertEquals(to(`a=b; Domain=${domain}`, "example.com"), "a=b");
    assertEquals(to(`a=b; Domain=${domain}`, "mail.example.com"), "a=b");
    assertEquals(to(`a=b; Domain=${domain}`, "notexample.com"), undefined);
  }
});

Deno.test("CookieJar takes no cookies for other hosts, nor for public suffixes", () => {
  for (const domain of ["other.com", "sub.www.example.com", "com", "www.example.co"]) {
    assertEquals(sent("http://www.example.com/", [`a=b; Domain=${domain}`]), undefined, domain);
  }
  assertEquals(sent("http://a.co.uk/", ["a=b; Domain=co.uk"]), undefined);
  assertEquals(sent("http://me.github.io/", ["a=b; Domain=github.io"]), undefined);
  assertEquals(sent("http://github.io/", ["a=b; Domain=github.io"]), "a=b");
  assertEquals(
    sent("http://github.io/", ["a=b; Domain=github.io"], "http://me.github.io/"),
    undefined,
  );
});

Deno.test("CookieJar works for localhost and for addresses, on any port", () => {
  for (const host of ["localhost", "127.0.0.1", "[::1]", "host"]) {
    assertEquals(sent(`http://${host}:81/`, ["a=b"], `http://${host}:82/`), "a=b", host);
  }
  assertEquals(sent("http://localhost/", ["a=b; Domain=localhost"]), "a=b");
  assertEquals(sent("http://127.0.0.1/", ["a=b; Domain=127.0.0.1"]), "a=b");
  assertEquals(sent("http://127.0.0.1/", ["a=b; Domain=0.0.1"]), undefined);
});

Deno.test("CookieJar sends Secure cookies over https and wss only", () => {
  const to = (scheme: string, host = "a.test"): string | undefined =>
    sent(`https://${host}/`, ["a=b; Secure"], `${scheme}://${host}/`);
  assertEquals([to("https"), to("wss"), to("http"), to("ws")], [
    "a=b",
    "a=b",
    undefined,
    undefined,
  ]);
  assertEquals(to("http", "localhost"), undefined);
  assertEquals(
    sent("wss://a.test/", ["__Host-a=b; Secure; Path=/"], "https://a.test/"),
    "__Host-a=b",
  );
  assertEquals(sent("http://a.test/", ["a=b; Secure"], "https://a.test/"), undefined);
  assertEquals(sent("https://a.test/", ["__Host-a=b; Path=/"]), undefined);
});

Deno.test("CookieJar does not let an insecure answer replace a secure cookie", () => {
  const jar = new CookieJar();
  const secure = new URL("https://www.example.com/");
  const insecure = new URL("http://www.example.com/");
  jar.store(secure, ["a=1; Secure"]);
  jar.store(insecure, ["a=2", "a=3; Domain=example.com", "a=4; Max-Age=0"]);
  assertEquals(jar.cookieHeader(secure), "a=1");
  jar.store(secure, ["a=5"]);
  assertEquals(jar.cookieHeader(insecure), "a=5");
});

Deno.test("CookieJar replaces, and removes what expires", () => {
  const url = "http://a.test/";
  assertEquals(sent(url, ["a=1", "b=2", "a=3"]), "a=3; b=2");
  assertEquals(sent(url, ["a=1", "a=x; Max-Age=0"]), undefined);
  assertEquals(sent(url, ["a=1", "a=x; Max-Age=-5"]), undefined);
  assertEquals(sent(url, ["a=1", "a=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), undefined);
  assertEquals(sent(url, ["a=1; Max-Age=1000; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]), "a=1");
  const jar = new CookieJar();
  jar.store(new URL(url), ["a=1", "a=2; Max-Age=0"]);
  assertEquals(jar.toJSON().cookies, []);
});

Deno.test("CookieJar ignores bad cookies and takes the good ones beside them", () => {
  const bad = ["", "=", "a\r\nb=c", "x=\x00", "x=\u0101", "nameless", `x=${"y".repeat(4096)}`];
  assertEquals(sent("http://a.test/", [...bad, "good=1", ...bad]), "good=1");
});

Deno.test("CookieJar sends the bytes of a value back as they came", () => {
  assertEquals(sent("http://a.test/", ['a="x,y" z=\xc3\xbc']), 'a="x,y" z=\xc3\xbc');
});

Deno.test("CookieJar keeps 50 cookies for a domain and drops what was not used for longest", () => {
  const jar = new CookieJar();
  const url = new URL("https://a.test/");
  const names = Array.from({ length: 60 }, (_, i) => `c${i}`);
  jar.store(url, names.slice(0, 50).map((name) => `${name}=1`));
  assertEquals(jar.toJSON().cookies.length, 50);
  jar.store(url, names.slice(50).map((name) => `${name}=1`));
  const kept = jar.cookieHeader(url)!.split("; ").map((cookie) => cookie.split("=")[0]!);
  assertEquals(kept, names.slice(10));
  jar.store(new URL("https://b.test/"), ["other=1"]);
  assertEquals(jar.toJSON().cookies.length, 51);
});

Deno.test("CookieJar drops insecure cookies of a full domain before secure ones", () => {
  const jar = new CookieJar();
  const url = new URL("https://a.test/");
  jar.store(url, ["safe=1; Secure"]);
  jar.store(url, Array.from({ length: 50 }, (_, i) => `c${i}=1`));
  const header = jar.cookieHeader(url)!;
  assert(header.startsWith("safe=1; "), header);
  assertEquals(header.split("; ").length, 50);
  assert(!header.includes("c0=1"), header);
});

Deno.test("CookieJar keeps 3000 cookies in all", () => {
  const jar = new CookieJar();
  for (let host = 0; host < 61; host++) {
    const url = new URL(`https://h${host}.test/`);
    jar.store(url, Array.from({ length: 50 }, (_, i) => `c${i}=1`));
  }
  assertEquals(jar.toJSON().cookies.length, 3000);
  assertEquals(jar.cookieHeader(new URL("https://h0.test/")), undefined);
  assertEquals(jar.cookieHeader(new URL("https://h60.test/"))!.split("; ").length, 50);
});

Deno.test("CookieJar comes back from JSON as it was", () => {
  const jar = new CookieJar();
  const url = new URL("https://www.example.com/dir/page");
  jar.store(url, ["a=1", "b=2; Domain=example.com; Secure; Max-Age=1000", "c=3; Path=/"]);
  const again = CookieJar.fromJSON(JSON.parse(JSON.stringify(jar)));
  for (
    const place of [
      "https://www.example.com/dir/",
      "http://www.example.com/",
      "https://example.com/",
    ]
  ) {
    assertEquals(again.cookieHeader(new URL(place)), jar.cookieHeader(new URL(place)), place);
  }
  assertEquals(JSON.parse(JSON.stringify(again)).cookies.length, 3);
  again.store(url, ["a=4"]);
  assert(again.cookieHeader(url)!.includes("a=4"));
  assertEquals(jar.cookieHeader(url)!.includes("a=1"), true);
});

Deno.test("CookieJar.fromJSON() drops what has expired since", () => {
  const jar = new CookieJar();
  jar.store(new URL("http://a.test/"), ["a=1; Max-Age=1000", "b=2"]);
  const saved = JSON.parse(JSON.stringify(jar));
  for (const cookie of saved.cookies) {
    if (cookie.expires !== undefined) cookie.expires = "2020-01-01T00:00:00.000Z";
  }
  assertEquals(CookieJar.fromJSON(saved).cookieHeader(new URL("http://a.test/")), "b=2");
});

Deno.test("CookieJar.fromJSON() refuses what is something else or would break a request", () => {
  const good = { key: "a", value: "b", domain: "a.test", path: "/" };
  assertEquals(
    CookieJar.fromJSON({ cookies: [good] }).cookieHeader(new URL("http://a.test/")),
    "a=b",
  );
  const changes: Record<string, unknown>[] = [
    { value: "b\r\nX-Injected: y" },
    { value: "b; c=d" },
    { key: "" },
    { key: "a=" },
    { key: "a\n" },
    { domain: undefined },
    { path: "x" },
    { value: "x".repeat(5000) },
  ];
  for (const change of changes) {
    assertThrows(
      () => CookieJar.fromJSON({ cookies: [{ ...good, ...change }] }),
      TypeError,
      undefined,
      JSON.stringify(change),
    );
  }
  // deno-lint-ignore no-explicit-any
  const others: any[] = [undefined, null, {}, [], "x", { cookies: {} }, { cookies: [null] }, {
    cookies: ["x"],
  }];
  for (const other of others) assertThrows(() => CookieJar.fromJSON(other), TypeError);
});

Deno.test("hosts of one label have cookies of their own, special names and suffixes too", () => {
  for (const host of ["test", "example", "local", "localhost", "intranet", "com"]) {
    const jar = new CookieJar();
    const url = new URL(`http://${host}/a/b`);
    assertEquals(jar.cookieHeader(url), undefined);
    jar.store(url, ["a=1", "b=2; Path=/", "c=3; Path=/other", "d=4; Max-Age=0"]);
    assertEquals(jar.cookieHeader(url), "a=1; b=2", host);
    assertEquals(jar.cookieHeader(new URL(`http://${host}/`)), "b=2", host);
    assertEquals(jar.cookieHeader(new URL(`http://x.${host}/a/b`)), undefined, host);
    jar.store(new URL(`https://${host}/`), ["s=5; Secure; Path=/"]);
    assertEquals(jar.cookieHeader(new URL(`https://${host}/`)), "b=2; s=5", host);
    assertEquals(jar.cookieHeader(new URL(`http://${host}/`)), "b=2", host);
  }
});
