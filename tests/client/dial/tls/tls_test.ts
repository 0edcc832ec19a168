import { assertEquals, assertRejects } from "@std/assert";
import { connectRuntimeTcp } from "../../../../client/dial/connect_by_name.ts";
import { DEFAULT_ROUTE, resolveRoute } from "../../../../client/dial/route_options.ts";
import type { TlsSettings } from "../../../../client/dial/route_settings.ts";
import { secure } from "../../../../client/dial/tls/tls.ts";
import type { Transport } from "../../../../client/dial/transport.ts";
import { testWith } from "../../../peers/programs.ts";
import { assertConnectError, assertEcho, echoTls, noSignal } from "../../support/dialing.ts";
import {
  certificates,
  cuttingRelay,
  NodeTlsServer,
  pinOf,
  silentServer,
  tlsOf,
} from "../../support/securing.ts";
import { makeSelfSigned } from "../../../peers/certificate.ts";
import { bytesOf } from "../../../wire/fakes.ts";

async function secureTo(port: number, settings: Partial<TlsSettings>, host = "localhost") {
  const conn = await connectRuntimeTcp("127.0.0.1", port, noSignal());
  return await secure(conn, { host, port }, tlsOf(settings), noSignal());
}

/** Settings that mean the same to both implementations. */
const BOTH: Partial<TlsSettings>[] = [{}, { minTlsVersion: "1.3" }];

testWith(
  ["openssl"],
  "secure() trusts the authority of option ca, whoever does the TLS",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    for (const settings of BOTH) {
      await assertEcho(await secureTo(server.port, { ...settings, ca: [made.authority] }));
      await assertConnectError(
        () => secureTo(server.port, settings),
        "tls",
        `Cannot secure connection to "localhost:${server.port}": its certificate is of an unknown ` +
          'issuer (option "ca" adds one that is trusted)',
      );
    }
  },
);

testWith(["openssl"], "secure() verifies the host, or option serverName in its place", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  for (const settings of BOTH) {
    const trusting = { ...settings, ca: [made.authority] };
    await assertConnectError(
      () => secureTo(server.port, trusting, "other.test"),
      "tls",
      'its certificate is not for "other.test" (option "serverName" names another)',
    );
    const named = { ...trusting, serverName: "localhost" };
    await assertEcho(await secureTo(server.port, named, "other.test"));
  }
});

testWith(
  ["openssl"],
  "secure() says that a certificate has expired, whoever does the TLS",
  async () => {
    using made = await certificates(-1);
    await using server = echoTls(made.files);
    for (const settings of BOTH) {
      await assertConnectError(
        () => secureTo(server.port, { ...settings, ca: [made.authority] }),
        "tls",
        "its certificate has expired",
      );
    }
  },
);

testWith(["openssl"], "secure() heeds insecure and pin", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  await assertEcho(await secureTo(server.port, { insecure: true }));
  const pin = [await pinOf(made.files)];
  await assertEcho(await secureTo(server.port, { ca: [made.authority], pin }));
  await assertConnectError(
    () => secureTo(server.port, { insecure: true, pin: ["other"] }),
    "tls",
    `its key is "sha256/${pin[0]}", which option "pin" does not name`,
  );
});

Deno.test("secure() throws TypeError for an option that cannot be used, and closes", async () => {
  await using server = silentServer();
  await assertRejects(() => secureTo(server.port, { ca: ["nonsense"] }), TypeError, '"ca"');
  assertEquals(await (await server.accepted).read(new Uint8Array(1)), null);
});

Deno.test("secure() says that the server does not speak TLS", async () => {
  for (const settings of [{}, { insecure: true }]) {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const securing = assertConnectError(
      () => secureTo(listener.addr.port, settings),
      "tls",
      "Cannot secure connection",
    );
    const conn = await listener.accept();
    await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await securing;
    conn.close();
  }
});

Deno.test("secure() closes the transport when the signal has aborted", async () => {
  await using server = silentServer();
  const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
  const aborted = AbortSignal.abort(new URIError("enough"));
  const host = { host: "localhost", port: server.port };
  await assertRejects(() => secure(conn, host, tlsOf(), aborted), URIError, "enough");
  assertEquals(await (await server.accepted).read(new Uint8Array(1)), null);
});

testWith(
  ["openssl"],
  "secure() gives transports that tell a cut from an end, whoever does the TLS",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    for (const settings of BOTH) {
      await using relay = cuttingRelay(server.port);
      const transport = await secureTo(relay.port, { ...settings, ca: [made.authority] });
      await relay.cut();
      await assertRejects(() => transport.read(new Uint8Array(1)), Deno.errors.UnexpectedEof);
      transport.close();
    }
  },
);

testWith(
  ["openssl"],
  "secure() gives transports that say when the server asks for a certificate",
  async () => {
    using made = await certificates();
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      await using server = await NodeTlsServer.start({
        ...{ cert: made.cert, key: made.key, ca: made.authority, maxVersion },
        ...{ requestCert: true, rejectUnauthorized: true },
      });
      for (const settings of [{ ca: [made.authority] }, { insecure: true }]) {
        // Before TLS 1.3, the handshake fails; since then, the first read.
        let transport: Transport | undefined;
        const connect = async () => transport = await secureTo(server.port, settings);
        if (maxVersion === "TLSv1.3") await connect();
        await assertConnectError(
          transport === undefined ? connect : () => transport!.read(new Uint8Array(1)),
          "tls",
          `Cannot secure connection to "localhost:${server.port}": ` +
            'the server asks for a certificate: option "cert"',
        );
        transport?.close();
      }
    }
  },
);

testWith(["openssl"], "secure() leaves later reads to the transport as it is", async () => {
  using made = await certificates();
  await using server = echoTls(made.files);
  for (const settings of BOTH) {
    const transport = await secureTo(server.port, { ...settings, ca: [made.authority] });
    assertEquals(Object.hasOwn(transport, "read"), true);
    await transport.write(bytesOf("a"));
    assertEquals(await transport.read(new Uint8Array(1)), 1);
    assertEquals(Object.hasOwn(transport, "read"), false);
    transport.close();
  }
});

testWith(
  ["openssl"],
  "secure() says what helps with a certificate that signed itself",
  async () => {
    using made = await certificates();
    const { cert, key } = await makeSelfSigned(made.files);
    await using server = echoTls({ cert, key });
    const ca = [Deno.readTextFileSync(cert)];
    await assertConnectError(
      () => secureTo(server.port, { ca }),
      "tls",
      "its certificate is an authority's, and this runtime does not take it",
    );
    // And that it does: the authority and the name are verified all the same.
    const pin = [await pinOf({ ...made.files, key })];
    await assertEcho(await secureTo(server.port, { ca, pin }));
    for (
      const [settings, host] of [[{ ca: [made.authority], pin }], [
        { ca, pin },
        "other.test",
      ]] as const
    ) {
      await assertConnectError(
        () => secureTo(server.port, settings, host),
        "tls",
        "its certificate is",
      );
    }
  },
);

testWith(
  ["openssl"],
  "secure() presents a certificate from a text that also holds its key",
  async () => {
    using made = await certificates();
    await using server = await NodeTlsServer.start({
      ...{ cert: made.cert, key: made.key, ca: made.authority },
      ...{ requestCert: true, rejectUnauthorized: true },
    });
    for (const cert of [made.key + made.cert, made.cert + made.key]) {
      const { cert: both, key } = resolveRoute({ cert }, DEFAULT_ROUTE);
      await assertEcho(await secureTo(server.port, { ca: [made.authority], cert: both, key }));
    }
    // Nobody else is secured by this server.
    assertEquals(server.secured.length, 2);
  },
);
