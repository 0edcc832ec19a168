// The serve command as its user meets it: a process with flags, output, signals and an exit code.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../peers/certificate.ts";
import { testWith } from "../peers/programs.ts";
import { TempTree } from "./files/temp_tree.ts";
import { RawClient } from "./raw_client.ts";
import { runServe, ServeProcess } from "./serve_process.ts";

const PORT_0 = ["--port", "0"];

/** More than the sockets between two processes take while nobody reads. */
const LARGE_BYTES = 64 * 1024 * 1024;

/** Asks for `path` on a connection of its own, which stays open. */
async function connect(serve: ServeProcess): Promise<RawClient> {
  return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port: serve.port }));
}

/** A client that has read the head of a large file's response, and nothing more. */
async function startDownload(serve: ServeProcess): Promise<RawClient> {
  const client = await connect(serve);
  await client.request("GET /large");
  const { status, headers } = await client.readHead();
  assertEquals([status, headers["content-length"]], [200, String(LARGE_BYTES)]);
  return client;
}

function writeLarge(tree: TempTree): void {
  Deno.truncateSync(tree.write("large", ""), LARGE_BYTES);
}

Deno.test("serve prints its address, serves the folder, and logs each request", async () => {
  using tree = new TempTree();
  tree.write("index.html", "<p>home");
  tree.write("notes/a.txt", "hello");
  await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
  assertMatch(
    serve.startLine,
    new RegExp(`^Serving "${tree.root}" on http://127\\.0\\.0\\.1:[1-9]\\d*/$`),
  );
  const home = await fetch(serve.url);
  assertEquals([home.status, await home.text()], [200, "<p>home"]);
  assertMatch(await serve.nextLine() ?? "", LOG("GET / HTTP/1.1", "200 7"));

  const missing = await fetch(`${serve.url}nothing?a=b`);
  await missing.body?.cancel();
  assertEquals(missing.status, 404);
  assertMatch(await serve.nextLine() ?? "", LOG("GET /nothing\\?a=b HTTP/1.1", "404 \\d+"));

  using client = await connect(serve);
  const forged = '/notes/a.txt?"%0a\\\x80';
  assertEquals((await client.ask(`GET ${forged}`)).body, "hello");
  assertMatch(
    await serve.nextLine() ?? "",
    LOG("GET /notes/a\\.txt\\?\\\\x22%0a\\\\x5c\\\\x80 HTTP/1.1", "200 5"),
  );
  assertEquals((await client.ask("HEAD /notes/a.txt")).headers["content-length"], "5");
  assertMatch(await serve.nextLine() ?? "", LOG("HEAD /notes/a\\.txt HTTP/1.1", "200 0"));
});

function LOG(request: string, result: string): RegExp {
  return new RegExp(
    `^127\\.0\\.0\\.1 - - \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\] ` +
      `"${request}" ${result} \\d+\\.\\dms$`,
  );
}

Deno.test("serve logs every one of many requests, and loses no line at its end", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
  const CLIENTS = 8;
  const EACH = 50;
  await Promise.all(Array.from({ length: CLIENTS }, async (_, n) => {
    using client = await connect(serve);
    let requests = "";
    for (let i = 0; i < EACH; i++) requests += `GET /a.txt?${n}-${i} HTTP/1.1\r\nHost: x\r\n\r\n`;
    await client.send(requests);
    for (let i = 0; i < EACH; i++) assertEquals((await client.readResponse()).body, "hello");
  }));
  serve.kill("SIGTERM");
  const asked = (await serve.restOfLines()).map((line) => /\?(\d+-\d+) HTTP/.exec(line)?.[1]);
  const expected = Array.from(
    { length: CLIENTS * EACH },
    (_, i) => `${Math.floor(i / EACH)}-${i % EACH}`,
  );
  assertEquals(asked.toSorted(), expected.toSorted());
  assertEquals(await serve.exitCode(), 0);
  assertEquals(await serve.complaints, "");
});

Deno.test("serve --quiet prints its address and no line for a request", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  await using serve = await ServeProcess.start([tree.root, "--quiet", ...PORT_0]);
  assertMatch(serve.startLine, /^Serving /);
  assertEquals(await (await fetch(`${serve.url}a.txt`)).text(), "hello");
  serve.kill("SIGTERM");
  assertEquals(await serve.restOfLines(), []);
  assertEquals(await serve.exitCode(), 0);
});

Deno.test("serve --index and --gzip choose the file", async () => {
  using tree = new TempTree();
  tree.write("home.htm", "plain");
  tree.write("home.htm.gz", "not really packed");
  await using serve = await ServeProcess.start(
    [...PORT_0, "--gzip", "--index", "home.htm", tree.root],
  );
  using client = await connect(serve);
  assertEquals((await client.ask("GET /")).body, "plain");
  const packed = await client.ask("GET /", ["Accept-Encoding: gzip"]);
  assertEquals([packed.headers["content-encoding"], packed.body], ["gzip", "not really packed"]);
});

Deno.test("serve needs no more than --allow-net for its port and --allow-read for its folder", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  await using serve = await ServeProcess.start(
    [tree.root, ...PORT_0],
    ["--allow-net=127.0.0.1:0", `--allow-read=${tree.root}`],
  );
  assertEquals(await (await fetch(`${serve.url}a.txt`)).text(), "hello");
  assertMatch(await serve.nextLine() ?? "", LOG("GET /a\\.txt HTTP/1.1", "200 5"));
  serve.kill("SIGINT");
  assertEquals(await serve.exitCode(), 0);
  assertEquals(await serve.complaints, "");
});

Deno.test("serve says in one line which right it lacks", async () => {
  using tree = new TempTree();
  const noRead = await runServe([tree.root, ...PORT_0], ["--allow-net"]);
  assertEquals([noRead.code, noRead.stdout], [1, ""]);
  assertMatch(noRead.stderr, /^error: Cannot serve ".*--allow-read.*\n$/);
  const noNet = await runServe([tree.root, ...PORT_0], ["--allow-read"]);
  assertEquals([noNet.code, noNet.stdout], [1, ""]);
  assertMatch(noNet.stderr, /^error: Cannot listen on 127\.0\.0\.1:0: .*--allow-net.*\n$/);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`serve ends on ${signal} when the request under way is complete`, async () => {
    using tree = new TempTree();
    writeLarge(tree);
    await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
    using idle = await connect(serve);
    assertEquals((await idle.ask("GET /nothing")).status, 404);
    using download = await startDownload(serve);
    serve.kill(signal);
    // An idle connection is closed at once, which also tells that the signal has arrived.
    assertEquals(await idle.readAll(), "");
    const refused = await connect(serve).catch((error) => error);
    assert(refused instanceof Deno.errors.ConnectionRefused, String(refused));
    assertEquals(await download.countRest(), LARGE_BYTES);
    assertEquals(await serve.exitCode(), 0);
    const [, line, ...more] = await serve.restOfLines();
    assertMatch(line ?? "", LOG("GET /large HTTP/1.1", `200 ${LARGE_BYTES}`));
    assertEquals(more, []);
    assertEquals(await serve.complaints, "");
  });
}

Deno.test("serve logs a request that it refused before anything could be asked for", async () => {
  using tree = new TempTree();
  await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
  using client = await connect(serve);
  await client.send("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n");
  assertEquals((await client.readResponse()).status, 400);
  assertMatch(
    await serve.nextLine() ?? "",
    /^127\.0\.0\.1 - - \[[^\]]+\] "-" 400 - refused: Cannot [^"]*$/,
  );
});

Deno.test("serve ends at once on a second signal", async () => {
  using tree = new TempTree();
  writeLarge(tree);
  await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
  using idle = await connect(serve);
  assertEquals((await idle.ask("GET /nothing")).status, 404);
  using download = await startDownload(serve);
  serve.kill("SIGTERM");
  assertEquals(await idle.readAll(), "");
  serve.kill("SIGINT");
  assertEquals(await serve.exitCode(), 130);
  assert(await download.countRest() < LARGE_BYTES);
});

Deno.test("serve logs what a client that left had really been sent", async () => {
  using tree = new TempTree();
  writeLarge(tree);
  await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
  {
    using _left = await startDownload(serve);
  }
  const line = await serve.nextLine() ?? "";
  const [, bytes] = /"GET \/large HTTP\/1\.1" 200 (\d+) [\d.]+ms cut$/.exec(line) ?? [line];
  assert(Number(bytes) < LARGE_BYTES, line);
});

testWith(["openssl"], "serve --cert and --key serve HTTPS", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  using files = await makeCertificate();
  await using serve = await ServeProcess.start(
    [tree.root, ...PORT_0, "--host", "localhost", "--cert", files.cert, "--key", files.key],
  );
  assertMatch(serve.startLine, /^Serving ".*" on https:\/\/localhost:[1-9]\d*\/$/);
  const caCerts = [await Deno.readTextFile(files.authority)];
  using client = Deno.createHttpClient({ caCerts });
  const response = await fetch(`${serve.url}a.txt`, { client });
  assertEquals([response.status, await response.text()], [200, "hello"]);
  assertMatch(await serve.nextLine() ?? "", /"GET \/a\.txt HTTP\/1\.1" 200 5 /);
});

testWith(["openssl"], "serve refuses a certificate that it cannot use in one line", async () => {
  using tree = new TempTree();
  using files = await makeCertificate();
  const missing = await runServe(
    [tree.root, ...PORT_0, "--cert", files.cert, "--key", `${files.folder}/none`],
  );
  assertEquals([missing.code, missing.stdout], [1, ""]);
  assertMatch(missing.stderr, /^error: Cannot listen: option "key": No such file.*\n$/);
  const text = tree.write("text", "no certificate");
  const wrong = await runServe([tree.root, ...PORT_0, "--cert", text, "--key", files.key]);
  assertEquals([wrong.code, wrong.stdout], [1, ""]);
  assertMatch(wrong.stderr, /^error: Cannot listen .*\n$/);
});

Deno.test("serve says in one line that a port is taken", async () => {
  using tree = new TempTree();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { code, stdout, stderr } = await runServe([tree.root, "--port", `${taken.addr.port}`]);
  assertEquals([code, stdout], [1, ""]);
  assertMatch(
    stderr,
    new RegExp(`^error: Cannot listen on 127\\.0\\.0\\.1:${taken.addr.port}: .*in use.*\\n$`),
  );
});

Deno.test("serve says in one line that there is no such folder, or that it is a file", async () => {
  using tree = new TempTree();
  const file = tree.write("a.txt");
  assertEquals(await runServe([`${tree.root}/none`]), {
    code: 1,
    stdout: "",
    stderr: `error: Cannot serve "${tree.root}/none": no such folder\n`,
  });
  assertEquals(await runServe([file]), {
    code: 1,
    stdout: "",
    stderr: `error: Cannot serve "${file}": it is not a folder\n`,
  });
});

Deno.test("serve says in one line what is wrong with its arguments", async () => {
  for (const args of [["--prot", "80"], ["--port"], ["--port", "http"], ["a", "b"]]) {
    const { code, stdout, stderr } = await runServe(args, []);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(stderr, /^error: Cannot start: .*; --help tells the options\n$/);
  }
  const index = await runServe(["--index", "a/b", ...PORT_0]);
  assertEquals([index.code, index.stdout], [1, ""]);
  assertMatch(index.stderr, /^error: Cannot .*"a\/b".*\n$/);
  const variable = await runServe([], ["--allow-env=SERVE_PORT"], { SERVE_PORT: "abc" });
  assertEquals(variable.stderr.split(";")[0], NO_PORT);
});

const NO_PORT = 'error: Cannot start: SERVE_PORT "abc" is not a number from 0 to 65535';

Deno.test("serve --help and --version print and end, without any right", async () => {
  const help = await runServe(["--help"], []);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "Usage: serve [dir] [options]");
  const config = await Deno.readTextFile(new URL("../../deno.json", import.meta.url));
  assertEquals(await runServe(["--version"], []), {
    code: 0,
    stdout: `${JSON.parse(config).version}\n`,
    stderr: "",
  });
});

Deno.test("serve goes on when nobody reads its log any more", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  await using serve = await ServeProcess.start([tree.root, ...PORT_0]);
  await serve.stopReading();
  for (let i = 0; i < 3; i++) {
    assertEquals(await (await fetch(`${serve.url}a.txt`)).text(), "hello");
  }
  serve.kill("SIGTERM");
  assertEquals(await serve.exitCode(), 0);
  assertMatch(await serve.complaints, /^error: Cannot write to the standard output: .*\n$/);
});

Deno.test("importing the serve command starts nothing", async () => {
  const command = await import("../../server/main.ts");
  assertEquals(Object.keys(command), []);
});
