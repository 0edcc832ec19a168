import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  parseProxy,
  proxiesFromEnvironment,
  type ProxySettings,
  tunnelError,
} from "../../../../client/dial/proxy/proxy.ts";

function proxy(settings: Partial<ProxySettings>): ProxySettings {
  return {
    protocol: "http:",
    host: "p",
    port: 1080,
    username: undefined,
    password: undefined,
    ...settings,
  };
}

Deno.test("parseProxy() reads the four protocols", () => {
  for (const protocol of ["http:", "https:", "socks5:", "socks5h:"] as const) {
    assertEquals(parseProxy(`${protocol}//p:3128`, "proxy"), proxy({ protocol, port: 3128 }));
  }
  assertEquals(
    parseProxy("SOCKS5H://P:3128/", "proxy"),
    proxy({ protocol: "socks5h:", port: 3128 }),
  );
});

Deno.test("parseProxy() takes a proxy without protocol for http, as curl does", () => {
  assertEquals(parseProxy("p:3128", "proxy"), proxy({ port: 3128 }));
  assertEquals(parseProxy(" 127.0.0.1:3128 ", "proxy"), proxy({ host: "127.0.0.1", port: 3128 }));
  assertEquals(parseProxy("u:s@p", "proxy"), proxy({ username: "u", password: "s" }));
});

Deno.test("parseProxy() has curl's default ports", () => {
  const ports = ["p", "http://p", "http://p:", "https://p", "socks5://p", "socks5h://p"];
  assertEquals(ports.map((text) => parseProxy(text, "proxy").port), [
    ...[1080, 1080, 1080, 443, 1080, 1080],
  ]);
  assertEquals(parseProxy("http://p:80", "proxy").port, 80);
});

Deno.test("parseProxy() takes the brackets off IPv6 and makes names ASCII", () => {
  assertEquals(parseProxy("http://[::1]:8080", "proxy"), proxy({ host: "::1", port: 8080 }));
  assertEquals(parseProxy("http://Bücher.Example", "proxy").host, "xn--bcher-kva.example");
});

Deno.test("parseProxy() decodes user and password", () => {
  const read = (userinfo: string): (string | undefined)[] => {
    const { username, password } = parseProxy(`http://${userinfo}@p`, "proxy");
    return [username, password];
  };
  assertEquals(read("user:pass"), ["user", "pass"]);
  assertEquals(read("%C3%BC%40:%3A%2F%25"), ["ü@", ":/%"]);
  assertEquals(read("user"), ["user", undefined]);
  assertEquals(read("user:"), ["user", ""]);
  assertEquals(read(":pass"), ["", "pass"]);
  assertEquals(read(""), [undefined, undefined]);
  // Not legal in a URL, and common all the same.
  assertEquals(read("user:p@ss:w/rd"), ["user", "p@ss:w/rd"]);
  assertEquals(parseProxy("socks5://a%3Ab:c@p", "proxy").username, "a:b");
});

Deno.test("parseProxy() says what is wrong and never the password", () => {
  const cases: [string, string][] = [
    ["", "its host"],
    ["http://", "its host"],
    ["http://u:secret@", "its host"],
    ["http://u:secret@p q", "its host"],
    ["http://u:secret@[::1", "not of the form"],
    ["http://u:secret@[::x]", "its host"],
    ["u:secret@::1", "not of the form"],
    ["http://u:secret@p:0", "its port"],
    ["http://u:secret@p:65536", "its port"],
    ["http://u:secret@p:x", "not of the form"],
    ["http://u:secret@p/path", "not of the form"],
    ["http://u:secret@p?q", "not of the form"],
    ["ftp://u:secret@p", 'its protocol is "ftp"'],
    ["socks4://u:secret@p", 'its protocol is "socks4"'],
    ["socks://p", 'its protocol is "socks"'],
    ["toString://p", "its protocol"],
    ["http://u:secret%@p", "its password is not percent-encoded"],
    ["http://u:secret%ff@p", "its password is not percent-encoded"],
    ["http://u%0d:secret@p", "its user name has a control"],
    ["http://u:secret%0a@p", "its password has a control"],
    ["http://u:secret\n@p", "its password has a control"],
    ["http://u%3A:secret@p", "its user name has a colon"],
  ];
  for (const [text, flaw] of cases) {
    const { message } = assertThrows(() => parseProxy(text, "some option"), TypeError, flaw);
    assert(message.startsWith('Cannot use "some option" as a proxy: '), message);
    assert(!message.includes("secret"), message);
  }
});

function choose(
  environment: Record<string, string>,
  secure = false,
  host = "example.com",
  port = 80,
): string | undefined {
  return proxiesFromEnvironment((name) => environment[name])?.(secure, host, port)?.host;
}

Deno.test("proxiesFromEnvironment() reads what curl reads, in its order", () => {
  assertEquals(proxiesFromEnvironment(() => undefined), undefined);
  assertEquals(proxiesFromEnvironment((name) => name === "no_proxy" ? "*" : ""), undefined);
  assertEquals(choose({ http_proxy: "a", all_proxy: "b" }), "a");
  assertEquals(choose({ http_proxy: "a", all_proxy: "b" }, true), "b");
  assertEquals(choose({ http_proxy: "a" }, true), undefined);
  assertEquals(choose({ https_proxy: "a", HTTPS_PROXY: "b", all_proxy: "c" }, true), "a");
  assertEquals(choose({ HTTPS_PROXY: "b", all_proxy: "c" }, true), "b");
  assertEquals(choose({ HTTPS_PROXY: "b" }), undefined);
  assertEquals(choose({ all_proxy: "a", ALL_PROXY: "b" }), "a");
  assertEquals(choose({ ALL_PROXY: "b" }), "b");
  assertEquals(choose({ http_proxy: "", ALL_PROXY: "b" }), "b");
});

Deno.test("proxiesFromEnvironment() never reads HTTP_PROXY, which a request can set in CGI", () => {
  const asked: string[] = [];
  proxiesFromEnvironment((name) => void asked.push(name));
  assert(!asked.includes("HTTP_PROXY"));
  assertEquals(choose({ HTTP_PROXY: "evil" }), undefined);
  assertEquals(choose({ HTTP_PROXY: "evil", all_proxy: "a" }), "a");
});

Deno.test("proxiesFromEnvironment() heeds no_proxy, and NO_PROXY in its absence", () => {
  assertEquals(choose({ http_proxy: "a", no_proxy: "example.com" }), undefined);
  assertEquals(choose({ http_proxy: "a", NO_PROXY: "example.com" }), undefined);
  assertEquals(choose({ http_proxy: "a", no_proxy: "x.org", NO_PROXY: "example.com" }), "a");
  assertEquals(choose({ http_proxy: "a", no_proxy: "", NO_PROXY: "*" }), undefined);
  assertEquals(choose({ http_proxy: "a", no_proxy: "example.com:81" }), "a");
});

Deno.test("proxiesFromEnvironment() refuses a malformed variable by name when it is needed", () => {
  const environment: Record<string, string> = {
    http_proxy: "http://u:secret@p:x",
    no_proxy: "example.org",
  };
  const choice = proxiesFromEnvironment((name) => environment[name])!;
  assertEquals(choice(false, "example.org", 80), undefined);
  assertEquals(choice(true, "example.com", 443), undefined);
  assertThrows(() => choice(false, "example.com", 80), TypeError, '"http_proxy"');
});

Deno.test("proxiesFromEnvironment() gives the same settings for each origin", () => {
  const choice = proxiesFromEnvironment((name) => name === "all_proxy" ? "p:1" : undefined)!;
  assertEquals(choice(false, "a", 80), proxy({ port: 1 }));
  assert(choice(false, "a", 80) === choice(true, "b", 443));
});

Deno.test("tunnelError() names both ends and not the credentials", () => {
  const cause = new Error("x");
  const settings = proxy({ host: "::1", username: "u", password: "secret" });
  const error = tunnelError({ host: "::2", port: 443, proxy: settings }, "why", cause);
  assertEquals(error.message, 'Cannot reach "[::2]:443" through proxy "[::1]:1080": why');
  assertEquals([error.code, error.cause], ["proxy", cause]);
  assertEquals(tunnelError({ host: "a", port: 1, proxy: settings }, "why").cause, undefined);
});
