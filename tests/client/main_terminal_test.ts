// The get command on a terminal, which `script` makes: the progress bar, and what is not printed there.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { run, testWith } from "../peers/programs.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { Source } from "./download/download_source.ts";
import { getArguments } from "./get_process.ts";

/** The command in a terminal; its outputs come together, with the line ends of a terminal. */
function onTerminal(args: string[]): string[] {
  const command = [Deno.execPath(), ...getArguments(args)]
    .map((it) => `'${it.replaceAll("'", `'\\''`)}'`).join(" ");
  const line = `NO_COLOR=1 http_proxy= ${command}`;
  return ["--quiet", "--return", "--command", line, "/dev/null"];
}

async function runOnTerminal(args: string[]): Promise<{ code: number; screen: string }> {
  const { code, stdout } = await run("script", onTerminal(args));
  return { code, screen: stdout };
}

testWith(["script"], "get -o draws a progress bar and a last line on a terminal", async () => {
  using tree = new TempTree();
  await using source = new Source(new Uint8Array(1_000_000));
  const { code, screen } = await runOnTerminal(["-o", `${tree.root}/file`, source.url]);
  assertEquals(code, 0);
  assertEquals(Deno.statSync(`${tree.root}/file`).size, 1_000_000);
  assert(screen.endsWith("\x1b[K\r\n"), JSON.stringify(screen));
  assertMatch(screen, /1 MB in 0:0\d \([\d.]+ [kMG]B\/s\)[^\d]+$/);
});

testWith(
  ["script"],
  "get draws the bar on and on while it waits, at most ten times a second",
  async () => {
    using tree = new TempTree();
    await using source = new Source(new Uint8Array(1_000_000));
    source.stallAfter = 400_000;
    const startMs = performance.now();
    await using child = new Deno.Command("script", {
      args: onTerminal(["-o", `${tree.root}/file`, source.url]),
      stdin: "null",
      stdout: "piped",
    }).spawn();
    let screen = "";
    const decoder = new TextDecoder();
    for await (const piece of child.stdout) {
      screen += decoder.decode(piece, { stream: true });
      if (screen.split("40%").length > 3) source.release();
    }
    const { code } = await child.status;
    const seconds = (performance.now() - startMs) / 1000;
    assertEquals(code, 18);
    assertMatch(screen, /\[#+-+\] +40% {2}400 kB \/ 1 MB/);
    assert(screen.split("\r").length < 10 * seconds + 3, JSON.stringify(screen));
    assertMatch(screen, /error: Cannot .*\r\n$/);
  },
);

testWith(["script"], "get draws no bar with -s, and none where the body is printed", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const silent = await runOnTerminal(["-s", "-o", `${tree.root}/file`, source.url]);
  assertEquals(silent, { code: 0, screen: "" });
  assertEquals(await runOnTerminal([source.url]), { code: 0, screen: "hello" });
});

testWith(["script"], "get prints nothing binary on a terminal unless it is told to", async () => {
  await using source = new Source("a\0b");
  const refused = await runOnTerminal([source.url]);
  assertEquals(refused.code, 23);
  assertStringIncludes(refused.screen, 'error: Cannot print body: it is binary; use "-o FILE"');
  assert(!refused.screen.includes("\0"));
  assertEquals(await runOnTerminal(["-o", "-", source.url]), { code: 0, screen: "a\0b" });
});

testWith(["script"], "get -u asks for a password on a terminal, and does not show it", async () => {
  await using source = new Source("hello");
  await using child = new Deno.Command("script", {
    args: onTerminal(["-u", "me", source.url]),
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  let screen = "";
  const decoder = new TextDecoder();
  for await (const piece of child.stdout) {
    const before = screen;
    screen += decoder.decode(piece, { stream: true });
    const isAsked = (text: string): boolean => text.includes('Password of user "me": ');
    if (!isAsked(before) && isAsked(screen)) {
      await writer.write(new TextEncoder().encode("secret\n"));
    }
  }
  await writer.close().catch(() => {});
  assertEquals((await child.status).code, 0);
  assertEquals(source.asked[0]!.headers["authorization"], `Basic ${btoa("me:secret")}`);
  assert(!screen.includes("secret") && screen.endsWith("\r\nhello"), JSON.stringify(screen));
});
