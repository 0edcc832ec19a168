// Gibibytes through the serve command, down and up, in a process of its own whose memory stays flat: ten down, and up
// as many as `UPLOAD_GIB` says, by default enough for a count of 32 bits to overflow, as writing takes its time.

import { assert, assertEquals } from "@std/assert";
import { TempTree } from "../server/files/temp_tree.ts";
import { ServeProcess } from "../server/serve_process.ts";
import { canPunchHoles, HolePuncher } from "./hole_puncher.ts";
import { processMemory } from "./process_memory.ts";
import { type Finished, run, testWith } from "./programs.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const DOWN = 10;
const UP = Number(Deno.env.get("UPLOAD_GIB") ?? 5);
/** After so many bytes there is as much garbage at a time as there will be. */
const WARM_BYTES = 256 * MIB;
/** How much more memory than before a server may use, however much there is to move. */
const FLAT_BYTES = 96 * MIB;

/** What stands at the end of the file. */
const MARK = new TextEncoder().encode("the end of many gibibytes");

/** A file of that size that takes next to no room on the disk. */
function writeSparse(tree: TempTree, relative: string, size: number): string {
  const path = tree.write(relative, "");
  using file = Deno.openSync(path, { write: true });
  file.truncateSync(size);
  file.seekSync(-MARK.length, Deno.SeekMode.End);
  file.writeSync(MARK);
  return path;
}

/** Whether a file has that size and that end. */
function assertWhole(path: string, size: number): void {
  using file = Deno.openSync(path);
  const end = new Uint8Array(MARK.length);
  file.seekSync(size - MARK.length, Deno.SeekMode.Start);
  file.readSync(end);
  assertEquals([file.statSync().size, end], [size, MARK]);
}

async function curl(...args: string[]): Promise<Finished> {
  const done = await run("curl", [
    "--disable",
    "-sS",
    "--max-time",
    "240",
    "--noproxy",
    "*",
    ...args,
  ]);
  assertEquals([done.code, done.stderr], [0, ""]);
  return done;
}

/** Fails when the server's memory grew with what `action` moves. */
async function assertFlat(server: ServeProcess, action: () => Promise<void>): Promise<void> {
  const before = processMemory(server.pid, "VmRSS");
  await action();
  const most = processMemory(server.pid, "VmHWM");
  if (before === undefined || most === undefined) return;
  assert(most - before < FLAT_BYTES, `${before} bytes became ${most}`);
}

testWith(["curl"], `curl downloads ${DOWN} GiB while the server's memory stays flat`, async () => {
  using tree = new TempTree();
  writeSparse(tree, "large.bin", DOWN * GIB);
  await using server = await ServeProcess.start([tree.root, "--port", "0"]);
  const url = `${server.url}large.bin`;
  // The first request loads what all others use.
  await curl("-r", "0-9", "-o", "/dev/null", url);
  await server.nextLine();
  await assertFlat(server, async () => {
    await curl("-o", "/dev/null", url);
    const line = await server.nextLine() ?? "";
    assert(line.includes(`"GET /large.bin HTTP/1.1" 200 ${DOWN * GIB} `), line);
  });
  assertEquals((await curl("-r", `-${MARK.length}`, url)).bytes, MARK);
});

testWith(["curl"], `curl uploads ${UP} GiB while the server's memory stays flat`, async (t) => {
  using tree = new TempTree();
  const hasRoom = canPunchHoles(tree.root);
  await t.step({
    name: `uploads it${
      hasRoom ? "" : " [ignored: what is written would take its room on the disk]"
    }`,
    ignore: !hasRoom,
    async fn() {
      const path = writeSparse(tree, "../outside/large.bin", UP * GIB);
      const rights = ["--allow-net=127.0.0.1"]
        .concat(["read", "write"].map((right) => `--allow-${right}=${tree.root}`));
      const args = [tree.root, "--port", "0", "--quiet", "--upload"];
      await using server = await ServeProcess.start(args, rights);
      const status = ["-o", "/dev/null", "-w", "%{http_code}"];
      using _puncher = new HolePuncher(tree.root);
      // The first one loads what all others use.
      const first = writeSparse(tree, "../outside/first.bin", WARM_BYTES);
      await curl(...status, "-T", first, server.url);
      await assertFlat(server, async () => {
        assertEquals((await curl(...status, "-T", path, server.url)).stdout, "201");
      });
      assertWhole(`${tree.root}/large.bin`, UP * GIB);
      const names = [...Deno.readDirSync(tree.root)].map(({ name }) => name);
      assertEquals(names.sort(), ["first.bin", "large.bin"]);
    },
  });
});
