import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { dialedAddress } from "../../../../client/dial/dialed_address.ts";
import type { RouteSettings } from "../../../../client/dial/route_settings.ts";
import type { ProxySettings } from "../../../../client/dial/proxy/proxy.ts";
import { connectThroughProxy } from "../../../../client/dial/proxy/through_proxy.ts";
import type { Transport } from "../../../../client/dial/transport.ts";
import { ConnectError } from "../../../../wire/errors.ts";
import { testWith } from "../../../peers/programs.ts";
import {
  assertConnectError,
  assertEcho,
  DEAD_PORT,
  echoTcp,
  pathOf,
  targetOf,
  Watch,
} from "../../support/dialing.ts";
import { httpProxy, httpsProxy, socksProxy } from "../../support/proxy_server.ts";
import { certificates, silentServer } from "../../support/securing.ts";
import { socketsTo, testOnLinux } from "../../support/socket_options.ts";

const TARGET = targetOf("name.test", 80);

function connect(
  proxy: ProxySettings,
  settings: Partial<RouteSettings> = {},
  watch = new Watch(),
): Promise<Transport> {
  const way = { proxy, isTunnel: true, target: TARGET, route: pathOf(settings) };
  return connectThroughProxy(way, watch);
}

function addresses(...list: string[]): Partial<RouteSettings> {
  return { resolve: new Map([["name.test:80", list]]) };
}

Deno.test("connectThroughProxy() opens a tunnel by CONNECT", async () => {
  await using server = echoTcp();
  await using proxy = httpProxy(() => server.port);
  const watch = new Watch();
  await assertEcho(await connect(proxy.settings("http:"), {}, watch));
  assertEquals(proxy.asked, ["name.test:80"]);
  assertEquals(watch.phases, ["connect", "proxy"]);
});

Deno.test("connectThroughProxy() leads to the proxy where no tunnel is needed", async () => {
  await using server = echoTcp();
  const proxy: ProxySettings = {
    ...{ protocol: "http:", host: "127.0.0.1", port: server.port },
    ...{ username: undefined, password: undefined },
  };
  const way = { proxy, isTunnel: false, target: TARGET, route: pathOf() };
  const transport = await connectThroughProxy(way, new Watch());
  await assertEcho(transport);
});

Deno.test("connectThroughProxy() tells a SOCKS proxy names or addresses, as it wants", async () => {
  await using server = echoTcp();
  await using proxy = socksProxy(() => server.port);
  await assertEcho(await connect(proxy.settings("socks5h:"), addresses("192.0.2.1")));
  const watch = new Watch();
  await assertEcho(await connect(proxy.settings("socks5:"), addresses("192.0.2.1"), watch));
  assertEquals(proxy.asked, ["name.test:80", "192.0.2.1:80"]);
  assertEquals(watch.phases, ["connect", "proxy"]);
});

Deno.test("connectThroughProxy() tells any proxy the address that was allowed", async () => {
  await using server = echoTcp();
  const settings = {
    ...addresses("192.0.2.1", "192.0.2.2"),
    allowAddress: (address: string) => address === "192.0.2.2",
  };
  await using http = httpProxy(() => server.port);
  await using socks = socksProxy(() => server.port);
  for (const proxy of [http.settings("http:"), socks.settings("socks5h:")]) {
    const transport = await connect(proxy, settings);
    assertEquals(dialedAddress(transport), { transport: "tcp", hostname: "192.0.2.2", port: 80 });
    await assertEcho(transport);
  }
  assertEquals([http.asked, socks.asked], [["192.0.2.2:80"], ["192.0.2.2:80"]]);
});

Deno.test("connectThroughProxy() asks the proxy for nothing when no address is allowed", async () => {
  await using proxy = httpProxy(() => 1);
  const guarded = { ...addresses("192.0.2.1"), allowAddress: () => false };
  const watch = new Watch();
  await assertConnectError(
    () => connect(proxy.settings("http:"), guarded, watch),
    "connect",
    '"allowAddress" refuses "192.0.2.1"',
  );
  assertEquals(watch.phases, ["connect"]);
  assertEquals(proxy.asked, []);
});

Deno.test("connectThroughProxy() tries the next address when the proxy cannot reach one", async () => {
  await using server = echoTcp();
  await using proxy = socksProxy((asked) => asked === "192.0.2.2:80" ? server.port : undefined);
  await assertEcho(await connect(proxy.settings("socks5:"), addresses("192.0.2.1", "192.0.2.2")));
  assertEquals(proxy.asked, ["192.0.2.1:80", "192.0.2.2:80"]);
});

Deno.test("connectThroughProxy() says what the proxy refused", async () => {
  await using proxy = httpProxy(() => undefined);
  await assertConnectError(
    () => connect(proxy.settings("http:")),
    "proxy",
    `Cannot reach "name.test:80" through proxy "127.0.0.1:${proxy.port}": it answered 403 Forbidden`,
  );
});

Deno.test("connectThroughProxy() says that the proxy cannot be reached", async () => {
  const proxy: ProxySettings = {
    ...{ protocol: "http:", host: "127.0.0.1", port: DEAD_PORT },
    ...{ username: undefined, password: undefined },
  };
  const error = await assertConnectError(() => connect(proxy), "proxy", "connection refused");
  assertInstanceOf(error.cause, ConnectError);
  assertEquals(error.cause.code, "connect");
});

testWith(["openssl"], "connectThroughProxy() speaks TLS to a proxy of that kind", async () => {
  using made = await certificates();
  await using server = echoTcp();
  await using proxy = httpsProxy(made, () => server.port);
  const settings = proxy.settings("https:", "localhost");
  // The certificate of the server, its pins and its name are no matter of the proxy.
  const path = { ca: [made.authority], serverName: "server.test", pin: ["none"] };
  const watch = new Watch();
  await assertEcho(await connect(settings, path, watch));
  assertEquals(watch.phases, ["connect", "proxy"]);
  const error = await assertConnectError(() => connect(settings), "proxy", "unknown issuer");
  assertInstanceOf(error.cause, ConnectError);
  assertEquals(error.cause.code, "tls");
  await assertConnectError(() => connect(settings, { insecure: true }), "proxy", "unknown issuer");
});

testOnLinux(["mark"], "connectThroughProxy() marks the connection to the proxy", async () => {
  await using server = echoTcp();
  await using proxy = httpProxy(() => server.port);
  const transport = await connect(proxy.settings("http:"), { mark: 80 });
  assertEquals(socketsTo(proxy.port).map(({ mark }) => mark), [80]);
  await assertEcho(transport);
});

Deno.test("connectThroughProxy() resolves the proxy's name by the same options", async () => {
  await using server = echoTcp();
  await using proxy = httpProxy(() => server.port);
  const resolve = new Map([[`proxy.test:${proxy.port}`, ["127.0.0.1"]]]);
  await assertEcho(await connect(proxy.settings("http:", "proxy.test"), { resolve }));
});

Deno.test("connectThroughProxy() ends with the reason of an abort while the proxy is silent", async () => {
  await using silent = silentServer();
  const proxy: ProxySettings = {
    ...{ protocol: "socks5h:", host: "127.0.0.1", port: silent.port },
    ...{ username: undefined, password: undefined },
  };
  const abort = new AbortController();
  const connecting = connect(proxy, {}, new Watch(abort.signal));
  const failed = assertRejects(() => connecting, URIError, "enough");
  await (await silent.accepted).read(new Uint8Array(1));
  abort.abort(new URIError("enough"));
  await failed;
});
