// Changes of the same thing at the same time: one after the other, each by what the one before it left.

import { assertEquals } from "@std/assert";
import { makeEtag } from "../../../server/files/etag.ts";
import type { RawClient } from "../raw_client.ts";
import { Changing, formOf } from "./changing.ts";

const ROUNDS = 5;

/** Sends requests of a body each, of which the last byte comes once all the others have been taken; the statuses. */
async function askAtOnce(
  it: Changing,
  requests: readonly [line: string, fields: readonly string[], body: string][],
): Promise<number[]> {
  const clients: RawClient[] = [];
  try {
    for (const [line, fields, body] of requests) {
      const client = await it.connect();
      clients.push(client);
      const expecting = [...fields, `Content-Length: ${body.length}`, "Expect: 100-continue"];
      await client.request(line, expecting);
      assertEquals((await client.readHead()).status, 100);
      await client.send(body.slice(0, -1));
    }
    await Promise.all(clients.map((client, at) => client.send(requests[at]![2].slice(-1))));
    const answers = await Promise.all(clients.map((client) => client.readResponse()));
    return answers.map(({ status }) => status).sort();
  } finally {
    for (const client of clients) client.close();
  }
}

function etagOf(path: string): string {
  const { size, mtime } = Deno.statSync(path);
  return makeEtag(size, mtime!.getTime());
}

Deno.test("of many PUT with the same If-Match one is done", async () => {
  await using it = new Changing({ rights: { overwrite: true } });
  const path = it.tree.write("a", "as long as none of them");
  for (let round = 0; round < ROUNDS; round++) {
    const fields = [`If-Match: ${etagOf(path)}`];
    const statuses = await askAtOnce(
      it,
      [1, 2, 3, 4].map((length) => ["PUT /a", fields, "x".repeat(10 * round + length)]),
    );
    assertEquals(statuses, [204, 412, 412, 412]);
  }
  assertEquals(it.list(), ["a"]);
});

for (const overwrite of [false, true]) {
  Deno.test(`of many PUT with If-None-Match one is done (overwrite: ${overwrite})`, async () => {
    await using it = new Changing({ rights: { overwrite } });
    for (let round = 0; round < ROUNDS; round++) {
      const statuses = await askAtOnce(
        it,
        [1, 2, 3, 4].map((length) => [`PUT /${round}`, ["If-None-Match: *"], "x".repeat(length)]),
      );
      assertEquals(statuses, [201, 412, 412, 412]);
    }
    assertEquals(it.list(), ["0", "1", "2", "3", "4"]);
  });
}

Deno.test("a form and a PUT of the same name: one is done", async () => {
  await using it = new Changing();
  for (let round = 0; round < ROUNDS; round++) {
    const form = formOf([`b${round}`, "1"], [`a${round}`, "2"]);
    const statuses = await askAtOnce(it, [
      ["POST /", form.fields, form.body],
      [`PUT /a${round}`, [], "x"],
    ]);
    assertEquals(statuses, [201, 409]);
  }
});

Deno.test("of many MOVE of one file one is done, and no copy stays", async () => {
  await using it = new Changing();
  for (let round = 0; round < ROUNDS; round++) {
    it.tree.write("a");
    const answers = await Promise.all(
      [1, 2, 3].map((at) => it.ask("MOVE /a", [`Destination: /to${round}-${at}`])),
    );
    assertEquals(answers.map(({ status }) => status).sort(), [201, 404, 404]);
    assertEquals(it.list().length, round + 1);
  }
});

Deno.test("of two folders that are moved into each other one is", async () => {
  await using it = new Changing();
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b] = [`a${round}`, `b${round}`];
    it.tree.folder(a);
    it.tree.folder(b);
    const answers = await Promise.all([
      it.ask(`MOVE /${a}`, [`Destination: /${b}/x`]),
      it.ask(`MOVE /${b}`, [`Destination: /${a}/x`]),
    ]);
    assertEquals(answers.map(({ status }) => status).sort(), [201, 404]);
    assertEquals(it.list().length, 2 * (round + 1));
  }
});

Deno.test("DELETE and MOVE by the same If-Match: one is done", async () => {
  await using it = new Changing();
  for (let round = 0; round < ROUNDS; round++) {
    const condition = `If-Match: ${etagOf(it.tree.write("a"))}`;
    const [moved, deleted] = await Promise.all([
      it.ask("MOVE /a", ["Destination: /b", condition]),
      it.ask("DELETE /a", [condition]),
    ]);
    const isMoved = moved!.status === 201;
    assertEquals([moved!.status, deleted!.status], isMoved ? [201, 404] : [404, 204]);
    assertEquals(it.list(), isMoved ? ["b"] : []);
    if (isMoved) Deno.removeSync(`${it.tree.root}/b`);
  }
});
