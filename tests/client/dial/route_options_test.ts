import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { RequestOptions } from "../../../client/options.ts";
import {
  DEFAULT_ROUTE,
  resolveRoute,
  ROUTE_OPTIONS,
  routeKey,
} from "../../../client/dial/route_options.ts";

const PEM = "-----BEGIN X-----\nAAAA\n-----END X-----\n";
const PIN = `${"A".repeat(43)}=`;

/** Values that each option must refuse by name. */
const WRONG: Record<string, readonly unknown[]> = {
  ipv6: ["true", 1, null],
  nameservers: [
    ...["", "dns.test", "1.2.3", "1.2.3.4:0", "1.2.3.4:65536", "1.2.3.4:x", "[1.2.3.4", null, 5],
    ...[[], [5], ["1.2.3.4", "x"], "[::1]x", "1.2.3.4:53:53"],
  ],
  mark: ["1", -1, 0.5, 2 ** 32, NaN, null],
  device: ["", 5, null, "a\0b"],
  ca: ["", 5, null, [], [5], "/no/such/file.pem"],
  cert: ["", 5, null, "/no/such/file.pem"],
  key: ["", 5, null, "/no/such/file.pem"],
  insecure: ["true", 1, null],
  serverName: [
    ...[
      "",
      5,
      null,
      "a b",
      "a\r\nb",
      "a\0b",
      "a:443",
      "a/b",
      "u@a",
      "a..b",
      ".",
      "[::1",
      "%61.test",
    ],
    `${"x".repeat(64)}.test`,
  ],
  pin: ["", 5, null, [], "sha256/abc", `sha1/${PIN}`, `sha256/${PIN}x`, [PIN, "x"]],
  minTlsVersion: ["1.1", 1.2, null, ""],
  unix: ["", 5, null, "a\0b"],
  localAddress: ["", 5, null, "localhost", "1.2.3.4:80"],
  resolve: [
    ...[5, null, "a:80=1.2.3.4", { "a": "1.2.3.4" }, { "a:80": "b.test" }, { "a:80": [] }],
    ...[[], ["127.0.0.1"], { "a:0": "1.2.3.4" }, { "a:65536": "1.2.3.4" }, { "a:-1": "1.2.3.4" }],
    ...[{ "a b:80": "1.2.3.4" }, { "a/b:80": "1.2.3.4" }, { "[::x]:80": "1.2.3.4" }],
    ...[{ "a:80": 5 }, { ":80": "1.2.3.4" }, { "a:b:80": "1.2.3.4" }, { "a:80": ["1.2.3.4", ""] }],
  ],
  allowAddress: [true, null, "x"],
  proxy: [true, 5, null, "", "ftp://a.test", "http://", new URL("ftp://a.test"), {}],
};

function path(options: Record<string, unknown>) {
  return resolveRoute(options as RequestOptions, DEFAULT_ROUTE);
}

Deno.test("every option of the way to a server refuses wrong values and says its name", () => {
  assertEquals(new Set(Object.keys(WRONG)), ROUTE_OPTIONS);
  for (const [name, values] of Object.entries(WRONG)) {
    for (const value of values) {
      const what = `${name}: ${JSON.stringify(value)}`;
      const error = assertThrows(() => path({ [name]: value }), Error, `"${name}"`, what);
      assert(error instanceof TypeError || error instanceof RangeError, what);
    }
  }
});

Deno.test("nameservers are one or several addresses, with or without port", () => {
  const servers = (nameservers: unknown) => path({ nameservers }).nameservers;
  assertEquals(servers("192.0.2.1"), [{ ipAddr: "192.0.2.1", port: 53 }]);
  assertEquals(servers(["192.0.2.1:5353", "::1", "[::1]", "[::1]:54"]), [
    { ipAddr: "192.0.2.1", port: 5353 },
    { ipAddr: "::1", port: 53 },
    { ipAddr: "::1", port: 53 },
    { ipAddr: "::1", port: 54 },
  ]);
});

Deno.test("resolve is a table by host and port, hosts as URLs have them and without brackets", () => {
  const { resolve } = path({
    resolve: {
      "A.Test:80": "192.0.2.1",
      "*:443": ["[::1]", "192.0.2.2"],
      "b.test:*": "::1",
      "[0:0::2]:080": "::3",
      "Bücher.test:1": "192.0.2.3",
      "*:*": "127.0.0.1",
    },
  });
  assertEquals([...resolve!], [
    ["a.test:80", ["192.0.2.1"]],
    ["*:443", ["::1", "192.0.2.2"]],
    ["b.test:*", ["::1"]],
    ["::2:80", ["::3"]],
    ["xn--bcher-kva.test:1", ["192.0.2.3"]],
    ["*:*", ["127.0.0.1"]],
  ]);
});

Deno.test("pin takes one or several digests, as curl writes them or bare", () => {
  const pins = path({ pin: [`sha256/${PIN}`, `sha256//${PIN}`, PIN] }).pin;
  assertEquals(pins, [PIN, PIN, PIN]);
  assertEquals(path({ pin: PIN }).pin, [PIN]);
});

Deno.test("ca, cert and key are PEM texts, or paths of files with those", async () => {
  const file = await Deno.makeTempFile({ suffix: ".pem" });
  try {
    await Deno.writeTextFile(file, PEM);
    const { ca, cert, key } = path({ ca: [file, `${PEM}#`], cert: file, key: PEM });
    assertEquals([ca, cert, key], [[PEM, `${PEM}#`], PEM, PEM]);
    assertEquals(path({ ca: file }).ca, [PEM]);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("a certificate needs its key, which may come from the client's options", () => {
  assertThrows(() => path({ cert: PEM }), TypeError, 'option "key": it is missing');
  assertThrows(() => path({ key: PEM }), TypeError, 'option "cert": it is missing');
  const base = path({ cert: PEM, key: PEM });
  assertEquals(resolveRoute({ key: `${PEM}#` }, base).key, `${PEM}#`);
});

Deno.test("options stand on top of those of the client, which stay as they are", () => {
  const base = path({ insecure: true, device: "lo", mark: 1 });
  const settings = resolveRoute({ mark: 2, ipv6: false, serverName: "a.test" }, base);
  assertEquals(settings, {
    ...DEFAULT_ROUTE,
    insecure: true,
    device: "lo",
    mark: 2,
    ipv6: false,
    serverName: "a.test",
  });
  assertEquals(base, { ...DEFAULT_ROUTE, insecure: true, device: "lo", mark: 1 });
});

Deno.test("serverName is a name or an address, as URLs have them", () => {
  const name = (serverName: string) => path({ serverName }).serverName;
  assertEquals(name("A_b.Test"), "a_b.test");
  assertEquals(name("bücher.test"), "xn--bcher-kva.test");
  assertEquals([name("127.0.0.1"), name("::1"), name("[::1]")], ["127.0.0.1", "::1", "::1"]);
});

/** Options that say how an address is found, chosen or dialed. */
const NOT_WITH_UNIX: RequestOptions = {
  ipv6: false,
  nameservers: "192.0.2.1",
  mark: 1,
  device: "lo",
  localAddress: "127.0.0.1",
  resolve: { "a.test:80": "127.0.0.1" },
  allowAddress: () => true,
};

Deno.test("options that a unix socket would pass over are refused beside it, whoever gave them", () => {
  for (const [name, value] of Object.entries(NOT_WITH_UNIX)) {
    const option = { [name]: value };
    const said = `option "${name}": it cannot be used together with option "unix"`;
    assertThrows(() => path({ ...option, unix: "/x" }), TypeError, said);
    assertThrows(() => resolveRoute({ unix: "/x" }, path(option)), TypeError, said);
    assertThrows(() => resolveRoute(option, path({ unix: "/x" })), TypeError, said);
  }
});

Deno.test("a proxy beside a unix socket is refused where the request names it, and else gives way", () => {
  const said = 'option "proxy": it cannot be used together with option "unix"';
  const proxy = "http://proxy.test";
  assertThrows(() => path({ proxy, unix: "/x" }), TypeError, said);
  assertThrows(() => resolveRoute({ proxy }, path({ unix: "/x" })), TypeError, said);
  assertEquals(resolveRoute({ unix: "/x" }, path({ proxy })).unix, "/x");
  assertEquals(path({ proxy: false, unix: "/x" }).unix, "/x");
  assertEquals(resolveRoute({ insecure: true, proxy: false }, path({ unix: "/x" })).unix, "/x");
});

Deno.test("a certificate with its key in one text needs no other, and replaces both", () => {
  const key = (name: string) => `-----BEGIN PRIVATE KEY-----\n${name}\n-----END PRIVATE KEY-----`;
  const first = path({ cert: `${PEM}${key("AAAA")}` });
  assertEquals([first.cert, first.key], [`${PEM}${key("AAAA")}`, key("AAAA")]);
  assertEquals(resolveRoute({ cert: key("BBBB") + PEM }, first).key, key("BBBB"));
  assertEquals(path({ cert: `${PEM}${key("AAAA")}`, key: key("CCCC") }).key, key("CCCC"));
});

Deno.test("proxy may be a URL object, with the port that it has as a URL", () => {
  const chosen = (url: string) => path({ proxy: new URL(url) }).proxy!(false, "a.test", 80);
  assertEquals(chosen("http://%C3%BC:p@Proxy.test:3128"), {
    ...{ protocol: "http:", host: "proxy.test", port: 3128, username: "ü", password: "p" },
  });
  const ports = [
    "http://p",
    "http://p:80",
    "http://p:81",
    "https://p",
    "socks5://p",
    "socks5h://p:1",
  ];
  assertEquals(ports.map((it) => chosen(it)!.port), [80, 80, 81, 443, 1080, 1]);
  assertThrows(() => path({ proxy: new URL("http://p/path") }), TypeError, "not of the form");
  const key = (proxy: unknown) => routeKey(path({ proxy }));
  assertEquals(key(new URL("http://p:81")), key("http://p:81"));
  assertNotEquals(key(new URL("http://p")), key("http://p"));
});

Deno.test("proxy is a URL, and false is none", () => {
  const { proxy } = path({ proxy: "http://u:p@proxy.test:3128" });
  for (const secure of [false, true]) {
    assertEquals(proxy!(secure, "a.test", 80), {
      ...{ protocol: "http:", host: "proxy.test", port: 3128, username: "u", password: "p" },
    });
  }
  assertEquals(
    resolveRoute({ proxy: false }, path({ proxy: "http://proxy.test" })).proxy,
    undefined,
  );
  const secret = assertThrows(() => path({ proxy: "http://u:secret@proxy.test:0" }), TypeError);
  assert(!secret.message.includes("secret"));
});

Deno.test("marks of 32 bits, local addresses and versions of TLS are taken as they are", () => {
  const settings = path({ mark: 0xffffffff, localAddress: "[::1]", minTlsVersion: "1.3" });
  assertEquals([settings.mark, settings.localAddress, settings.minTlsVersion], [
    ...[0xffffffff, "::1", "1.3"],
  ]);
  assertEquals(path({ mark: 0 }).mark, 0);
});

Deno.test("every option that changes the way changes its key", () => {
  const allowAddress = () => true;
  const different: Record<string, [unknown, unknown]> = {
    ipv6: [true, false],
    nameservers: ["192.0.2.1", "192.0.2.1:54"],
    mark: [0, 1],
    device: ["lo", "eth0"],
    ca: [PEM, [PEM, PEM]],
    insecure: [true, true],
    serverName: ["a.test", "b.test"],
    pin: [PIN, [PIN, PIN]],
    minTlsVersion: ["1.2", "1.3"],
    unix: ["/a", "/b"],
    localAddress: ["127.0.0.1", "127.0.0.2"],
    resolve: [{ "a:1": "127.0.0.1" }, { "a:1": "127.0.0.2" }],
    allowAddress: [allowAddress, () => true],
    proxy: ["http://a.test", "http://b.test"],
  };
  assertEquals(new Set([...Object.keys(different), "cert", "key"]), ROUTE_OPTIONS);
  const keys = new Set([""]);
  for (const [name, [one, two]] of Object.entries(different)) {
    const key = routeKey(path({ [name]: one }));
    assertEquals(routeKey(path({ [name]: one })), key, `${name}: the same key for the same value`);
    assert(!keys.has(key), `${name}: a key of its own`);
    keys.add(key);
    const other = routeKey(path({ [name]: two }));
    if (one !== two) assertNotEquals(other, key, name);
    keys.add(other);
  }
  const identity = routeKey(path({ cert: PEM, key: PEM }));
  assert(!keys.has(identity));
  assertNotEquals(routeKey(path({ cert: PEM, key: `${PEM}#` })), identity);
});

Deno.test("options that say what holds anyway leave the key alone", () => {
  assertEquals(routeKey(DEFAULT_ROUTE), "");
  assertEquals(routeKey(path({ insecure: false, proxy: false })), "");
  const base = path({ proxy: "http://proxy.test", insecure: true });
  assertEquals(routeKey(resolveRoute({ proxy: false, insecure: false }, base)), "");
});
