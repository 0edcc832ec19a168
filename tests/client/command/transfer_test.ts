// What the command does with its world, which here is made of strings.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseArguments } from "../../../client/command/arguments.ts";
import { transfer, type World } from "../../../client/command/transfer.ts";
import { OutputError } from "../../../client/command/exit_code.ts";
import { UsageError } from "../../../client/command/usage.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { Source } from "../download/download_source.ts";

/** A world that keeps what it is told. */
class FakeWorld implements World {
  printed = "";
  drawn = "";
  readonly traced: string[] = [];
  readonly aborter: AbortController = new AbortController();
  readonly signal: AbortSignal = this.aborter.signal;
  readonly stdin = {
    readAll: () => Promise.resolve(new TextEncoder().encode("typed")),
    stream: () => new Blob(["typed"]).stream(),
  };
  readonly terminal = {
    write: (text: string) => void (this.drawn += text),
    columns: 80,
    now: () => performance.now(),
  };
  isTerminal = false;
  readonly stdout = {
    write: (bytes: Uint8Array) => {
      this.printed += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
    isTerminal: () => this.isTerminal,
  };
  readonly trace = (mark: string, line: string) => void this.traced.push(`${mark} ${line}`);

  async run(...args: string[]): Promise<void> {
    const command = parseArguments(args);
    if (command.action !== "get") throw new Error("Not a get");
    await transfer(command.get, this);
  }
}

Deno.test("transfer() prints the body, and traces with -v only", async () => {
  await using source = new Source("hello");
  const world = new FakeWorld();
  await world.run(source.url);
  assertEquals([world.printed, world.drawn, world.traced], ["hello", "", []]);
  await world.run("-v", source.url);
  assert(world.traced.includes("> GET /file HTTP/1.1"));
  assert(world.traced.includes("< HTTP/1.1 200 OK"));
});

Deno.test("transfer() draws a bar where the body goes to a file, but not with -s", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const world = new FakeWorld();
  await world.run("-o", `${tree.root}/file`, source.url);
  assertEquals([world.printed, world.drawn.startsWith("5 B in 0:00")], ["", true]);
  world.drawn = "";
  await world.run("-s", "-o", `${tree.root}/file`, source.url);
  assertEquals(world.drawn, "");
});

Deno.test("transfer() looks at the body, and not at the head, for what a terminal may have", async () => {
  await using source = new Source("a\0b");
  const world = new FakeWorld();
  world.isTerminal = true;
  await assertRejects(() => world.run("-i", source.url), OutputError);
  assert(world.printed.endsWith("\r\n\r\n"));
  await world.run("-o", "-", source.url);
  assert(world.printed.endsWith("a\0b"));
});

Deno.test("transfer() sends the type of -d unless another one, or none, is asked for", async () => {
  await using source = new Source("hello");
  source.instead = (con, req) => {
    con.send(String(req.headers["content-type"]));
    return true;
  };
  for (
    const [args, expected] of [
      [[], "application/x-www-form-urlencoded"],
      [["-H", "content-type: text/plain"], "text/plain"],
      [["-H", "Content-Type:"], "undefined"],
    ] as const
  ) {
    const world = new FakeWorld();
    await world.run("-d", "a=b", ...args, source.url);
    assertEquals(world.printed, expected);
  }
});

Deno.test("transfer() checks the digest before it asks, and the body after it came", async () => {
  await using source = new Source("hello");
  const world = new FakeWorld();
  await assertRejects(() => world.run("--sha256", "abc", source.url), UsageError);
  assertEquals(source.asked, []);
  const error = await assertRejects(
    () => world.run("--sha256", "0".repeat(64), source.url),
    HttpError,
  );
  assertEquals(error.code, "checksum");
});

Deno.test("transfer() ends with the reason of the signal", async () => {
  await using source = new Source("hello");
  source.stallAfter = 2;
  const world = new FakeWorld();
  const reason = new Error("enough");
  source.onStall = () => world.aborter.abort(reason);
  assertEquals(await assertRejects(() => world.run(source.url)), reason);
});
