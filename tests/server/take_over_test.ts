import { assertEquals, assertRejects } from "@std/assert";
import { takeOver } from "../../server/take_over.ts";
import { get, Served } from "./served.ts";
import { FakeConn } from "./fake_conn.ts";

function closes(conn: FakeConn): number {
  return conn.ends.filter(([call]) => call === "close").length;
}

Deno.test("con.upgrade() lets go of the socket without closing it, with the bytes read ahead", async () => {
  const taken = Promise.withResolvers<[closes: number, buffered: string]>();
  const conn = new FakeConn(`${get("/", "Upgrade: x")}ahead`);
  const served = new Served(
    async (con) => {
      con.addHeader("Upgrade", "x");
      const { buffered } = await con.upgrade();
      taken.resolve([closes(conn), new TextDecoder().decode(buffered)]);
    },
    {},
    conn,
  );
  assertEquals(await taken.promise, [0, "ahead"]);
  await served.ended;
  assertEquals(closes(conn), 0);
});

Deno.test("takeOver() refuses HTTP/1.0 before it looks at anything else", async () => {
  const request = { minorVersion: 0 } as Parameters<typeof takeOver>[1];
  await assertRejects(
    () => takeOver({} as Parameters<typeof takeOver>[0], request, {} as never),
    TypeError,
    "HTTP/1.0",
  );
});
