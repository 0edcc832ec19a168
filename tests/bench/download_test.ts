import { assert, assertEquals, assertRejects } from "@std/assert";
import { runDownloads } from "../../bench/download.ts";

const HEAD = "HTTP/1.1 200 OK\r\nDate: x\r\nContent-Length: 7\r\n\r\n";

Deno.test("runDownloads() downloads until the time is over and counts whole bodies", async () => {
  const report = await downloadFrom([HEAD, "12", "34567"]);
  assert(report.transfers >= 1);
  assertEquals(report.bytes, report.transfers * 7);
  assert(report.seconds >= 0.01);
});

Deno.test("runDownloads() rejects a body that is cut short, or too long", async () => {
  await assertRejects(
    () => downloadFrom([HEAD, "123"]),
    Error,
    'Cannot download "/": the server closed the connection early',
  );
  await assertRejects(() => downloadFrom([HEAD + "12345678"]), Error, "8 of 7 bytes");
});

Deno.test("runDownloads() hangs up and ends with the reason of its signal", async () => {
  const controller = new AbortController();
  let end: number | null | undefined;
  const download = downloadFrom([HEAD], controller.signal, async (conn) => {
    controller.abort(new Error("enough"));
    end = await conn.read(new Uint8Array(1));
  });
  await assertRejects(() => download, Error, "enough");
  assertEquals(end, null);
});

/** Runs downloads against a server that writes `pieces` and closes once `beforeClose` is done. */
async function downloadFrom(
  pieces: string[],
  signal: AbortSignal = new AbortController().signal,
  beforeClose: (conn: Deno.Conn) => Promise<void> = () => Promise.resolve(),
): ReturnType<typeof runDownloads> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) served.push(answer(conn, pieces, beforeClose));
  })();
  const { port } = listener.addr;
  try {
    return await runDownloads({ port, target: "/", bodyBytes: 7, seconds: 0.01, signal });
  } finally {
    listener.close();
    await accepting;
    await Promise.all(served);
  }
}

async function answer(
  conn: Deno.Conn,
  pieces: string[],
  beforeClose: (conn: Deno.Conn) => Promise<void>,
): Promise<void> {
  using open = conn;
  await open.read(new Uint8Array(1024));
  for (const piece of pieces) await open.write(new TextEncoder().encode(piece));
  await beforeClose(open);
}
