// What the command does with its world, which here is made of strings.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../../client/command/errors.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { Source } from "../download/download_source.ts";
import { FakeWorld } from "./fake_world.ts";

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
  assertEquals([world.printed, world.lastDrawn.startsWith("5 B in 0:00 (")], ["", true]);
  world.drawn = "";
  await world.run("-s", "-o", `${tree.root}/file`, source.url);
  assertEquals(world.drawn, "");
});

Deno.test("transfer() ends with the reason of the signal", async () => {
  await using source = new Source("hello");
  source.stallAfter = 2;
  const world = new FakeWorld();
  const reason = new Error("enough");
  source.onStall = () => world.aborter.abort(reason);
  assertEquals(await assertRejects(() => world.run(source.url)), reason);
});

Deno.test("transfer() ends at once with the signal while it waits for the standard input", async () => {
  await using source = new Source("hello");
  const world = new FakeWorld();
  const reason = new Error("enough");
  world.stdin.readAll = () => {
    queueMicrotask(() => world.aborter.abort(reason));
    return new Promise(() => {});
  };
  assertEquals(await assertRejects(() => world.run("-d", "@-", source.url)), reason);
  assertEquals(source.asked, []);
});

Deno.test("transfer() asks for a password that -u does not give, if there is somebody", async () => {
  await using source = new Source("hello");
  const world = new FakeWorld();
  await world.run("-u", "me", source.url);
  const asked: string[] = [];
  world.askPassword = (prompt) => {
    asked.push(prompt);
    return Promise.resolve("secret");
  };
  await world.run("-u", "me", source.url);
  await world.run("-u", "me:known", source.url);
  assertEquals(asked, ['Password of user "me": ']);
  assertEquals(
    source.asked.map(({ headers }) => headers["authorization"]),
    ["me:", "me:secret", "me:known"].map((it) => `Basic ${btoa(it)}`),
  );
});

Deno.test("transfer() prints what -w says at the end, also of what failed", async () => {
  await using source = new Source("hello");
  const world = new FakeWorld();
  const format = "\\n%{http_code} %{size_download} %{url_effective} %{what}";
  const url = source.url.replace("//", "//u:secret@");
  await world.run("-w", format, "-d", "abc", url);
  assertEquals(world.printed, `hello\n200 5 ${source.url} `);
  assertEquals(world.warned, ['There is no variable "%{what}" for "-w"']);
  world.printed = "";
  await world.run("-w", "%{size_upload}", "-d", "abc", "-o", "/dev/null", url);
  assertEquals(world.printed, "3");
  source.instead = (con) => {
    con.sendError(404);
    return true;
  };
  world.printed = "";
  await assertRejects(() => world.run("-f", "-w", "%{http_code}", source.url), HttpError);
  assertEquals(world.printed, "404");
});

Deno.test("transfer() writes all heads to the file of -D, also of what failed", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const file = `${tree.root}/heads`;
  source.instead = (con, req) => {
    if (req.path === "/file") con.redirect(302, "/gone");
    else con.sendError(404);
    return true;
  };
  const world = new FakeWorld();
  await assertRejects(() => world.run("-L", "-f", "-D", file, source.url), HttpError);
  const heads = Deno.readTextFileSync(file).split("\r\n\r\n");
  assertEquals(heads.map((it) => it.split("\r\n")[0]), [
    ...["HTTP/1.1 302 Found", "HTTP/1.1 404 Not Found", ""],
  ]);
  assertEquals(world.printed, "");
});

Deno.test("transfer() makes folders with --create-dirs, and sets the time with -R", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  source.lastModified = "Sun, 06 Nov 1994 08:49:37 GMT";
  const file = `${tree.root}/a/b/file`;
  await assertRejects(
    () => new FakeWorld().run("-o", file, source.url),
    HttpError,
    "no such folder",
  );
  for (const more of [[], ["-C"]]) {
    await new FakeWorld().run("--create-dirs", "-R", ...more, "-o", file, source.url);
    assertEquals(Deno.statSync(file).mtime?.toISOString(), "1994-11-06T08:49:37.000Z");
  }
});

Deno.test("transfer() tells of an upload and its answer with no negative rate", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const world = new FakeWorld();
  const upload = tree.write("upload", new Uint8Array(300_000));
  await world.run("-T", upload, "-o", `${tree.root}/file`, source.url);
  const last = world.lastDrawn;
  assert(/^sent 300 kB in 0:00 \([^-]+\/s\), received 5 B in 0:00 \([^-]+\/s\)/.test(last), last);
});

Deno.test("transfer() names the file in the last line after -O", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const world = new FakeWorld();
  const before = Deno.cwd();
  Deno.chdir(tree.root);
  try {
    await world.run("-O", source.url);
  } finally {
    Deno.chdir(before);
  }
  assert(world.lastDrawn.startsWith("file: 5 B in 0:00 ("), world.drawn);
});

Deno.test("transfer() draws no bar with --no-progress-meter", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const world = new FakeWorld();
  await world.run("--no-progress-meter", "-o", `${tree.root}/file`, source.url);
  assertEquals(world.drawn, "");
});

Deno.test("transfer() refuses a digest that is none before it asks", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const args = ["--sha256", "abc", "-o", `${tree.root}/file`, source.url];
  await assertRejects(() => new FakeWorld().run(...args), UsageError);
  assertEquals(source.asked, []);
});
