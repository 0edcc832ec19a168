// The get command as its user meets it: a process with arguments, output, signals and an exit code.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Connection, listen, type ServerRequest } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { DIGEST, list, Source, TEXT } from "./download/download_source.ts";
import { type GetOutcome, runGet, startGet } from "./get_process.ts";

/** A server for one test; `/echo` tells what it was sent. */
function serve(
  handler: (con: Connection, req: ServerRequest) => unknown = () => {},
): { url: string; close: () => Promise<unknown>; [Symbol.asyncDispose]: () => Promise<void> } {
  const server = listen("127.0.0.1", 0, { onError: () => {} }, async (con, req) => {
    if (req.path !== "/echo") return await handler(con, req) as void;
    const body = await con.readText();
    const { host: _, ...headers } = req.headers;
    con.send(JSON.stringify({ method: req.method, path: req.rawPath, headers, body }));
  });
  const close = () => server.shutdown({ timeout: 0 });
  const url = `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/`;
  return { url, close, [Symbol.asyncDispose]: async () => void await close() };
}

function assertFails(
  { code, stdout, stderr }: GetOutcome,
  expected: number,
  message: RegExp,
): void {
  assertEquals([code, stdout], [expected, ""], stderr);
  assertMatch(stderr, message);
  assertMatch(stderr, /^error: [^\n]+\n$/);
}

Deno.test("get prints what it got, and nothing else", async () => {
  await using source = new Source(TEXT);
  assertEquals(await runGet([source.url]), { code: 0, stdout: TEXT, stderr: "" });
  const short = source.url.replace("http://", "");
  assertEquals((await runGet([short, "-o", "-"])).stdout, TEXT);
});

Deno.test("get -o and -O write a file, and print nothing", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const nothing = { code: 0, stdout: "", stderr: "" };
  assertEquals(await runGet(["-o", "named", source.url], { cwd: tree.root }), nothing);
  assertEquals(await runGet([`${source.url}?query`, "-O"], { cwd: tree.root }), nothing);
  assertEquals(list(tree.root), ["file", "named"]);
  for (const name of list(tree.root)) {
    assertEquals(Deno.readTextFileSync(`${tree.root}/${name}`), TEXT);
  }
});

Deno.test("get sends what -d, -F and -T say", async () => {
  using tree = new TempTree();
  await using server = serve();
  const file = tree.write("a.txt", "from a file\n");
  const ask = async (...args: string[]) => {
    const { stdout, stderr } = await runGet([`${server.url}echo`, ...args], { stdin: "typed\n" });
    assertEquals(stderr, "");
    return JSON.parse(stdout);
  };
  const data = await ask("-d", "a=1", "-d", `@${file}`, "--data-urlencode", "b=c d");
  assertEquals([data.method, data.body], ["POST", "a=1&from a file&b=c%20d"]);
  assertEquals(data.headers["content-type"], "application/x-www-form-urlencoded");
  const typed = await ask("-XPATCH", "-HContent-Type: text/plain", "--data-binary", "@-");
  assertEquals([typed.method, typed.body], ["PATCH", "typed\n"]);
  assertEquals(typed.headers["content-type"], "text/plain");
  const form = await ask("-F", "name=value", "-F", `f=@${file};type=text/x-own;filename=b.txt`);
  assertMatch(form.headers["content-type"], /^multipart\/form-data; boundary=/);
  assertStringIncludes(form.body, 'name="name"\r\n\r\nvalue\r\n');
  assertMatch(
    form.body,
    /name="f"; filename="b\.txt"\r\nContent-Type: text\/x-own\r\n\r\nfrom a file\n/i,
  );
  const upload = await ask("-T", file);
  assertEquals([upload.method, upload.body], ["PUT", "from a file\n"]);
  assertEquals(upload.headers["content-length"], "12");
  const piped = await ask("-T", "-");
  assertEquals([piped.body, piped.headers["transfer-encoding"]], ["typed\n", "chunked"]);
  const query = await ask("-G", "-d", "a=1", "--data-urlencode", "b=&");
  assertEquals([query.method, query.path, query.body], ["GET", "/echo?a=1&b=%26", ""]);
});

Deno.test("get sends the fields that -H, -A, -e and -u say", async () => {
  await using server = serve();
  const { stdout } = await runGet([
    ...[`${server.url}echo`, "-H", "X-One: 1", "-H", "X-Empty;", "-A", "me", "-e", "http://a/"],
    ...["-u", "user:pass:word"],
  ]);
  const { "x-one": one, "x-empty": empty, "user-agent": agent, referer, authorization } =
    JSON.parse(stdout).headers;
  assertEquals([one, empty, agent, referer], ["1", "", "me", "http://a/"]);
  assertEquals(authorization, `Basic ${btoa("user:pass:word")}`);
});

Deno.test("get sends text beyond ASCII in fields as UTF-8, and -v shows it so", async () => {
  await using server = serve((con, req) => con.send(String(req.headers["x-one"])));
  const { stdout, stderr } = await runGet(["-v", "-H", "X-One: é€", server.url]);
  assertEquals(stdout, "\xc3\xa9\xe2\x82\xac");
  assertStringIncludes(stderr, "> X-One: é€\n");
});

Deno.test("get -F sends bytes as they are, with the types given", async () => {
  using tree = new TempTree();
  await using server = serve();
  const file = tree.write("a.txt", "one\ntwo");
  const args = ["-F", `a=<${file};type=text/x`, "-F", 'b="x;y"; type=a/b', "-F", "c=1\n2"];
  const { stdout } = await runGet([`${server.url}echo`, ...args]);
  const { body } = JSON.parse(stdout);
  assertStringIncludes(body, 'name="a"\r\nContent-Type: text/x\r\n\r\none\ntwo\r\n');
  assertStringIncludes(body, 'name="b"\r\nContent-Type: a/b\r\n\r\nx;y\r\n');
  assertStringIncludes(body, 'name="c"\r\n\r\n1\n2\r\n');
  assertFails(await runGet([server.url, "-F", "a=b;typ=c"]), 2, /has ";typ=c", not ";type="/);
});

Deno.test("get -i, -I and -v show heads", async () => {
  await using server = serve((con) => {
    con.addHeader("X-One", "1");
    con.send("body");
  });
  const included = await runGet(["-i", server.url]);
  assertMatch(
    included.stdout,
    /^HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*X-One: 1\r\n(?:[^\r]+\r\n)*\r\nbody$/,
  );
  const head = await runGet(["-I", server.url]);
  assertMatch(head.stdout, /^HTTP\/1\.1 200 OK\r\n(?:[^\r]+\r\n)*Content-Length: 4\r\n\r\n$/);
  const verbose = await runGet(["-v", server.url]);
  assertEquals(verbose.stdout, "body");
  for (const line of ["> GET / HTTP/1.1", "< HTTP/1.1 200 OK", "< X-One: 1"]) {
    assertStringIncludes(verbose.stderr, `${line}\n`);
  }
});

Deno.test("get -f fails with 22 on a status of 400 or more, and writes nothing", async () => {
  using tree = new TempTree();
  const file = tree.write("file", "content");
  await using server = serve((con) => con.sendError(404, "Not Found", "an error page"));
  assertFails(await runGet(["-f", server.url]), 22, /the server answered 404 Not Found$/m);
  assertFails(await runGet(["-f", server.url, "-o", file]), 22, /404/);
  assertEquals([Deno.readTextFileSync(file), list(tree.root)], ["content", ["file"]]);
  assertEquals(await runGet([server.url]), { code: 0, stdout: "an error page", stderr: "" });
  assertEquals(await runGet(["-sf", server.url]), { code: 22, stdout: "", stderr: "" });
  assertFails(await runGet(["-sSf", server.url]), 22, /404/);
});

Deno.test("get -L follows redirects, and fails with 47 when there are too many", async () => {
  await using server = serve((con, req) => {
    const count = Number(req.path.slice(1));
    if (count > 0) con.redirect(302, `/${count - 1}`);
    else con.send("there");
  });
  assertEquals((await runGet([`${server.url}2`])).stdout, "");
  assertEquals((await runGet(["-L", `${server.url}2`])).stdout, "there");
  assertEquals((await runGet(["-L", "--max-redirs", "-1", `${server.url}12`])).stdout, "there");
  assertFails(await runGet(["-L", "--max-redirs=1", `${server.url}2`]), 47, /redirect/);
});

Deno.test("get --sha256 fails with 110 on another file, and leaves the target as it was", async () => {
  using tree = new TempTree();
  const file = tree.write("file", "content");
  await using source = new Source(TEXT);
  const wrong = "0".repeat(64);
  assertFails(await runGet(["--sha256", wrong, "-o", file, source.url]), 110, /SHA-256/);
  assertEquals([Deno.readTextFileSync(file), list(tree.root)], ["content", ["file"]]);
  assertFails(await runGet(["--sha256", wrong, source.url]), 2, /"--sha256" needs "-o" or "-O"/);
  assertEquals((await runGet(["--sha256", DIGEST, "-o", file, source.url])).code, 0);
  assertEquals(Deno.readTextFileSync(file), TEXT);
});

Deno.test("get -C goes on with what an earlier run left, also when the file changes", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const file = `${tree.root}/file`;
  source.cutAfter = 10;
  assertFails(await runGet(["-C", "-", "-o", file, source.url]), 18, /10 of 43 bytes/);
  assertEquals(list(tree.root), ["file.part", "file.part.json"]);
  source.cutAfter = undefined;
  const options = ["-C", "-o", file, "--sha256", DIGEST, source.url];
  assertEquals(await runGet(options), { code: 0, stdout: "", stderr: "" });
  assertEquals([Deno.readTextFileSync(file), list(tree.root)], [TEXT, ["file"]]);
  assertEquals(source.asked.map(({ range }) => range), [undefined, "bytes=10-"]);

  source.cutAfter = 10;
  assertEquals((await runGet(["-C-", "-o", file, source.url])).code, 18);
  source.cutAfter = undefined;
  source.etag = '"two"';
  source.content = new TextEncoder().encode("changed");
  assertEquals((await runGet(["-C-", "-o", file, source.url])).code, 0);
  assertEquals([Deno.readTextFileSync(file), list(tree.root)], ["changed", ["file"]]);
  source.instead = (con) => {
    con.sendError(404);
    return true;
  };
  assertFails(await runGet(["-C-", "-o", file, source.url]), 22, /404/);
  assertEquals(Deno.readTextFileSync(file), "changed");
});

Deno.test("get ends quietly with 23 when the reader of its output leaves", async () => {
  await using source = new Source(new Uint8Array(8 * 1024 * 1024));
  await using child = startGet([source.url]);
  const reader = child.stdout.getReader();
  await reader.read();
  await reader.cancel();
  assertEquals(await new Response(child.stderr).text(), "");
  assertEquals((await child.status).code, 23);
});

Deno.test("get says in one line what is wrong with its arguments, without any right", async () => {
  const cases: [string[], number, RegExp][] = [
    [[], 2, /there is no URL; --help tells the options$/m],
    [["http://a/", "http://b/"], 2, /one URL can be got, not 2/],
    [["--frob", "http://a/"], 2, /unknown option "--frob"/],
    [["-Z", "http://a/"], 2, /unknown option "-Z"/],
    [["http://a/", "-o"], 2, /option "-o" has no value/],
    [["http://a/", "--sha256", "abc"], 2, /option "--sha256" needs "-o" or "-O"/],
    [["http://a/", "-o", "x", "--sha256", "abc"], 2, /neither 64 hex digits/],
    [["http://a/", "-C100", "-o", "x"], 2, /option "-C" takes no position but "-"/],
    [["http://a/", "-X", ""], 2, /option "-X" has an empty value/],
    [["http:/a/"], 3, /it has one slash after the colon, not two$/m],
    [["http://a/", "-m", "soon"], 2, /option "--max-time" is "soon"/],
    [["http://[a/"], 3, /is not a URL$/m],
    [["ftp://a/"], 1, /its scheme is "ftp"/],
  ];
  for (const [args, code, message] of cases) {
    assertFails(await runGet(args, { rights: [] }), code, message);
  }
});

Deno.test("get --help and --version print and end, without any right", async () => {
  const help = await runGet(["-h"], { rights: [] });
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "Usage: get [options] URL");
  const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  const version = await runGet(["-V"], { rights: [] });
  assertEquals(version, { code: 0, stdout: `${JSON.parse(config).version}\n`, stderr: "" });
});

Deno.test("get says which right it lacks", async () => {
  await using source = new Source(TEXT);
  const noNet = await runGet([source.url], { rights: [] });
  assertEquals([noNet.code === 0, noNet.stdout], [false, ""]);
  assertMatch(noNet.stderr, /^error: .*--allow-net.*\n$/);
  const noWrite = await runGet(["-o", "x", source.url], {
    rights: ["--allow-net", "--allow-read"],
  });
  assertFails(noWrite, 23, /--allow-write/);
});

Deno.test("importing the get command starts nothing", async () => {
  const command = await import("../../client/main.ts");
  assertEquals(Object.keys(command), []);
});

Deno.test("get needs no rights beyond net, read and write for a download", async () => {
  using tree = new TempTree();
  await using source = new Source(TEXT);
  const rights = ["--allow-net", "--allow-read", "--allow-write"];
  const outcome = await runGet(["-o", `${tree.root}/file`, source.url], { rights });
  assertEquals(outcome, { code: 0, stdout: "", stderr: "" });
  assert(list(tree.root).includes("file"));
});
