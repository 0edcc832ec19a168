import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { POLLIN } from "../../../../client/dial/linux/libc.ts";
import { LinuxSocket, type SocketSettings } from "../../../../client/dial/linux/socket.ts";
import { testWith } from "../../../peers/programs.ts";
import { DEAD_PORT, echoTcp, hasIpv6, noSignal } from "../../support/dialing.ts";
import { runRestricted } from "../../support/restricted.ts";
import { fullListener, openSockets, testOnLinux } from "../../support/socket_options.ts";

const NOTHING = { mark: undefined, device: undefined, localAddress: undefined };

function withSocket<T>(settings: Partial<SocketSettings>, use: (socket: LinuxSocket) => T): T {
  const socket = new LinuxSocket("stream", "127.0.0.1", { ...NOTHING, ...settings });
  try {
    return use(socket);
  } finally {
    socket.close();
  }
}

function kernelView(socket: LinuxSocket) {
  return openSockets().find(({ fd }) => fd === socket.fd);
}

testOnLinux(["mark"], "LinuxSocket sets the mark, of whatever size", () => {
  for (const mark of [1, 77, 0xffffffff]) {
    withSocket({ mark }, (socket) => assertEquals(kernelView(socket)?.mark, mark));
  }
});

testOnLinux(["device"], "LinuxSocket binds to the device", () => {
  withSocket({ device: "lo" }, (socket) => assertEquals(kernelView(socket)?.device, "lo"));
});

testOnLinux(["device"], "LinuxSocket says that there is no such device, and closes", () => {
  const before = openSockets().length;
  assertThrows(() => withSocket({ device: "none0" }, () => {}), Error, '"device" names no device');
  assertEquals(openSockets().length, before);
});

testOnLinux(
  ["device"],
  "LinuxSocket names the option when the address is not of this machine",
  () => {
    const before = openSockets().length;
    assertThrows(
      () => withSocket({ device: "lo", localAddress: "192.0.2.77" }, () => {}),
      Error,
      'option "localAddress": "192.0.2.77" cannot be used',
    );
    assertEquals(openSockets().length, before);
  },
);

testOnLinux(["device"], "LinuxSocket connects, from a local address too", async () => {
  await using server = echoTcp();
  const settings = { mark: undefined, device: "lo", localAddress: "127.0.0.9" };
  const socket = new LinuxSocket("stream", "127.0.0.1", settings);
  await socket.connect("127.0.0.1", server.port, noSignal());
  socket.close();
  while (server.accepted.length === 0) await new Promise((resolve) => setTimeout(resolve));
  assertEquals((server.accepted[0]!.remoteAddr as Deno.NetAddr).hostname, "127.0.0.9");
});

testOnLinux(["device"], "LinuxSocket says why it cannot connect", async () => {
  const socket = new LinuxSocket("stream", "127.0.0.1", { ...NOTHING, device: "lo" });
  try {
    const error = await assertRejects(() => socket.connect("127.0.0.1", DEAD_PORT, noSignal()));
    assertEquals((error as { code?: string }).code, "ECONNREFUSED");
  } finally {
    socket.close();
  }
});

testOnLinux(["device"], "LinuxSocket connects by IPv6", async () => {
  if (!hasIpv6()) return;
  await using server = echoTcp("::1");
  const socket = new LinuxSocket("stream", "::1", { ...NOTHING, device: "lo" });
  await socket.connect("::1", server.port, noSignal());
  assertEquals(kernelView(socket)?.remotePort, server.port);
  socket.close();
});

testOnLinux(["device"], "LinuxSocket ends connecting with the reason of an abort", async () => {
  using listener = await fullListener();
  const socket = new LinuxSocket("stream", "127.0.0.1", { ...NOTHING, device: "lo" });
  const abort = new AbortController();
  const connecting = socket.connect("127.0.0.1", listener.port, abort.signal);
  abort.abort(new URIError("enough"));
  await assertRejects(() => connecting, URIError, "enough");
  socket.close();
});

testOnLinux(["device"], "LinuxSocket waits no longer than it should", async () => {
  await using server = echoTcp();
  const socket = new LinuxSocket("stream", "127.0.0.1", { ...NOTHING, device: "lo" });
  await socket.connect("127.0.0.1", server.port, noSignal());
  assertEquals(await socket.wait(POLLIN, 1, noSignal()), false);
  socket.close();
});

testOnLinux(["device"], "LinuxSocket leaves a released descriptor open", () => {
  withSocket({ device: "lo" }, (socket) => {
    const fd = socket.release();
    socket.close();
    assertEquals(openSockets().some((it) => it.fd === fd), true);
    socket.libc.close(fd);
  });
});

// Newer kernels are content with the other capability.
testOnLinux(["mark"], "LinuxSocket names the capability that is missing", async () => {
  const said = await runRestricted(
    ["--allow-ffi"],
    `import { LinuxSocket } from "@client/dial/linux/socket.ts";
    const settings = { mark: 5, device: undefined, localAddress: undefined };
    new LinuxSocket("stream", "127.0.0.1", settings);`,
    { through: ["setpriv", "--bounding-set=-net_admin,-net_raw"] },
  );
  assertStringIncludes(said, 'option "mark" needs CAP_NET_ADMIN');
}, (name, fn) => testWith(["setpriv"], name, fn));

testOnLinux(["device"], "LinuxSocket keeps to the network permissions of the program", async () => {
  const said = await runRestricted(
    ["--allow-ffi", "--allow-net=127.0.0.1:81"],
    `import { LinuxSocket } from "@client/dial/linux/socket.ts";
    const settings = { mark: undefined, device: "lo", localAddress: undefined };
    const socket = new LinuxSocket("stream", "127.0.0.1", settings);
    await socket.connect("127.0.0.1", 80, new AbortController().signal);`,
  );
  assertStringIncludes(said, "--allow-net=127.0.0.1:80 is missing");
});
