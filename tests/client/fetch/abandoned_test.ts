import { assertEquals } from "@std/assert";
import { closeWhenGone, keepWhenGone } from "../../../client/fetch/abandoned.ts";
import { collectGarbage } from "../../collect_garbage.ts";
import { headOf, until, withFetch } from "./support.ts";

/** Waits until it is so, collecting garbage meanwhile. */
async function untilCollected(what: string, test: () => boolean): Promise<void> {
  await until(what, () => {
    collectGarbage();
    return test();
  });
}

Deno.test("what nobody can read any more is closed, unless it was kept", async () => {
  const closed: string[] = [];
  const holder = (name: string) => ({ close: () => void closed.push(name) });
  (() => {
    const kept = {};
    closeWhenGone(kept, holder("kept"));
    keepWhenGone(kept);
    closeWhenGone({}, holder("gone"));
  })();
  await untilCollected("it is closed", () => closed.length > 0);
  assertEquals(closed, ["gone"]);
});

Deno.test("a response that is dropped unread frees its connection, a stream in use keeps it", async () => {
  await withFetch(async (conn) => {
    await conn.readRequest();
    await conn.send(headOf(1e6) + "x".repeat(10));
    await conn.readToEnd();
  }, async (peer, client) => {
    const reader = (await client.fetch(peer.url())).body!.getReader();
    await (async () => {
      await client.fetch(peer.url());
      assertEquals((await client.fetch(peer.url())).body!.locked, false);
    })();
    await untilCollected("one connection is left", () => client.stats().connections === 1);
    collectGarbage();
    assertEquals((await reader.read()).value?.length, 10);
    await reader.cancel();
  });
});
