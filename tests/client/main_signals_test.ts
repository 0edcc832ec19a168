// The get command and signals: it cleans up at once and dies of them, or ignores what it was told to ignore.

import { assertEquals } from "@std/assert";
import { TempTree } from "../server/files/temp_tree.ts";
import { list, Source } from "./download/download_source.ts";
import { getArguments, startGet } from "./get_process.ts";

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`get ends on ${signal} at once with ${code}, and leaves no half file`, async () => {
    using tree = new TempTree();
    const file = tree.write("file", "content");
    await using source = new Source(new Uint8Array(1_000_000));
    for (const resume of [[], ["-C-"]]) {
      source.stallAfter = 500_000;
      const stalled = Promise.withResolvers<void>();
      source.onStall = stalled.resolve;
      await using child = startGet([...resume, "-o", file, source.url]);
      const output = child.output();
      // A command that ends early fails the test rather than letting it wait.
      await Promise.race([stalled.promise, output]);
      if (Deno.build.os === "linux") await Promise.race([waitForSize(tree.root, 500_000), output]);
      child.kill(signal);
      const { code: found, signal: diedOf, stdout, stderr } = await output;
      assertEquals([found, diedOf], [code, signal]);
      assertEquals([stdout.length, new TextDecoder().decode(stderr)], [0, ""]);
      const left = resume.length === 0 ? ["file"] : ["file", "file.part", "file.part.json"];
      assertEquals([list(tree.root), Deno.readTextFileSync(file)], [left, "content"]);
    }
  });
}

/** Resolves when some file in `folder` has `bytes`: what was sent has been written. */
async function waitForSize(folder: string, bytes: number): Promise<void> {
  const hasGrown = (): boolean =>
    list(folder).some((name) => Deno.statSync(`${folder}/${name}`).size >= bytes);
  const watcher = Deno.watchFs(folder);
  try {
    if (hasGrown()) return;
    for await (const _ of watcher) if (hasGrown()) return;
  } finally {
    try {
      watcher.close();
    } catch {
      // Leaving the loop has closed it.
    }
  }
}

Deno.test("get ends on SIGINT also while nobody reads its output", async () => {
  await using source = new Source(new Uint8Array(64 * 1024 * 1024));
  await using child = startGet([source.url]);
  const reader = child.stdout.getReader();
  await reader.read();
  child.kill("SIGINT");
  assertEquals((await child.status).code, 130);
  await reader.cancel();
  await child.stderr.cancel();
});

Deno.test({
  name: "get dies of SIGINT while it sends its input and waits for more",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const asked = Promise.withResolvers<void>();
    await using source = new Source("hello");
    source.instead = async (con) => {
      asked.resolve();
      await con.readText();
      return true;
    };
    // The pipe stays open, and nothing comes.
    await using child = startGet(["-T", "-", source.url], { stdin: "" });
    const stderr = new Response(child.stderr).text();
    await Promise.race([asked.promise, child.status]);
    child.kill("SIGINT");
    assertEquals((await child.status).signal, "SIGINT");
    assertEquals(await stderr, "");
    await child.stdout.cancel();
    await child.stdin.close().catch(() => {});
  },
});

Deno.test({
  name: "get goes on at signals that it was started to ignore, as by nohup",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using tree = new TempTree();
    await using source = new Source(new Uint8Array(1_000_000));
    source.stallAfter = 500_000;
    const stalled = Promise.withResolvers<void>();
    source.onStall = stalled.resolve;
    await using child = new Deno.Command("sh", {
      args: [
        ...["-c", 'trap "" HUP INT; exec "$@"', "sh", Deno.execPath()],
        ...getArguments(["-o", `${tree.root}/file`, source.url]),
      ],
      env: { NO_COLOR: "1", http_proxy: "" },
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const output = child.output();
    await Promise.race([stalled.promise, output]);
    child.kill("SIGHUP");
    child.kill("SIGINT");
    source.release();
    const { code, signal, stderr } = await output;
    assertEquals([code, signal], [18, null], new TextDecoder().decode(stderr));
  },
});
