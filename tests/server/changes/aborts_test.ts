// Clients that leave in the middle of an upload: nothing of it stays, neither on the disk nor open.

import { assertEquals } from "@std/assert";
import { within } from "../../conformance/waiting.ts";
import { Random } from "../../fuzz/random.ts";
import { countDescriptors } from "../../open_descriptors.ts";
import { Changing, formOf } from "./changing.ts";

const SEED = Math.floor(Math.random() * 2 ** 32);

interface Upload {
  head: string;
  body: Uint8Array;
}

const encoder = new TextEncoder();

function uploads(): Upload[] {
  const large = "0123456789abcdef".repeat(8_000);
  const { fields, body } = formOf(["a", large], ["b", large], ["c", "x"]);
  const chunk = `${large.length.toString(16)}\r\n${large}\r\n`;
  return [
    { head: `POST / HTTP/1.1\r\nHost: a\r\n${fields[0]}\r\nContent-Length: ${body.length}`, body },
    { head: `PUT /d HTTP/1.1\r\nHost: a\r\nContent-Length: ${large.length}`, body: large },
    { head: "PUT /e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked", body: chunk + chunk },
  ].map(({ head, body }) => ({ head, body: encoder.encode(body) }));
}

Deno.test(`50 uploads that are aborted somewhere leave nothing (seed ${SEED})`, async () => {
  const random = new Random(SEED);
  const before = countDescriptors();
  {
    await using it = new Changing();
    const all = uploads();
    for (let i = 0; i < 50; i++) {
      const { head, body } = random.pick(all);
      const handled = new Promise<void>((resolve) => it.onHandled = resolve);
      using client = await it.connect();
      await client.send(`${head}\r\n\r\n`);
      await client.send(body.subarray(0, random.below(body.length)));
      client.close();
      await within("the request was handled", handled);
      assertEquals(it.list(), []);
    }
    assertEquals(it.errors.length, 50);
  }
  assertEquals(countDescriptors(), before);
});

Deno.test("resumable uploads that are aborted leave what came, and nothing open", async () => {
  const before = countDescriptors();
  {
    await using it = new Changing();
    const begun = await it.ask("POST /a", ["Upload-Length: 1000000", "Content-Length: 0"]);
    const target = `/${begun.headers["location"]!.slice(2)}`;
    let offset = 0;
    for (let i = 1; i <= 20; i++) {
      const handled = new Promise<void>((resolve) => it.onHandled = resolve);
      using client = await it.connect();
      await client.request(`PATCH ${target}`, [
        `Upload-Offset: ${offset}`,
        `Content-Length: ${1_000_000 - offset}`,
      ]);
      await client.send("x".repeat(i * 1000));
      client.close();
      await within("the request was handled", handled);
      const [name, ...others] = it.list();
      assertEquals(others, []);
      offset = Deno.statSync(`${it.tree.root}/${name}`).size;
    }
    assertEquals((await it.ask(`DELETE ${target}`)).status, 204);
    assertEquals(it.list(), []);
  }
  assertEquals(countDescriptors(), before);
});
