// Deno's fetch against `listen`, with a client of its own for each test.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Handler, listen, type ListenOptions, type Server } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { portOf } from "../server/raw_client.ts";

const PIECE = new Uint8Array(65536).map((_, i) => i * 31);

/** A server and a fetch that talks to it. */
class Peers implements AsyncDisposable {
  readonly server: Server;
  readonly #client: Deno.HttpClient = Deno.createHttpClient({});

  constructor(handler: Handler, options: ListenOptions = {}) {
    this.server = listen("127.0.0.1", 0, options, handler);
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const url = `http://127.0.0.1:${portOf(this.server)}${path}`;
    return fetch(url, { ...init, client: this.#client });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.server.shutdown();
  }
}

Deno.test("fetch gets, posts and keeps its connection", async () => {
  await using peers = new Peers(async (con, req) => {
    con.addHeader("X-Method", req.method);
    con.send(req.rawPath, " ", await con.readBody());
  });
  for (let i = 0; i < 3; i++) {
    const get = await peers.fetch("/a%20b?c");
    assertEquals([get.status, get.statusText, await get.text()], [200, "OK", "/a%20b?c "]);
    const post = await peers.fetch("/", { method: "POST", body: "caf\u00e9" });
    assertEquals([post.headers.get("x-method"), await post.text()], ["POST", "/ caf\u00e9"]);
  }
  assertEquals(peers.server.stats().accepted, 1);
});

Deno.test("fetch understands every answer without a body", async () => {
  await using peers = new Peers((con, req) => {
    if (req.method === "HEAD") return con.send("hello");
    con.setStatus(Number(req.queryString));
  });
  for (const status of [204, 205, 304]) {
    const response = await peers.fetch(`/?${status}`);
    assertEquals([response.status, await response.text()], [status, ""]);
  }
  const head = await peers.fetch("/", { method: "HEAD" });
  assertEquals([head.headers.get("content-length"), await head.text()], ["5", ""]);
  assertEquals(peers.server.stats().accepted, 1);
});

Deno.test("fetch follows a redirect", async () => {
  await using peers = new Peers((con, req) => {
    if (req.path === "/from") con.redirect(302, "/to?a b");
    else con.send(req.rawPath);
  });
  const response = await peers.fetch("/from");
  assertEquals([response.redirected, await response.text()], [true, "/to?a%20b"]);
});

Deno.test("fetch streams a body up and down at the same time", async () => {
  const turn: PromiseWithResolvers<void>[] = [];
  for (let i = 0; i < 3; i++) turn.push(Promise.withResolvers());
  await using peers = new Peers(async (con) => {
    for (let piece; (piece = await con.readBody(1024)).length > 0;) {
      con.send(piece);
      await con.flush();
    }
  });
  let next = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      // Each piece waits until the one before it has come back.
      if (next > 0) await turn[next - 1]!.promise;
      if (next === 3) controller.close();
      else controller.enqueue(new TextEncoder().encode(`piece ${next++}`));
    },
  }, { highWaterMark: 0 });
  const response = await peers.fetch("/", { method: "POST", body });
  const pieces: string[] = [];
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    pieces.push(piece);
    turn[pieces.length - 1]?.resolve();
  }
  assertEquals(pieces, ["piece 0", "piece 1", "piece 2"]);
});

Deno.test("fetch streams megabytes up and down unharmed", async () => {
  const PIECES = 300;
  await using peers = new Peers(async (con, req) => {
    assertEquals(req.headers["transfer-encoding"], "chunked");
    for (let piece; (piece = await con.readBody(50_000)).length > 0;) {
      con.send(piece);
      await con.flush();
    }
  });
  let sent = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      if (sent++ === PIECES) controller.close();
      else controller.enqueue(PIECE.slice());
    },
  });
  const response = await peers.fetch("/", { method: "POST", body });
  let at = 0;
  for await (const piece of response.body!) {
    const wrong = piece.findIndex((byte, i) => byte !== PIECE[(at + i) % PIECE.length]);
    assertEquals(wrong, -1, `at ${at + wrong}`);
    at += piece.length;
  }
  assertEquals(at, PIECES * PIECE.length);
});

Deno.test("a fetch that is aborted while it downloads ends the handler's response", async () => {
  const outcome = Promise.withResolvers<boolean>();
  const failure = Promise.withResolvers<unknown>();
  await using peers = new Peers(async (con) => {
    con.done.then(({ completed }) => outcome.resolve(completed));
    while (true) {
      con.send(PIECE);
      await con.flush();
    }
  }, { onError: failure.resolve });
  const abort = new AbortController();
  const response = await peers.fetch("/", { signal: abort.signal });
  const reader = response.body!.getReader();
  assert((await reader.read()).value!.length > 0);
  abort.abort();
  await assertRejects(() => reader.read(), DOMException);
  assertEquals(await outcome.promise, false);
  assertEquals((await failure.promise as Error).name, "ClosedError");
});

Deno.test("a fetch that is aborted while it uploads ends the handler's read", async () => {
  const started = Promise.withResolvers<void>();
  const failure = Promise.withResolvers<unknown>();
  await using peers = new Peers(async (con) => {
    await con.readBody(1);
    started.resolve();
    await con.readBody();
  }, { onError: failure.resolve });
  const abort = new AbortController();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(PIECE.slice()),
  });
  const fetched = peers.fetch("/", { method: "POST", body, signal: abort.signal });
  await started.promise;
  abort.abort();
  await assertRejects(() => fetched, DOMException);
  assertEquals((await failure.promise as Error).name, "ClosedError");
});

Deno.test("an upload that the handler refuses does not keep fetch from the answer", async () => {
  await using peers = new Peers((con) => con.sendError(403, undefined, "no"));
  const response = await peers.fetch("/", { method: "POST", body: new Uint8Array(100_000) });
  assertEquals([response.status, await response.text()], [403, "no"]);
});

Deno.test("fetch gets files, their types, ranges and validators", async () => {
  using tree = new TempTree();
  tree.write("a.html", "<p>0123456789");
  await using peers = new Peers((con, req) => con.serveFile(req), { docroot: tree.root });
  const whole = await peers.fetch("/a.html");
  assertEquals(await whole.text(), "<p>0123456789");
  assertEquals(whole.headers.get("content-type")?.toLowerCase(), "text/html; charset=utf-8");
  const range = await peers.fetch("/a.html", { headers: { Range: "bytes=3-5" } });
  assertEquals([range.status, await range.text()], [206, "012"]);
  assertEquals(range.headers.get("content-range"), "bytes 3-5/13");
  const etag = whole.headers.get("etag")!;
  const same = await peers.fetch("/a.html", { headers: { "If-None-Match": etag } });
  assertEquals([same.status, await same.text()], [304, ""]);
});
