// What `curl -F` uploads, in each of the ways that it has, to a server in a process of its own: 1 GiB takes
// no more memory than a part of it.

import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { TempTree } from "../server/files/temp_tree.ts";
import { ChildProgram } from "./child_program.ts";
import { assertFlat } from "./memory_watch.ts";
import { curl, testWith } from "./programs.ts";
import { SparseFile } from "./sparse_file.ts";
import type { Found } from "./upload_server.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** How much more memory the server may use at the end than when all was under way. */
const FLAT_BYTES = 16 * MIB;

/** The ways to read a form; see the server. */
const WAYS = ["events", "parts", "signal"];

function startServer(): Promise<ChildProgram> {
  const path = fromFileUrl(new URL("upload_server.ts", import.meta.url));
  return ChildProgram.start({
    program: Deno.execPath(),
    args: ["run", "--quiet", "--allow-net=127.0.0.1", path],
    cwd: new URL("../../", import.meta.url),
    ready: /port (\d+)\./,
  });
}

/** Has curl send a form in one of the ways; what the server found, and what curl says of the exchange. */
async function upload(
  server: ChildProgram,
  way: string,
  args: string[],
): Promise<{ found: Found; log: string }> {
  const url = `http://127.0.0.1:${server.match[1]}/${way}`;
  const { code, stdout, stderr } = await curl(["-v", ...args, url]);
  assertEquals(code, 0, `${stderr}\n${server.text}`);
  return { found: JSON.parse(stdout), log: stderr };
}

testWith(["curl"], "curl -F uploads 1 GiB, and memory stays flat within 16 MiB", async () => {
  await using server = await startServer();
  using file = new SparseFile(GIB);
  for (const way of WAYS) {
    const { found } = await upload(server, way, [
      ...["-F", "before=1", "-F", `file=@${file.path};filename=zeros`, "-F", "after=22"],
    ]);
    assertEquals(found.parts, [["before", null, 1], ["file", "zeros", GIB], ["after", null, 2]]);
    assertFlat(found.growth!, FLAT_BYTES);
  }
});

testWith(["curl"], "curl -F uploads after 100 Continue, in chunks, and with PUT", async () => {
  await using server = await startServer();
  using tree = new TempTree();
  const file = tree.write("föö bar.bin", new Uint8Array(300_000));
  const form = ["-F", "ü=ä", "-F", `file=@${file}`, "-F", "last="];
  const parts: Found["parts"] = [["ü", null, 2], ["file", "föö bar.bin", 300_000], [
    "last",
    null,
    0,
  ]];
  const expecting = ["-H", "Expect: 100-continue", "--expect100-timeout", "600"];
  const chunked = ["-H", "Transfer-Encoding: chunked"];
  const expect = "100-continue";
  const transferEncoding = "chunked";
  for (const way of WAYS) {
    const check = async (args: string[], expected: Partial<Found>): Promise<string> => {
      const { found, log } = await upload(server, way, [...args, ...form]);
      assertEquals(found, { method: "POST", ...expected, parts });
      return log;
    };
    await check(["-H", "Expect:"], {});
    // Were there no 100, curl would wait for longer than it may run.
    assertMatch(await check(expecting, { expect }), /< HTTP\/1\.1 100 Continue\r?\n/);
    await check([...chunked, "-H", "Expect:"], { transferEncoding });
    const log = await check([...expecting, ...chunked], { expect, transferEncoding });
    assertMatch(log, /< HTTP\/1\.1 100 Continue\r?\n/);
    await check(["-X", "PUT", "-H", "Expect:"], { method: "PUT" });
  }
});
