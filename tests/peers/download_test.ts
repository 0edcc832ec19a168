// A gigabyte through the serve command, in a process of its own whose memory stays flat.

import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import { ServeProcess } from "../server/serve_process.ts";
import { processMemory } from "./process_memory.ts";
import { testWith } from "./programs.ts";

const MIB = 1024 * 1024;
const SIZE = 1024 * MIB;

/** How much more memory than before a server may use for a download, however large that is. */
const FLAT_BYTES = 96 * MIB;

/** A gigabyte that takes little room on a disk: a different mark at a different place of each MiB. */
class SparseFile implements Disposable {
  readonly folder: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "eco_http_gib_" }));

  constructor() {
    using file = Deno.createSync(`${this.folder}/gigabyte`);
    file.truncateSync(SIZE);
    for (let n = 0; n < SIZE / MIB; n++) {
      const { at, mark } = markOf(n);
      file.seekSync(n * MIB + at, Deno.SeekMode.Start);
      file.writeSync(mark);
    }
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

function markOf(n: number): { at: number; mark: Uint8Array } {
  return { at: (n * 7919 * 64) % (MIB - 16), mark: new TextEncoder().encode(`block ${n}`) };
}

/** The hash of the bytes from `from` to `to`, both whole MiB, made without the file. */
function expectedHash(from: number, to: number): string {
  const hash = createHash("sha256");
  const block = new Uint8Array(MIB);
  for (let n = from / MIB; n < to / MIB; n++) {
    const { at, mark } = markOf(n);
    block.set(mark, at);
    hash.update(block);
    block.fill(0, at, at + mark.length);
  }
  return hash.digest("hex");
}

/** What curl downloads, as a hash, and its size. */
async function download(args: string[]): Promise<{ hash: string; size: number; code: number }> {
  const child = new Deno.Command("curl", {
    args: ["--disable", "-sS", "--max-time", "120", "--noproxy", "*", ...args],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of child.stdout) {
    hash.update(piece);
    size += piece.length;
  }
  return { hash: hash.digest("hex"), size, code: (await child.status).code };
}

testWith(["curl"], "curl downloads 1 GiB whole while the server's memory stays flat", async () => {
  using file = new SparseFile();
  await using serve = await ServeProcess.start([file.folder, "--port", "0"]);
  const url = `${serve.url}gigabyte`;
  // The first request loads what all others use.
  assertEquals((await download(["-r", "0-9", url])).size, 10);
  await serve.nextLine();
  const before = processMemory(serve.pid, "VmRSS");

  assertEquals(await download([url]), { hash: expectedHash(0, SIZE), size: SIZE, code: 0 });
  const line = await serve.nextLine() ?? "";
  assert(line.includes(`"GET /gigabyte HTTP/1.1" 200 ${SIZE} `), line);

  // The second half alone: a range that begins far behind the first gigabits.
  assertEquals(await download(["-r", `${SIZE / 2}-`, url]), {
    hash: expectedHash(SIZE / 2, SIZE),
    size: SIZE / 2,
    code: 0,
  });
  const most = processMemory(serve.pid, "VmHWM");
  if (before !== undefined && most !== undefined) {
    assert(most - before < FLAT_BYTES, `${before} bytes became ${most}`);
  }
});
