// Forms on the wire: what `form()` sends is what servers read, with its length, and in constant memory.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client, form, post } from "../../client/mod.ts";
import { HttpError } from "../../wire/errors.ts";
import { listen, type Server } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { portOf } from "../server/raw_client.ts";
import { bytesOf, patterned } from "./support/coded_data.ts";

/** What a server got. */
interface Received {
  headers: Headers;
  data: FormData;
}

/** Runs `action` with the URL of a `Deno.serve` and what it receives. */
async function withDenoServe(
  action: (url: string, received: Received[]) => Promise<void>,
): Promise<void> {
  const received: Received[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      received.push({ headers: request.headers, data: await request.formData() });
      return new Response("read");
    },
  );
  await action(`http://127.0.0.1:${server.addr.port}/`, received);
}

/** Our own server, which answers with the body that it got, and its length as it was announced. */
function serveEcho(): Server {
  return listen("127.0.0.1", 0, async (con, req) => {
    con.addHeader("X-Length", req.headers["content-length"] ?? "none");
    con.addHeader("X-Type", req.headers["content-type"] ?? "none");
    con.send(await con.readBody());
  });
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${portOf(server)}/`;
}

Deno.test("Deno.serve reads a form of every kind of part", async () => {
  using tree = new TempTree();
  const large = patterned(300_000);
  await withDenoServe(async (url, received) => {
    const body = form()
      .add("text", "naïve 😀\nsecond line")
      .addFile("file", tree.write("large.bin", large))
      .addFile("renamed", tree.write("a", "content"), { filename: "b.txt", contentType: "a/b" })
      .addBlob("blob", new File(["{}"], "blob.json", { type: "application/json" }))
      .addStream("stream", ReadableStream.from([bytesOf("str"), bytesOf("eam")]), { size: 6 });
    const response = await post(url, body);
    assertEquals([response.code, response.text()], [200, "read"]);

    const { headers, data } = received[0]!;
    assertEquals(headers.get("content-length"), `${body.contentLength}`);
    assertEquals(headers.get("content-type"), body.contentType);
    assertEquals(headers.has("transfer-encoding"), false);
    assertEquals([...data.keys()], ["text", "file", "renamed", "blob", "stream"]);
    assertEquals(data.get("text"), "naïve 😀\r\nsecond line");
    const files = [...data.values()].filter((it) => it instanceof File);
    assertEquals(files.map((it) => [it.name, it.type]), [
      ["large.bin", "application/octet-stream"],
      ["b.txt", "a/b"],
      ["blob.json", "application/json"],
      ["blob", "application/octet-stream"],
    ]);
    assertEquals(await files[0]!.bytes(), large);
    const texts = await Promise.all(files.slice(1).map((it) => it.text()));
    assertEquals(texts, ["content", "{}", "stream"]);
  });
});

Deno.test("our own server gets the bytes of the form, and their number first", async () => {
  using tree = new TempTree();
  await using server = serveEcho();
  await using client = new Client();
  const forms = [
    form(),
    form().add("a", "1"),
    form().addFile("empty", tree.write("empty", "")),
    form().addFile("file", tree.write("file", patterned(100_000))).add("after", "it"),
    form().add("large", "x".repeat(200_000)).addBlob("blob", new Blob([patterned(70_000)])),
  ];
  for (const body of forms) {
    // Twice: what can be sent again is the same again.
    for (let i = 0; i < 2; i++) {
      const response = await client.request("POST", urlOf(server), body);
      assertEquals(response.headers["x-length"], `${body.contentLength}`);
      assertEquals(response.headers["x-type"], body.contentType);
      assertEquals(response.body, await new Response(body.stream()).bytes());
    }
  }
});

Deno.test("names and file names of any kind add nothing to what is sent", async () => {
  const evil = 'x"\r\nX-Evil: 1\r\n\r\n';
  await withDenoServe(async (url, received) => {
    await post(url, form().add(evil, "1").addBlob(evil, new Blob(["2"]), { filename: evil }));
    const { headers, data } = received[0]!;
    assertEquals(headers.has("x-evil"), false);
    const escaped = "x%22%0D%0AX-Evil: 1%0D%0A%0D%0A";
    assertEquals([...data.keys()], [escaped, escaped]);
    assertEquals((data.getAll(escaped)[1] as File).name, escaped);
  });
});

Deno.test("a file that changed since it was added ends the request with an error", async () => {
  using tree = new TempTree();
  await using server = listen("127.0.0.1", 0, { onError: () => {} }, async (con) => {
    await con.readBody();
    con.send("complete");
  });
  for (const content of ["1234", "123456", ""]) {
    const path = tree.write("file", "12345");
    const body = form().add("before", "1").addFile("file", path);
    tree.write("file", content);
    const error = await assertRejects(() => post(urlOf(server), body), HttpError);
    assertEquals(error.code, "file");
  }
});

Deno.test("a stream of another length than it was said to have ends the request", async () => {
  await using server = listen("127.0.0.1", 0, { onError: () => {} }, async (con) => {
    await con.readBody();
    con.send("complete");
  });
  for (const given of ["1234", "123456"]) {
    const body = form().addStream("s", ReadableStream.from([bytesOf(given)]), { size: 5 });
    await assertRejects(() => post(urlOf(server), body), Error, 'Cannot send stream of "s"');
  }
});

Deno.test("a form of a file of 200 MB is sent in constant memory", async () => {
  using tree = new TempTree();
  const path = tree.write("large", "");
  const size = 200_000_000;
  Deno.truncateSync(path, size); // sparse
  let most = 0;
  let before = 0;
  await using server = listen("127.0.0.1", 0, async (con) => {
    before = Deno.memoryUsage().rss;
    let count = 0;
    for (let it = await con.readBody(65536); it.length > 0; it = await con.readBody(65536)) {
      count += it.length;
      most = Math.max(most, Deno.memoryUsage().rss - before);
    }
    con.send(`${count}`);
  });
  const body = form().addFile("large", path);
  const response = await post(urlOf(server), body);
  assertEquals(response.text(), `${body.contentLength}`);
  assert(body.contentLength > size);
  // Client and server are both in here, and what they read waits for the garbage collector.
  assert(most < size / 2, `${most}`);
});
