import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { OutputError } from "../../../client/command/errors.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { list, Source } from "../download/download_source.ts";
import { FakeWorld } from "./fake_world.ts";

/** The status lines in a text. */
function statusLines(text: string): string[] {
  return text.split("\r\n").filter((line) => line.startsWith("HTTP/"));
}

Deno.test("fetchOnce() looks at the body, and not at the head, for what a terminal may have", async () => {
  await using source = new Source("a\0b");
  const world = new FakeWorld();
  world.isTerminal = true;
  await assertRejects(() => world.run("-i", source.url), OutputError);
  assert(world.printed.endsWith("\r\n\r\n"));
  await world.run("-o", "-", source.url);
  assert(world.printed.endsWith("a\0b"));
});

Deno.test("fetchOnce() sends the type of -d unless another one, or none, is asked for", async () => {
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

Deno.test("fetchOnce() shows every head on the way with -i and -I", async () => {
  await using source = new Source("hello");
  source.instead = (con, req) => {
    if (req.path === "/file") con.redirect(302, "/two");
    else if (req.path === "/two") con.redirect(307, "/three");
    return req.path !== "/three";
  };
  for (const [option, body] of [["-i", "hello"], ["-I", ""]] as const) {
    const world = new FakeWorld();
    await world.run(option, "-L", source.url);
    assertEquals(statusLines(world.printed), [
      ...["HTTP/1.1 302 Found", "HTTP/1.1 307 Temporary Redirect", "HTTP/1.1 200 OK"],
    ]);
    assertStringIncludes(world.printed, "Location: /two\r\n");
    assert(world.printed.endsWith(`\r\n\r\n${body}`));
  }
});

Deno.test("fetchOnce() shows the heads also of what fails", async () => {
  await using source = new Source("hello");
  source.instead = (con, req) => {
    if (req.headers["x-loop"] !== undefined) con.redirect(302, "/file");
    else con.sendError(404, "Not Found", "an error page");
    return true;
  };
  for (const args of [["-f", "-i"], ["-f", "-I"]]) {
    const world = new FakeWorld();
    const error = await assertRejects(() => world.run(...args, source.url), HttpError);
    assertEquals(error.message, `Cannot get "${source.url}": the server answered 404 Not Found`);
    assertEquals(statusLines(world.printed), ["HTTP/1.1 404 Not Found"]);
    assert(world.printed.endsWith("\r\n\r\n"));
  }
  const world = new FakeWorld();
  const loop = ["-H", "X-Loop: 1", "-L", "--max-redirs", "1", "-i"];
  const error = await assertRejects(() => world.run(...loop, source.url), HttpError);
  assertEquals(error.code, "redirect");
  assertEquals(statusLines(world.printed), ["HTTP/1.1 302 Found", "HTTP/1.1 302 Found"]);
});

Deno.test("fetchOnce() shows heads before the final one with -i", async () => {
  await using source = new Source("hello");
  source.instead = async (con) => {
    await con.sendInformational(103, { Link: "</a>" });
    return false;
  };
  const world = new FakeWorld();
  await world.run("-i", source.url);
  assertEquals(statusLines(world.printed), ["HTTP/1.1 103 Early Hints", "HTTP/1.1 200 OK"]);
});

Deno.test("fetchOnce() fails with the body written with --fail-with-body", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  source.instead = (con) => {
    con.sendError(404, "Not Found", "an error page");
    return true;
  };
  const world = new FakeWorld();
  const file = `${tree.root}/file`;
  await assertRejects(() => world.run("--fail-with-body", source.url), HttpError, "404 Not Found");
  assertEquals(world.printed, "an error page");
  await assertRejects(() => world.run("--fail-with-body", "-o", file, source.url), HttpError);
  assertEquals(Deno.readTextFileSync(file), "an error page");
});

Deno.test("fetchOnce() takes no error page for what has a digest, and no other file", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const world = new FakeWorld();
  const url = source.url.replace("//", "//user:secret@");
  const args = ["--sha256", "0".repeat(64), "-o", `${tree.root}/file`, url];
  const wrong = await assertRejects(() => world.run(...args), HttpError, "its SHA-256 is 2cf24");
  assertEquals(wrong.code, "checksum");
  source.instead = (con) => {
    con.sendError(404);
    return true;
  };
  const refused = await assertRejects(() => world.run(...args), HttpError);
  assertEquals(refused.message, `Cannot get "${source.url}": the server answered 404 Not Found`);
  for (const { message } of [wrong, refused]) assert(!message.includes("secret"), message);
  assertEquals(list(tree.root), []);
});

Deno.test("fetchOnce() sends no type with -T unless one is given", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const file = tree.write("a.json", "{}");
  await new FakeWorld().run("-T", file, source.url);
  await new FakeWorld().run("-T", file, "-H", "content-type: a/b", source.url);
  assertEquals(
    source.asked.map(({ headers }) => headers["content-type"]),
    [undefined, "a/b"],
  );
});

Deno.test("fetchOnce() leaves out what the client would send by itself, also after a redirect", async () => {
  await using source = new Source("hello");
  source.instead = (con, req) => {
    if (req.path === "/file") con.redirect(302, "/two");
    return req.path === "/file";
  };
  const args = ["-A", "", "-e", "", "-H", "Accept:", "-H", "Accept-Encoding:", "--compressed"];
  await new FakeWorld().run("-L", ...args, source.url);
  assertEquals(source.asked.map(({ headers }) => Object.keys(headers)), [["host"], ["host"]]);
});
