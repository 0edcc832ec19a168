import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { connectRuntimeTcp } from "../../../../client/dial/connect_by_name.ts";
import { secureByNode } from "../../../../client/dial/tls/node_tls.ts";
import type { TlsSettings } from "../../../../client/dial/route_settings.ts";
import type { Transport } from "../../../../client/dial/transport.ts";
import { testWith } from "../../../peers/programs.ts";
import { assertEcho, echoTls, noSignal } from "../../support/dialing.ts";
import { bytesOf, textOf } from "../../../wire/fakes.ts";
import { runRestricted } from "../../support/restricted.ts";
import {
  certificates,
  cuttingRelay,
  NodeTlsServer,
  pinOf,
  silentServer,
  tlsOf,
} from "../../support/securing.ts";

async function secureTo(
  port: number,
  settings: Partial<TlsSettings>,
  name = "localhost",
): Promise<Transport> {
  const conn = await connectRuntimeTcp("127.0.0.1", port, noSignal());
  return await secureByNode(conn, name, tlsOf(settings), noSignal());
}

testWith(["openssl"], "secureByNode() verifies name and address against an authority", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  const ca = [made.authority];
  await assertEcho(await secureTo(server.port, { ca }));
  await assertEcho(await secureTo(server.port, { ca }, "127.0.0.1"));
  for (const name of ["other.test", "127.0.0.2"]) {
    await assertRejects(() => secureTo(server.port, { ca }, name), Error, "does not match");
  }
  await assertRejects(() => secureTo(server.port, {}), Error, "unable to verify");
});

testWith(["openssl"], "secureByNode() sends names to the server, but no addresses", async () => {
  using made = await certificates();
  await using server = await NodeTlsServer.start({ cert: made.cert, key: made.key });
  const ca = [made.authority];
  await assertEcho(await secureTo(server.port, { ca }));
  await assertEcho(await secureTo(server.port, { ca }, "127.0.0.1"));
  const names = server.secured.map((it) => (it as { servername?: string | false }).servername);
  assertEquals(names.map((name) => name || "none"), ["localhost", "none"]);
});

testWith(["openssl"], "secureByNode() accepts anything when that is insecure", async () => {
  using made = await certificates(-1);
  await using server = echoTls(made.files);
  await assertEcho(await secureTo(server.port, { insecure: true }, "other.test"));
});

testWith(["openssl"], "secureByNode() rejects a certificate that has expired", async () => {
  using made = await certificates(-1);
  await using server = echoTls(made.files);
  await assertRejects(() => secureTo(server.port, { ca: [made.authority] }), Error, "expired");
});

testWith(["openssl"], "secureByNode() presents a certificate", async () => {
  using made = await certificates();
  await using server = await NodeTlsServer.start({
    ...{ cert: made.cert, key: made.key, ca: made.authority },
    ...{ requestCert: true, rejectUnauthorized: true },
  });
  const { authority, cert, key } = made;
  await assertEcho(await secureTo(server.port, { ca: [authority], cert, key }));
  assertEquals(server.secured.map((it) => it.getPeerCertificate().subject?.CN), ["localhost"]);
  const without = await secureTo(server.port, { ca: [authority] });
  // Since TLS 1.3 the client only hears of it when it reads.
  await assertRejects(() => assertEcho(without));
});

testWith(["openssl"], "secureByNode() pins the key of the server", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  const digest = await pinOf(made.files);
  const wrong = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  const ca = [made.authority];
  await assertEcho(await secureTo(server.port, { ca, pin: [wrong, digest] }));
  const said = `its key is "sha256/${digest}"`;
  await assertRejects(() => secureTo(server.port, { ca, pin: [wrong] }), Error, said);
  // Besides the chain, and in its place only where that is not verified.
  await assertRejects(() => secureTo(server.port, { pin: [digest] }), Error, "unable to verify");
  await assertEcho(await secureTo(server.port, { insecure: true, pin: [digest] }, "other.test"));
  await assertRejects(() => secureTo(server.port, { insecure: true, pin: [wrong] }), Error, said);
});

testWith(["openssl"], "secureByNode() insists on a version of TLS", async () => {
  using made = await certificates();
  await using server = await NodeTlsServer.start({
    ...{ cert: made.cert, key: made.key, maxVersion: "TLSv1.2" },
  });
  const ca = [made.authority];
  await assertRejects(() => secureTo(server.port, { ca, minTlsVersion: "1.3" }));
  await assertEcho(await secureTo(server.port, { ca }));
  assertEquals(server.secured.map((it) => it.getProtocol()), ["TLSv1.2"]);
});

testWith(["openssl"], "secureByNode() speaks TLS in TLS", async () => {
  using made = await certificates();
  await using inner = echoTls(made.files);
  const { cert, key } = made;
  // What comes out of the outer server's TLS goes to the inner one.
  using outer = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const relaying = relay(outer, inner.port);
  const settings = { ca: [made.authority] };
  const tunnel = await secureTo(outer.addr.port, settings);
  await assertEcho(await secureByNode(tunnel, "localhost", tlsOf(settings), noSignal()));
  await relaying;
});

async function relay(listener: Deno.TlsListener, port: number): Promise<void> {
  const from = await listener.accept();
  const to = await Deno.connect({ hostname: "127.0.0.1", port });
  await Promise.all([
    from.readable.pipeTo(to.writable).catch(() => {}),
    to.readable.pipeTo(from.writable).catch(() => {}),
  ]);
}

testWith(
  ["openssl"],
  "secureByNode() gives a transport whose parked read sees the end",
  async () => {
    using made = await certificates();
    await using server = await NodeTlsServer.start({ cert: made.cert, key: made.key });
    const transport = await secureTo(server.port, { ca: [made.authority] });
    const parked = transport.read(new Uint8Array(1));
    await transport.closeWrite(); // The echo of an end is an end.
    assertEquals(await parked, null);
    transport.close();
  },
);

testWith(
  ["openssl"],
  "secureByNode() gives a transport whose parked read ends with close()",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    const transport = await secureTo(server.port, { ca: [made.authority] });
    const parked = transport.read(new Uint8Array(1));
    transport.close();
    await assertRejects(() => parked, Error, "closed");
  },
);

testWith(
  ["openssl"],
  "secureByNode() gives a transport that lets the process end while it waits",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    const said = await runRestricted(
      ["--allow-net"],
      `import { secureByNode } from "@client/dial/tls/node_tls.ts";
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: ${server.port} });
    const { signal } = new AbortController();
    const transport = await secureByNode(conn, "localhost", { insecure: true }, signal);
    transport.read(new Uint8Array(1));
    transport.unref();
    console.log("ends");`,
    );
    assertStringIncludes(said, "ends");
  },
);

testWith(["openssl"], "secureByNode() trusts authorities besides the usual ones", async () => {
  using made = await certificates();
  using others = await certificates();
  await using server = echoTls(made.files);
  const texts = [[others.authority, made.authority], [others.authority + made.authority]];
  for (const ca of texts) await assertEcho(await secureTo(server.port, { ca }));
  // What is in this variable is among the usual ones of a process.
  const env = { DENO_CERT: made.files.authority };
  const said = await runRestricted(
    ["--allow-net"],
    `import { secureByNode } from "@client/dial/tls/node_tls.ts";
    const conn = await Deno.connect({ hostname: "127.0.0.1", port: ${server.port} });
    const { signal } = new AbortController();
    const ca = [${JSON.stringify(others.authority)}];
    const transport = await secureByNode(conn, "localhost", { ca }, signal);
    console.log("secured");
    transport.close();`,
    { env },
  );
  assertEquals(said, "secured\n");
});

Deno.test("secureByNode() ends the handshake with the reason of an abort", async () => {
  await using server = silentServer();
  const abort = new AbortController();
  const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
  const securing = secureByNode(conn, "localhost", tlsOf({ insecure: true }), abort.signal);
  // The client's hello has arrived: the handshake is under way.
  await (await server.accepted).read(new Uint8Array(1));
  abort.abort(new URIError("enough"));
  await assertRejects(() => securing, URIError, "enough");
});

Deno.test("secureByNode() notices that the server leaves in mid-handshake", async () => {
  await using server = silentServer();
  const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
  const securing = secureByNode(conn, "localhost", tlsOf({ insecure: true }), noSignal());
  const failed = assertRejects(() => securing, Error);
  const peer = await server.accepted;
  await peer.read(new Uint8Array(4096));
  await peer.closeWrite();
  await failed;
});

const VERSIONS = ["TLSv1.2", "TLSv1.3"] as const;

/** So many bytes of what comes, or fewer. */
async function readText(transport: Transport, count: number): Promise<string | null> {
  const bytes = new Uint8Array(count);
  const got = await transport.read(bytes);
  return got === null ? null : textOf(bytes.subarray(0, got));
}

testWith(
  ["openssl"],
  "secureByNode() gives a transport that takes the end of TCP for no end (RFC 9112 9.8)",
  async () => {
    using made = await certificates();
    for (const version of VERSIONS) {
      const { cert, key } = made;
      const versions = { minVersion: version, maxVersion: version };
      await using server = await NodeTlsServer.start({ cert, key, ...versions });
      await using relay = cuttingRelay(server.port);
      const transport = await secureTo(relay.port, { insecure: true });
      await transport.write(bytesOf("abcdef"));
      assertEquals(await readText(transport, 3), "abc");
      await relay.cut();
      // What came before is not lost.
      assertEquals(await readText(transport, 6), "def", version);
      for (let again = 0; again < 2; again++) {
        await assertRejects(
          () => transport.read(new Uint8Array(1)),
          Deno.errors.UnexpectedEof,
          "without close_notify",
          version,
        );
      }
      transport.close();
    }
  },
);

testWith(
  ["openssl"],
  "secureByNode() gives a transport whose parked read sees TCP cut",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    await using relay = cuttingRelay(server.port);
    const transport = await secureTo(relay.port, { insecure: true });
    const parked = assertRejects(
      () => transport.read(new Uint8Array(1)),
      Deno.errors.UnexpectedEof,
    );
    await relay.cut();
    await parked;
    transport.close();
  },
);

testWith(
  ["openssl"],
  "secureByNode() gives a transport that takes close_notify for the end, behind all that came",
  async () => {
    using made = await certificates();
    const sent = new Uint8Array(3_000_000).fill(7);
    for (const version of VERSIONS) {
      const { cert, key } = made;
      const versions = { minVersion: version, maxVersion: version };
      await using server = await NodeTlsServer.start({ cert, key, ...versions });
      await using relay = cuttingRelay(server.port);
      const transport = await secureTo(relay.port, { insecure: true });
      // The server has noticed the client when it sends something back.
      await assertEchoed(transport);
      server.secured[0]!.end(sent);
      const bytes = new Uint8Array(65536);
      let received = 0;
      for (let count; (count = await transport.read(bytes)) !== null;) received += count;
      assertEquals(received, sent.length, version);
      assertEquals(await transport.read(bytes), null);
      transport.close();
    }
  },
);

async function assertEchoed(transport: Transport): Promise<void> {
  await transport.write(bytesOf("a"));
  assertEquals(await readText(transport, 1), "a");
}

testWith(["openssl"], "secureByNode() tells of a cut in TLS that carries TLS", async () => {
  using made = await certificates();
  await using inner = echoTls(made.files);
  const { cert, key } = made;
  using outer = Deno.listenTls({ hostname: "127.0.0.1", port: 0, cert, key });
  const relaying = relay(outer, inner.port);
  await using cutter = cuttingRelay(outer.addr.port);
  const settings = { insecure: true };
  const tunnel = await secureTo(cutter.port, settings);
  const transport = await secureByNode(tunnel, "localhost", tlsOf(settings), noSignal());
  await transport.write(bytesOf("abcdef"));
  assertEquals(await readText(transport, 3), "abc");
  await cutter.cut();
  assertEquals(await readText(transport, 6), "def");
  await assertRejects(() => transport.read(new Uint8Array(1)), Deno.errors.UnexpectedEof);
  transport.close();
  await relaying;
});
