// Bodies of 10 GiB down and up, through memory that stays as it is, and a thousand downloads that are broken
// off, of which nothing stays. Where memory is looked at, client and server are processes of their own.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Client, get } from "../../client/mod.ts";
import { listen } from "../../server/mod.ts";
import { until } from "../conformance/waiting.ts";
import { portOf } from "../server/raw_client.ts";
import { type Moved, SIZE, type WayName } from "./bulk_client.ts";
import { ChildProgram } from "./child_program.ts";
import { assertFlat } from "./memory_watch.ts";
import { SparseFile } from "./sparse_file.ts";
import { countDescriptors } from "../open_descriptors.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** How much more memory the client's process may have at the end than when all was under way: 50 MiB come and go. */
const FLAT_BYTES = 96 * MIB;
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

/** Has a client in a process of its own move a body; memory must stay flat. */
async function move(way: WayName, file?: SparseFile): Promise<Moved> {
  await using server = await startServer();
  const program = fromFileUrl(new URL("bulk_client.ts", import.meta.url));
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-check", "--allow-net=127.0.0.1", "--allow-read"],
      ...["--allow-write=/dev/null", program, way, urlOf(server)],
      ...file === undefined ? [] : [file.path],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  assertEquals(code, 0, text(stderr));
  const moved: Moved = JSON.parse(text(stdout));
  assertFlat(moved.growth, FLAT_BYTES);
  return moved;
}

Deno.test({
  name: named("10 GiB come down in flat memory"),
  ignore: noProc,
  fn: async () => assertEquals((await move("toPath")).arrived, [SIZE]),
});

Deno.test("10 GiB come down to a function, every byte in its place", async () => {
  assertEquals((await move("toFunction")).arrived, [SIZE, 0]);
});

Deno.test({
  name: named("10 GiB go up in flat memory, every byte in its place"),
  ignore: noProc,
  fn: async () => assertEquals((await move("fromGenerator")).arrived, [SIZE, 0]),
});

Deno.test({
  name: named("a file of 2 GiB goes up in flat memory, alone and in a form"),
  ignore: noProc,
  fn: async () => {
    using file = new SparseFile(2 * GIB);
    const alone = await move("fromFile", file);
    assertEquals([alone.bytes, alone.arrived[0]], [2 * GIB, 2 * GIB]);
    const inForm = await move("fromForm", file);
    assert(inForm.bytes > 2 * GIB);
    assertEquals(inForm.arrived[0], inForm.bytes);
  },
});

Deno.test({
  name: named(
    "a Blob of 1 GiB that is made of parts goes up in flat memory, every byte in its place",
  ),
  ignore: noProc,
  fn: async () => {
    const { bytes, arrived } = await move("fromBlob");
    assert(bytes > GIB);
    assertEquals(arrived, [bytes, 0]);
  },
});

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
