// What `listen` listens on: TCP, TLS and unix sockets, with the options of the runtime.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { type Handler, listen, type ListenOptions } from "../../server/mod.ts";
import { makeCertificate } from "../peers/certificate.ts";
import { run, testWith } from "../peers/programs.ts";
import { portOf, RawClient } from "./raw_client.ts";

const hello: Handler = (con) => con.send("hello");
const UNIX = Deno.build.os !== "windows";

async function askOverTls(port: number, authority: string): Promise<string> {
  const conn = await Deno.connectTls({
    hostname: "localhost",
    port,
    caCerts: [await Deno.readTextFile(authority)],
  });
  using client = new RawClient(conn);
  return (await client.ask("GET /")).body;
}

testWith(["openssl"], "listen() takes cert and key as paths", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  await using server = listen("127.0.0.1", 0, { cert, key }, hello);
  assertEquals(await askOverTls(portOf(server), files.authority), "hello");
});

testWith(["openssl"], "listen() takes cert and key as PEM text", async () => {
  using files = await makeCertificate();
  const cert = await Deno.readTextFile(files.cert);
  const key = await Deno.readTextFile(files.key);
  await using server = listen("127.0.0.1", 0, { cert, key }, hello);
  assertEquals(await askOverTls(portOf(server), files.authority), "hello");
});

testWith(["openssl"], "a TLS server offers http/1.1, or what alpnProtocols says", async () => {
  using files = await makeCertificate();
  const { cert, key } = files;
  const caCerts = [await Deno.readTextFile(files.authority)];
  for (const alpn of [undefined, ["other"]]) {
    const options: ListenOptions = alpn === undefined
      ? { cert, key }
      : { cert, key, alpnProtocols: alpn };
    await using server = listen("127.0.0.1", 0, options, hello);
    const [wanted] = alpn ?? ["http/1.1"];
    using conn = await Deno.connectTls({
      hostname: "localhost",
      port: portOf(server),
      caCerts,
      alpnProtocols: ["h2", wanted!],
    });
    assertEquals((await conn.handshake()).alpnProtocol, wanted);
  }
});

Deno.test("listen() refuses half of what TLS needs, and what cannot be read", () => {
  const call = (options: ListenOptions) => () => listen("127.0.0.1", 0, options, hello);
  assertThrows(call({ cert: "c.pem" }), TypeError, 'Cannot listen: option "key" is missing');
  assertThrows(call({ key: "k.pem" }), TypeError, 'Cannot listen: option "cert" is missing');
  assertThrows(
    call({ cert: "/nowhere/c.pem", key: "/nowhere/k.pem" }),
    TypeError,
    'Cannot listen: option "cert": ',
  );
});

Deno.test({
  name: "listen() on a unix socket serves there, and removes it at the end",
  ignore: !UNIX,
  fn: async () => {
    const folder = await Deno.makeTempDir({ prefix: "eco_http_unix_" });
    const path = `${folder}/socket`;
    try {
      for (const end of ["shutdown", "close"] as const) {
        const server = listen(0, { path }, (con) => con.send(JSON.stringify(con.remoteAddr())));
        assertEquals(server.addr, { transport: "unix", path });
        assert((await Deno.stat(path)).isSocket);
        {
          using client = await RawClient.connect(server);
          const { body } = await client.ask("GET /");
          assertEquals(JSON.parse(body), { ipaddr: "", port: 0 });
        }
        await server[end]();
        await server.finished;
        await assertRejects(() => Deno.stat(path), Deno.errors.NotFound);
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: "listen() on a unix socket throws when the path is taken, and leaves it alone",
  ignore: !UNIX,
  fn: async () => {
    const path = await Deno.makeTempFile({ prefix: "eco_http_unix_" });
    try {
      assertThrows(() => listen(0, { path }, hello), Deno.errors.AddrInUse);
      assert((await Deno.stat(path)).isFile);
    } finally {
      await Deno.remove(path);
    }
  },
});

Deno.test("listen() has no TLS on a unix socket", () => {
  assertThrows(
    () => listen(0, { path: "/tmp/never-made", cert: "c", key: "k" }, hello),
    TypeError,
    "no TLS on a unix socket",
  );
});

Deno.test({
  name: "listen() passes other options on to the runtime",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    // In a process of its own, since the runtime ends one that lacks the flag.
    const program = `
      import { listen } from "${new URL("../../server/mod.ts", import.meta.url)}";
      const options = { reusePort: true, tcpBacklog: 16 };
      const first = listen("127.0.0.1", 0, options, () => {});
      const second = listen("127.0.0.1", first.addr.port, options, () => {});
      console.log(first.addr.port === second.addr.port);
      await Promise.all([first.shutdown(), second.shutdown()]);
    `;
    const config = fromFileUrl(new URL("../../deno.json", import.meta.url));
    const source = `data:application/javascript,${encodeURIComponent(program)}`;
    const { code, stdout } = await run(Deno.execPath(), [
      ...["run", "--quiet", "--allow-net", "--unstable-net", "--config", config, source],
    ]);
    assertEquals([code, stdout], [0, "true\n"]);
  },
});
