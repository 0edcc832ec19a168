// Bodies of 10 GiB down and up, through memory that stays as it is, and a thousand downloads that are broken
// off, of which nothing stays. The server is a process of its own.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { bodyWithFile, Client, form, get } from "../../client/mod.ts";
import { listen } from "../../server/mod.ts";
import { until } from "../conformance/waiting.ts";
import { portOf } from "../server/raw_client.ts";
import { ChildProgram } from "./child_program.ts";
import { MemoryWatch } from "./memory_watch.ts";
import { SparseFile } from "./sparse_file.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const SIZE = 10 * GIB;
const PERIOD = 251;
/** How often memory is looked at: garbage is collected for it, which takes its time in a program of this size. */
const LOOKS = 16;
const noProc = Deno.build.os !== "linux";

function named(name: string): string {
  return noProc ? `${name} [ignored: only Linux has /proc]` : name;
}

function startServer(): Promise<ChildProgram> {
  return ChildProgram.start({
    program: Deno.execPath(),
    args: [
      ...["run", "--quiet", "--no-config", "--allow-net=127.0.0.1"],
      fromFileUrl(new URL("bulk_server.ts", import.meta.url)),
    ],
    ready: /port (\d+)\./,
  });
}

function urlOf(server: ChildProgram, path: number | string = ""): string {
  return `http://127.0.0.1:${server.match[1]}/${path}`;
}

Deno.test({
  name: named("10 GiB come down in flat memory"),
  ignore: noProc,
  fn: async () => {
    await using server = await startServer();
    using client = new Client({ timeout: 0 });
    const watch = new MemoryWatch(GIB, SIZE / LOOKS);
    const { onProgress } = watch;
    // A path takes the bytes as they come; this one needs no room.
    await client.get(urlOf(server, SIZE), { bodyToFile: "/dev/null", onProgress });
    assertEquals(watch.bytes, SIZE);
    watch.assertFlat();
  },
});

Deno.test("10 GiB come down to a function, every byte in its place", async () => {
  await using server = await startServer();
  using client = new Client({ timeout: 0 });
  let received = 0;
  let wrong = 0;
  const watch = new MemoryWatch(GIB, SIZE / LOOKS);
  const { onProgress } = watch;
  // A piece is at its place when both its ends are.
  await client.get(urlOf(server, SIZE), {
    bodyToFile(piece) {
      if (piece[0] !== received % PERIOD) wrong++;
      received += piece.length;
      if (piece.at(-1) !== (received - 1) % PERIOD) wrong++;
    },
    onProgress,
  });
  assertEquals([received, wrong], [SIZE, 0]);
  // The pieces are the function's own, and garbage then.
  watch.assertFlat();
});

/** Bytes as the server expects them. */
function* generated(size: number): Generator<Uint8Array> {
  const block = Uint8Array.from({ length: PERIOD * 1044 }, (_, i) => i % PERIOD);
  for (let at = 0; at < size;) {
    const from = at % block.length;
    const piece = block.subarray(from, Math.min(block.length, from + size - at));
    at += piece.length;
    yield piece;
  }
}

async function* generatedLater(size: number): AsyncGenerator<Uint8Array> {
  yield* generated(size);
}

Deno.test({
  name: named("10 GiB go up in flat memory, every byte in its place"),
  ignore: noProc,
  fn: async () => {
    await using server = await startServer();
    using client = new Client({ timeout: 0 });
    const watch = new MemoryWatch(GIB, SIZE / LOOKS);
    const response = await client.request("PUT", urlOf(server), generatedLater(SIZE), {
      headers: { "Content-Length": String(SIZE) },
      onProgress: (progress) => {
        if (progress.direction === "up") watch.onProgress(progress);
      },
    });
    assertEquals(response.json(), [SIZE, 0]);
    watch.assertFlat();
  },
});

Deno.test({
  name: named("a file of 2 GiB goes up in flat memory, alone and in a form"),
  ignore: noProc,
  fn: async () => {
    await using server = await startServer();
    using file = new SparseFile(2 * GIB);
    using client = new Client({ timeout: 0 });
    const ours = form().add("a", "b").addFile("file", file.path);
    for (const body of [await bodyWithFile(file.path), ours]) {
      const watch = new MemoryWatch(GIB, GIB / LOOKS);
      const response = await client.request("PUT", urlOf(server), body, {
        onProgress: (progress) => {
          if (progress.direction === "up") watch.onProgress(progress);
        },
      });
      const [received] = response.json();
      assertEquals(received, body === ours ? ours.contentLength : 2 * GIB);
      watch.assertFlat();
    }
  },
});

Deno.test({
  name: named(
    "a Blob of 1 GiB that is made of parts goes up in flat memory, every byte in its place",
  ),
  ignore: noProc,
  fn: async () => {
    await using server = await startServer();
    using client = new Client({ timeout: 0 });
    // The parts are one and the same, so that the Blob itself takes next to nothing.
    const part = new Blob([...generated(PERIOD * 1044)].map((it) => new Uint8Array(it)));
    const body = new Blob(Array<Blob>(4 * 1025).fill(part));
    const watch = new MemoryWatch(64 * MIB, GIB / LOOKS);
    const response = await client.request("PUT", urlOf(server), body, {
      onProgress: (progress) => {
        if (progress.direction === "up") watch.onProgress(progress);
      },
    });
    assert(body.size > GIB);
    assertEquals(response.json(), [body.size, 0]);
    watch.assertFlat();
  },
});

/** How many descriptors this process has open. */
function countDescriptors(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const ROUNDS = 1000;

Deno.test({
  name: named(`${ROUNDS} downloads that are broken off leave no descriptor and no file`),
  ignore: noProc,
  fn: async () => {
    await using server = await startServer();
    const folder = Deno.makeTempDirSync({ prefix: "eco_http_aborted_" });
    try {
      const reason = new Error("broken off");
      const breakOff = async (round: number): Promise<void> => {
        const breaking = new AbortController();
        // After the first bytes, or at any other moment: while it connects, sends, or waits.
        const isEarly = round % 4 === 3;
        const download = get(urlOf(server, GIB), {
          signal: breaking.signal,
          bodyToFile: round % 2 === 0 ? `${folder}/file` : () => {},
          onProgress: () => breaking.abort(reason),
        });
        if (isEarly) { for (let i = round % 29; i > 0; i--) await Promise.resolve(); }
        if (isEarly) breaking.abort(reason);
        assertEquals(await assertRejects(() => download), reason);
      };
      for (let i = 0; i < 8; i++) await breakOff(i);
      const before = countDescriptors();
      for (let i = 0; i < ROUNDS; i++) await breakOff(i);
      await until("all descriptors are closed", () => countDescriptors() <= before);
      assertEquals([...Deno.readDirSync(folder)], []);
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test({
  name: named(`${ROUNDS} requests of one client that are broken off leave it whole`),
  ignore: noProc,
  fn: async () => {
    const hanging = Promise.withResolvers<void>();
    await using server = listen("127.0.0.1", 0, { onError: () => {} }, async (con, req) => {
      if (req.path === "/hang") await hanging.promise;
      con.send("answer");
    });
    const url = `http://127.0.0.1:${portOf(server)}`;
    using client = new Client();
    assertEquals((await client.get(url)).code, 200);
    const before = countDescriptors();
    for (let i = 0; i < ROUNDS / 10; i++) {
      const breaking = new AbortController();
      const { signal } = breaking;
      const asked = Array.from({ length: 10 }, () => client.get(`${url}/hang`, { signal }));
      breaking.abort(new Error("broken off"));
      for (const { status } of await Promise.allSettled(asked)) assertEquals(status, "rejected");
    }
    hanging.resolve();
    assertEquals((await client.get(url)).text(), "answer");
    const { active, queued, connections } = client.stats();
    assertEquals([active, queued, connections], [0, 0, 1]);
    await until("all descriptors are closed", () => countDescriptors() <= before);
  },
});
