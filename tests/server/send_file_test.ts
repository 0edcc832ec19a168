import { assert, assertEquals, assertRejects } from "@std/assert";
import { HttpError } from "../../server/mod.ts";
import { TempTree } from "./files/temp_tree.ts";
import { serve, watchDone } from "./serving.ts";
import { countDescriptors } from "../open_descriptors.ts";

/** Larger than what is kept in memory, and than one piece of a streamed file. */
const LARGE = 1_000_000;
/** More than the sockets of a connection on loopback take while nobody reads. */
const HUGE = 64 * 1024 * 1024;

/** Bytes of which no two stretches are the same. */
function pattern(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let x = 1;
  for (let i = 0; i < length; i++) {
    x = (x * 1103515245 + 12345) & 0x7fffffff;
    bytes[i] = x >> 16;
  }
  return bytes;
}

function text(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

Deno.test("con.sendFile() sends a small file with its Content-Length", async () => {
  using tree = new TempTree();
  const path = tree.write("small", "hello");
  await using it = await serve((con) => con.sendFile(path));
  const { headers, body } = await it.client.ask("GET /");
  assertEquals([headers["content-length"], body], ["5", "hello"]);
});

Deno.test("con.sendFile() sends a large file chunked, or with the length announced", async () => {
  using tree = new TempTree();
  const content = pattern(LARGE);
  const path = tree.write("large", content);
  await using it = await serve((con, req) => {
    if (req.path === "/length") con.addHeader("Content-Length", String(LARGE));
    return con.sendFile(path);
  });
  const chunked = await it.client.ask("GET /");
  assertEquals(chunked.headers["transfer-encoding"], "chunked");
  assert(chunked.body === text(content));
  const counted = await it.client.ask("GET /length");
  assertEquals(counted.headers["content-length"], String(LARGE));
  assert(counted.body === text(content));
});

Deno.test("con.sendFile() sends count bytes from offset", async () => {
  using tree = new TempTree();
  const content = pattern(LARGE);
  const path = tree.write("large", content);
  const RANGES = [[10, 0], [10, 20], [1, LARGE - 1], [0, 5], [LARGE - 7, 7], [0, LARGE]];
  await using it = await serve((con, req) => {
    const [count, offset] = req.queryString.split("-").map(Number);
    return con.sendFile(path, count, offset);
  });
  for (const [count, offset] of RANGES as [number, number][]) {
    const { status, body } = await it.client.ask(`GET /?${count}-${offset}`);
    assertEquals(status, 200);
    assert(body === text(content.subarray(offset, offset + count)), `${count} from ${offset}`);
  }
});

Deno.test("con.sendFile() without a count sends all from offset", async () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "0123456789");
  await using it = await serve((con) => con.sendFile(path, undefined, 7));
  assertEquals((await it.client.ask("GET /")).body, "789");
});

Deno.test("con.sendFile() is a part of the body, between what is sent before and after", async () => {
  using tree = new TempTree();
  const small = tree.write("small", "hello");
  const large = tree.write("large", pattern(LARGE));
  await using it = await serve(async (con, req) => {
    con.send("<");
    await con.sendFile(req.path === "/large" ? large : small);
    con.send(">");
  });
  const whole = await it.client.ask("GET /small");
  assertEquals([whole.headers["content-length"], whole.body], ["7", "<hello>"]);
  const streamed = await it.client.ask("GET /large");
  assert(streamed.body === `<${text(pattern(LARGE))}>`);
});

Deno.test("con.sendFile() refuses a count or an offset outside of the file", async () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "0123456789");
  await using it = await serve(async (con) => {
    for (const [count, offset] of [[11, 0], [1, 10], [-1, 0], [1.5, 0], [NaN, 0]]) {
      await assertRejects(() => con.sendFile(path, count, offset), RangeError, "Cannot send file");
    }
    for (const offset of [-1, 11, 0.5]) {
      await assertRejects(() => con.sendFile(path, undefined, offset), RangeError);
    }
    assertEquals(it.server.stats().openFiles, 0);
    await con.sendFile(path, 0, 10);
  });
  const { status, body } = await it.client.ask("GET /");
  assertEquals([status, body], [200, ""]);
});

Deno.test("con.sendFile() tells what is no readable regular file by status", async () => {
  using tree = new TempTree();
  tree.fifo("fifo");
  await using it = await serve(async (con, req) => {
    const path = `${tree.root}${req.path}`;
    const error = await assertRejects(() => con.sendFile(path), HttpError, "Cannot send file");
    assertEquals(error.code, "file");
    throw error;
  });
  for (const path of ["/missing", "/", "/fifo"]) {
    assertEquals((await it.client.ask(`GET ${path}`)).status, 404, path);
  }
  assertEquals(it.takeErrors().length, 3);
});

Deno.test("con.sendFile() answers HEAD with the length, without reading the file", async () => {
  using tree = new TempTree();
  const path = tree.write("large", pattern(LARGE));
  await using it = await serve((con) => {
    con.addHeader("Content-Length", String(LARGE));
    return con.sendFile(path);
  });
  const { status, headers } = await it.client.ask("HEAD /");
  assertEquals([status, headers["content-length"]], [200, String(LARGE)]);
  assertEquals((await it.client.ask("HEAD /")).status, 200);
});

Deno.test("a file that shrinks while it is sent closes the connection short of its length", async () => {
  using tree = new TempTree();
  const path = tree.write("huge", "");
  Deno.truncateSync(path, HUGE);
  const { handler, done } = watchDone((con) => {
    con.addHeader("Content-Length", String(HUGE));
    return con.sendFile(path);
  });
  await using it = await serve(handler);
  await it.client.request("GET /");
  assertEquals((await it.client.readHead()).headers["content-length"], String(HUGE));
  Deno.truncateSync(path, 1000);
  assert(await it.client.countRest() < HUGE);
  assertEquals((await done).completed, false);
  assertEquals(it.takeErrors().map((error) => (error as HttpError).code), ["file"]);
  assertEquals(it.server.stats().openFiles, 0);
});

Deno.test("a file that grows while it is sent is cut at its length, and the connection stays", async () => {
  using tree = new TempTree();
  const path = tree.write("huge", "");
  Deno.truncateSync(path, HUGE);
  await using it = await serve((con, req) => {
    if (req.path === "/next") return con.send("next");
    con.addHeader("Content-Length", String(HUGE));
    return con.sendFile(path);
  });
  await it.client.request("GET /");
  await it.client.readHead();
  Deno.truncateSync(path, 2 * HUGE);
  let left = HUGE - it.client.buffered.length;
  it.client.buffered = "";
  const bytes = new Uint8Array(1024 * 1024);
  while (left > 0) left -= await it.client.conn.read(bytes.subarray(0, left)) ?? left + 1;
  assertEquals(left, 0);
  assertEquals((await it.client.ask("GET /next")).body, "next");
});

Deno.test({
  name: "no file stays open after small, large, HEAD, refused, failed and aborted sends",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using tree = new TempTree();
    const small = tree.write("small", "hello");
    const large = tree.write("large", pattern(LARGE));
    const huge = tree.write("huge", "");
    Deno.truncateSync(huge, HUGE);
    const before = countDescriptors();
    for (let i = 0; i < 20; i++) {
      await using it = await serve(async (con, req) => {
        if (req.path === "/small") return con.sendFile(small);
        if (req.path === "/huge") return con.sendFile(huge);
        if (req.path === "/range") return con.sendFile(small, 100);
        await con.sendFile(large, LARGE - 1, 1);
      });
      await it.client.ask("GET /small");
      await it.client.ask("HEAD /large");
      await it.client.ask("GET /large");
      assertEquals((await it.client.ask("GET /range")).status, 500);
      await it.client.request("GET /huge");
      await it.client.readHead();
      it.client.close();
      await it.server.shutdown();
      assertEquals(it.server.stats().openFiles, 0);
      assertEquals(it.takeErrors().map((error) => (error as Error).name), [
        "RangeError",
        "ClosedError",
      ]);
    }
    assertEquals(countDescriptors(), before);
  },
});
