import { assert, assertEquals, assertRejects } from "@std/assert";
import { dial, usesAbsoluteForm } from "../../../client/dial/dial.ts";
import { dialedAddress } from "../../../client/dial/dialed_address.ts";
import type { RouteSettings } from "../../../client/dial/route_settings.ts";
import type { ProxyChoice } from "../../../client/dial/proxy/proxy.ts";
import { testWith } from "../../peers/programs.ts";
import {
  assertConnectError,
  assertEcho,
  EchoServer,
  echoTcp,
  echoTls,
  pathOf,
  targetOf,
  Watch,
} from "../support/dialing.ts";
import { startDnsServer } from "../support/dns_server.ts";
import { runRestricted } from "../support/restricted.ts";
import { httpProxy, httpsProxy, socksProxy } from "../support/proxy_server.ts";
import { certificates, silentServer } from "../support/securing.ts";
import {
  fullListener,
  openSockets,
  socketsDownTo,
  testOnLinux,
} from "../support/socket_options.ts";

Deno.test("dial() connects by TCP", async () => {
  await using server = echoTcp();
  const watch = new Watch();
  await assertEcho(await dial(targetOf("localhost", server.port), pathOf(), watch));
  assertEquals(watch.phases, ["connect"]);
});

testWith(["openssl"], "dial() connects by TLS", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  const watch = new Watch();
  const path = pathOf({ ca: [made.authority] });
  await assertEcho(await dial(targetOf("localhost", server.port, true), path, watch));
  assertEquals(watch.phases, ["connect", "tls"]);
});

testWith(["openssl"], "dial() verifies the host of the target, wherever it dials to", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  const path = pathOf({ ca: [made.authority], resolve: new Map([["*:*", ["127.0.0.1"]]]) });
  await assertEcho(await dial(targetOf("localhost", server.port, true), path, new Watch()));
  await assertConnectError(
    () => dial(targetOf("other.test", server.port, true), path, new Watch()),
    "tls",
    'its certificate is not for "other.test"',
  );
});

testWith(["openssl"], "dial() goes by a unix socket in place of TCP, with TLS too", async () => {
  using made = await certificates();
  const unix = `${made.files.folder}/socket`;
  await using server = echoTls(made.files);
  await using _relay = relayFrom(unix, server.port);
  await using plain = new EchoServer(Deno.listen({ transport: "unix", path: `${unix}-plain` }));
  const watch = new Watch();
  const path = pathOf({ unix, ca: [made.authority], proxy: notAsked });
  await assertEcho(await dial(targetOf("localhost", 443, true), path, watch));
  assertEquals(watch.phases, ["connect", "tls"]);
  await assertEcho(
    await dial(targetOf("any.test", 80), { ...path, unix: `${unix}-plain` }, new Watch()),
  );
  assertEquals(plain.accepted.length, 1);
});

/** A unix socket that leads to a port. */
function relayFrom(path: string, port: number): AsyncDisposable {
  const listener = Deno.listen({ transport: "unix", path });
  const serving = (async () => {
    const from = await listener.accept();
    const to = await Deno.connect({ hostname: "127.0.0.1", port });
    await Promise.all([
      from.readable.pipeTo(to.writable).catch(() => {}),
      to.readable.pipeTo(from.writable).catch(() => {}),
    ]);
  })();
  return {
    async [Symbol.asyncDispose]() {
      await serving;
      listener.close();
    },
  };
}

function notAsked(): undefined {
  throw new Error("No proxy is used on a unix socket");
}

testWith(["openssl"], "dial() speaks TLS through every kind of proxy", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  await using http = httpProxy(() => server.port);
  await using https = httpsProxy(made, () => server.port);
  await using socks = socksProxy(() => server.port);
  const choices: ProxyChoice[] = [
    http.choice("http:"),
    https.choice("https:"),
    socks.choice("socks5h:"),
  ];
  const target = targetOf("localhost", server.port, true);
  for (const proxy of choices) {
    const watch = new Watch();
    await assertEcho(await dial(target, pathOf({ ca: [made.authority], proxy }), watch));
    assertEquals(watch.phases, ["connect", "proxy", "tls"]);
  }
  assertEquals(https.asked, [`localhost:${server.port}`]);
});

testWith(["openssl"], "dial() knows where a tunnel leads, with TLS in it too", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  await using http = httpProxy(() => server.port);
  const path = pathOf({
    ca: [made.authority],
    proxy: http.choice("http:"),
    allowAddress: (address) => address === "127.0.0.1",
  });
  const transport = await dial(targetOf("127.0.0.1", server.port, true), path, new Watch());
  const end = { transport: "tcp", hostname: "127.0.0.1", port: server.port } as const;
  assertEquals(dialedAddress(transport), end);
  await assertEcho(transport);
});

Deno.test("dial() asks which proxy to use for the origin", async () => {
  await using server = echoTcp();
  const asked: unknown[] = [];
  const proxy: ProxyChoice = (...origin) => {
    asked.push(origin);
    return undefined;
  };
  await assertEcho(await dial(targetOf("localhost", server.port), pathOf({ proxy }), new Watch()));
  assert(asked.length > 0);
  assertEquals(asked[0], [false, "localhost", server.port]);
});

Deno.test("usesAbsoluteForm() is true for plain HTTP through a proxy of HTTP, without a guard", () => {
  const plain = targetOf("name.test", 80);
  const through = (protocol: string): Partial<RouteSettings> => ({
    proxy: () => ({ protocol, host: "proxy.test", port: 1 }) as ReturnType<ProxyChoice>,
  });
  const uses = (settings: Partial<RouteSettings>, target = plain) => {
    return usesAbsoluteForm(target, pathOf(settings));
  };
  assertEquals(uses(through("http:")), true);
  assertEquals(uses(through("https:")), true);
  assertEquals(uses({}), false);
  assertEquals(uses({ proxy: () => undefined }), false);
  assertEquals(uses(through("socks5:")), false);
  assertEquals(uses(through("http:"), targetOf("name.test", 443, true)), false);
  assertEquals(uses({ ...through("http:"), allowAddress: () => true }), false);
  assertEquals(uses({ ...through("http:"), unix: "/socket" }), false);
});

Deno.test("dial() opens a tunnel for plain HTTP when addresses are asked about", async () => {
  await using server = echoTcp();
  await using proxy = httpProxy(() => server.port);
  const path = pathOf({
    proxy: proxy.choice("http:"),
    allowAddress: (address) => address === "192.0.2.1",
    resolve: new Map([["name.test:80", ["192.0.2.1"]]]),
  });
  await assertEcho(await dial(targetOf("name.test", 80), path, new Watch()));
  assertEquals(proxy.asked, ["192.0.2.1:80"]);
});

Deno.test("dial() rejects where a permission is missing that node: modules would throw at nobody", async () => {
  const program = (route: string): string =>
    `import { dial } from "@client/dial/dial.ts";
    import { DEFAULT_ROUTE } from "@client/dial/route_options.ts";
    const url = new URL("http://x.test:9/");
    const { localAddress } = ${route};
    const target = { host: localAddress ?? "x.test", port: 9, secure: false, url };
    const watch = { signal: new AbortController().signal, phase() {} };
    await dial(target, { ...DEFAULT_ROUTE, ...${route} }, watch)
      .catch((error) => console.log(error.code, error.message));`;
  assertEquals(
    await runRestricted(["--allow-net=127.0.0.1:9"], program('{ localAddress: "127.0.0.1" }')),
    'connect Cannot connect to "127.0.0.1:9": option "localAddress" needs --allow-net=127.0.0.1:0\n',
  );
  const nameservers = '{ nameservers: [{ ipAddr: "127.0.0.1", port: 9 }] }';
  assertEquals(
    await runRestricted(["--allow-read", "--allow-net=x.test:9"], program(nameservers)),
    'dns Cannot resolve "x.test": name server "127.0.0.1:9": ' +
      'option "nameservers" needs --allow-net=0.0.0.0:0\n',
  );
});

Deno.test("dial() does not begin when the signal has aborted", async () => {
  const watch = new Watch(AbortSignal.abort(new URIError("enough")));
  await assertRejects(() => dial(targetOf("localhost", 1), pathOf(), watch), URIError, "enough");
  assertEquals(watch.phases, []);
});

/** Dials until something happens, or the last of the phases begins, aborts, and waits until nothing of it is open any more. */
async function abortWhen(
  happens: Promise<unknown> | undefined,
  port: number,
  secure: boolean,
  settings: Partial<RouteSettings>,
  phases: string[],
): Promise<void> {
  const abort = new AbortController();
  const watch = new Watch(abort.signal);
  const begun = Promise.withResolvers<void>();
  watch.onPhase = (phase) => phase === phases.at(-1) && queueMicrotask(begun.resolve);
  const dialing = dial(targetOf("name.test", port, secure), pathOf(settings), watch);
  const failed = assertRejects(() => dialing, URIError, "enough");
  await (happens ?? begun.promise);
  abort.abort(new URIError("enough"));
  await failed;
  assertEquals(watch.phases, phases);
}

const TO_LOOPBACK = { resolve: new Map([["*:*", ["127.0.0.1"]]]) };

Deno.test("dial() ends in the phase of DNS, with nothing left", async () => {
  const asked = Promise.withResolvers<void>();
  await using server = await startDnsServer(() => void asked.resolve());
  const settings = { nameservers: [server.address] };
  await abortWhen(asked.promise, 80, false, settings, ["dns"]);
});

testOnLinux([], "dial() ends in the phase of connecting, with nothing left", async () => {
  using full = await fullListener();
  const before = openSockets().length;
  await abortWhen(undefined, full.port, false, TO_LOOPBACK, ["connect"]);
  await socketsDownTo(before);
});

Deno.test("dial() ends in the phase of the proxy, with nothing left", async () => {
  await using silent = silentServer();
  const request = silent.accepted.then((conn) => conn.read(new Uint8Array(1)));
  const proxy: ProxyChoice = () => ({
    ...{ protocol: "http:", host: "127.0.0.1", port: silent.port },
    ...{ username: undefined, password: undefined },
  });
  await abortWhen(request, 80, true, { proxy }, ["connect", "proxy"]);
});

Deno.test("dial() ends in the phase of TLS, with nothing left, whoever does it", async () => {
  for (const settings of [{}, { insecure: true }]) {
    await using silent = silentServer();
    const hello = silent.accepted.then((conn) => conn.read(new Uint8Array(1)));
    const path = { ...TO_LOOPBACK, ...settings };
    await abortWhen(hello, silent.port, true, path, ["connect", "tls"]);
  }
});
