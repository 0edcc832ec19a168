import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { UsageError } from "../../../client/command/errors.ts";
import { chooseProxies } from "../../../client/command/proxies.ts";

/** The proxy for http://a.test/, as text. */
function choose(args: string[], variables: Record<string, string> = {}, secure = false) {
  const command = parseArguments(["http://x.test/", ...args]);
  if (command.action !== "get") throw new Error("Not a get");
  const proxy = chooseProxies(command.get, (name) => variables[name])(secure, "a.test", 80);
  if (proxy === undefined) return undefined;
  const { protocol, host, port, username, password } = proxy;
  return `${protocol}//${username}:${password}@${host}:${port}`;
}

Deno.test("chooseProxies() takes -x, else what the environment says", () => {
  const variables = { http_proxy: "http://env:1", https_proxy: "socks5://tls:2" };
  assertEquals(choose([]), undefined);
  assertEquals(choose([], variables), "http://undefined:undefined@env:1");
  assertEquals(choose([], variables, true), "socks5://undefined:undefined@tls:2");
  assertEquals(choose(["-x", "socks5h://p:3"], variables), "socks5h://undefined:undefined@p:3");
  assertEquals(choose(["-x", ""], variables), undefined);
});

Deno.test("chooseProxies() knows for which hosts there is none", () => {
  const http_proxy = "http://env:1";
  const proxied = "http://undefined:undefined@env:1";
  assertEquals(choose([], { http_proxy, no_proxy: "a.test" }), undefined);
  assertEquals(choose(["-x", "env:1"], { NO_PROXY: "a.test" }), undefined);
  assertEquals(choose(["--noproxy", "*"], { http_proxy }), undefined);
  assertEquals(choose(["--noproxy", "b.test"], { http_proxy, no_proxy: "a.test" }), proxied);
  assertEquals(choose(["--noproxy", ""], { http_proxy, NO_PROXY: "a.test" }), proxied);
  assertEquals(choose(["-x", "env:1", "--noproxy", "a.test:81"]), proxied);
  assertEquals(choose(["-x", "env:1", "--noproxy", "a.test:80"]), undefined);
});

Deno.test("chooseProxies() takes user and password from -U", () => {
  const http_proxy = "http://old:pass@env:1";
  assertEquals(choose(["-U", "me:a:b"], { http_proxy }), "http://me:a:b@env:1");
  assertEquals(choose(["-x", "p:2", "-U", "me"]), "http://me:@p:2");
  assertEquals(choose(["-U", "me:a"]), undefined);
});

Deno.test("chooseProxies() refuses what is no proxy by the name of its option, and without a password", () => {
  const error = assertThrows(() => choose(["-x", "ftp://u:secret@p"]), UsageError, '"-x"');
  assertEquals(error.exitCode, 5);
  assert(!error.message.includes("secret"));
});
