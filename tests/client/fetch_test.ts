import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { Client, closeIdleConnections, fetch, FetchResponse } from "../../client/mod.ts";
import { answer, Peer } from "../conformance/client/peer.ts";

/** It takes all that the standard function takes. */
const standard: typeof globalThis.fetch = fetch;

Deno.test("fetch() shares connections, which closeIdleConnections() closes", async () => {
  await using peer = new Peer((conn) => conn.serve(() => answer("hello")));
  const get = () => standard(peer.url());
  const response = await get();
  assertInstanceOf(response, FetchResponse);
  assertEquals(await response.text(), "hello");
  assertEquals(await (await get()).json().catch(() => "no JSON"), "no JSON");
  assertEquals(peer.conns.length, 1);
  closeIdleConnections();
  assertEquals(await (await get()).text(), "hello");
  assertEquals(peer.conns.length, 2);
  closeIdleConnections();
});

Deno.test("fetch() never throws, and may stand in for the runtime's own", async () => {
  await using peer = new Peer((conn) => conn.serve(() => answer("hello")));
  for (const wrong of [undefined, "none", "/", 1]) {
    await assertRejects(() => fetch(wrong as never), TypeError);
  }
  await assertRejects(() => fetch("data:,x", { timeout: 1 }), TypeError, 'option "timeout" is for');
  const own = globalThis.fetch;
  globalThis.fetch = fetch;
  try {
    assertEquals(await (await globalThis.fetch(peer.url())).text(), "hello");
    assertEquals(await (await globalThis.fetch("data:,x")).text(), "x");
  } finally {
    globalThis.fetch = own;
  }
  assertStrictEquals(globalThis.fetch, own);
  closeIdleConnections();
});

Deno.test("kept connections of fetch() do not keep the process alive", async () => {
  await using peer = new Peer((conn) => conn.serve(() => answer("hello")));
  const mod = new URL("../../client/mod.ts", import.meta.url);
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const code = `import { fetch } from "${mod}";
    console.log(await (await fetch("${peer.url()}")).text());`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", `--config=${config}`, "--no-check", code],
    env: { NO_COLOR: "1" },
    stderr: "inherit",
  });
  const { code: exit, stdout } = await child.output();
  assertEquals([exit, new TextDecoder().decode(stdout)], [0, "hello\n"]);
});

Deno.test("client.fetch needs no this: it may be given away", async () => {
  await using peer = new Peer((conn) => conn.serve(() => answer("hello")));
  using client = new Client();
  const { fetch: taken } = client;
  const response = await taken(peer.url());
  assertEquals(await response.text(), "hello");
});
