import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connectFrom } from "../../../client/dial/node_tcp.ts";
import { assertEcho, DEAD_PORT, echoTcp, noSignal } from "../support/dialing.ts";
import { runRestricted } from "../support/restricted.ts";
import { fullListener, testOnLinux } from "../support/socket_options.ts";

testOnLinux([], "connectFrom() leaves from the local address", async () => {
  await using server = echoTcp();
  const transport = await connectFrom("127.0.0.9", "127.0.0.1", server.port, noSignal());
  const { localAddr, remoteAddr } = transport;
  assertEquals((localAddr as Deno.NetAddr).hostname, "127.0.0.9");
  assertEquals(remoteAddr, { transport: "tcp", hostname: "127.0.0.1", port: server.port });
  await assertEcho(transport);
  assertEquals(server.accepted[0]!.remoteAddr, localAddr);
});

Deno.test("connectFrom() says why it cannot connect", async () => {
  const error = await assertRejects(() =>
    connectFrom("127.0.0.1", "127.0.0.1", DEAD_PORT, noSignal())
  );
  assertEquals((error as { code?: string }).code, "ECONNREFUSED");
});

Deno.test("connectFrom() names the option when the address is not of this machine", async () => {
  await using server = echoTcp();
  await assertRejects(
    () => connectFrom("192.0.2.77", "127.0.0.1", server.port, noSignal()),
    Error,
    'option "localAddress": "192.0.2.77" cannot be used on this machine',
  );
});

testOnLinux([], "connectFrom() ends connecting with the reason of an abort", async () => {
  using listener = await fullListener();
  const abort = new AbortController();
  const connecting = connectFrom("127.0.0.9", "127.0.0.1", listener.port, abort.signal);
  abort.abort(new URIError("enough"));
  await assertRejects(() => connecting, URIError, "enough");
});

Deno.test("connectFrom() names the option and the permission that it needs", async () => {
  await using server = echoTcp();
  const program = `import { connectFrom } from "@client/dial/node_tcp.ts";
    const { signal } = new AbortController();
    await connectFrom("127.0.0.1", "127.0.0.1", ${server.port}, signal).then(
      (transport) => transport.close(),
      (error) => console.log("rejects:", error.message),
    );`;
  const granted = `--allow-net=127.0.0.1:${server.port}`;
  assertEquals(
    await runRestricted([granted], program),
    'rejects: option "localAddress" needs --allow-net=127.0.0.1:0\n',
  );
  assertEquals(await runRestricted([`${granted},127.0.0.1:0`], program), "");
});

Deno.test("connectFrom() gives a transport that lets the process end while it waits", async () => {
  await using server = echoTcp();
  const said = await runRestricted(
    ["--allow-net"],
    `import { connectFrom } from "@client/dial/node_tcp.ts";
    const { signal } = new AbortController();
    const transport = await connectFrom("127.0.0.1", "127.0.0.1", ${server.port}, signal);
    transport.read(new Uint8Array(1));
    transport.unref();
    console.log("ends");`,
  );
  assertStringIncludes(said, "ends");
});
