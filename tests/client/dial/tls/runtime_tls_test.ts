import { assertEquals, assertRejects } from "@std/assert";
import { connectRuntimeTcp } from "../../../../client/dial/connect_by_name.ts";
import { secureByRuntime } from "../../../../client/dial/tls/runtime_tls.ts";
import { testWith } from "../../../peers/programs.ts";
import { assertEcho, echoTls, noSignal } from "../../support/dialing.ts";
import { certificates, silentServer } from "../../support/securing.ts";

testWith(
  ["openssl"],
  "secureByRuntime() verifies name and address against an authority",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    for (const name of ["localhost", "127.0.0.1"]) {
      const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
      await assertEcho(await secureByRuntime(conn, name, [made.authority], noSignal()));
    }
  },
);

testWith(
  ["openssl"],
  "secureByRuntime() rejects another name and an unknown authority",
  async () => {
    using made = await certificates();
    await using server = echoTls(made.files);
    for (
      const [name, ca] of [["other.test", [made.authority]], ["localhost", undefined]] as const
    ) {
      const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
      await assertRejects(
        () => secureByRuntime(conn, name, ca, noSignal()),
        Deno.errors.InvalidData,
      );
    }
  },
);

Deno.test("secureByRuntime() ends the handshake with the reason of an abort", async () => {
  await using server = silentServer();
  const abort = new AbortController();
  const conn = await connectRuntimeTcp("127.0.0.1", server.port, noSignal());
  const securing = secureByRuntime(conn, "localhost", undefined, abort.signal);
  // The client's hello has arrived: the handshake is under way.
  const hello = await (await server.accepted).read(new Uint8Array(1));
  abort.abort(new URIError("enough"));
  await assertRejects(() => securing, URIError, "enough");
  assertEquals(hello, 1);
});
