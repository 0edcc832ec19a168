// What the options of the serve command make of its process: its sources, its rights and its threads.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { TempTree } from "./files/temp_tree.ts";
import { RawClient } from "./raw_client.ts";
import { runServe, ServeProcess } from "./serve_process.ts";

const PORT_0 = ["--port", "0"];
const RIGHTS = ["--allow-net", "--allow-read"];
const MAIN = fromFileUrl(new URL("../../server/main.ts", import.meta.url));

/** More than the sockets between two processes take while nobody reads. */
const LARGE_BYTES = 16 * 1024 * 1024;

async function connect(serve: ServeProcess): Promise<RawClient> {
  return new RawClient(await Deno.connect({ hostname: "127.0.0.1", port: serve.port }));
}

/** A client that has read the head of a large file's response, and nothing more. */
async function startDownload(serve: ServeProcess): Promise<RawClient> {
  const client = await connect(serve);
  await client.request("GET /large");
  assertEquals((await client.readHead()).status, 200);
  return client;
}

/** How many sockets listen on a port of IPv4. */
function countListeners(port: number): number {
  const LISTENING = "0A";
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  return Deno.readTextFileSync("/proc/net/tcp").split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === LISTENING).length;
}

async function statusOf(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

Deno.test("serve --schema prints what a configuration file may say", async () => {
  const { code, stdout, stderr } = await runServe(["--schema"], []);
  assertEquals([code, stderr], [0, ""]);
  const file = new URL("../../server/command/schema.json", import.meta.url);
  assertEquals(stdout, await Deno.readTextFile(file));
});

Deno.test("serve says what it serves, with which rights, and how with less; which then does", async () => {
  using tree = new TempTree();
  tree.write("my files/a.txt", "hello");
  const root = `${tree.root}/my files`;
  const config = tree.write("serve.json", '{ "log": "json", "max-upload": "4" }');
  const args = ["--upload", "--config", config, "--host", "localhost", ...PORT_0, root];
  const read = `--allow-read=${root},${config}`;
  const least = [
    ...["--allow-net=localhost:0", read, `--allow-write=${root}`, "--allow-env=SERVE_LOG"],
  ];
  await using serve = await ServeProcess.start(args, least, { SERVE_LOG: "combined" });
  assertEquals(serve.banner, [
    "Clients may read files, list folders, get folders as zip, upload files",
    "Rights of this process: read the folder, write the folder, net localhost:0, env SERVE_LOG",
    `Least rights: deno run --allow-net=localhost:0 '${read}' '--allow-write=${root}' ` +
    `--allow-env=SERVE_LOG ${MAIN} --upload --config ${config} --host localhost ` +
    `--port 0 '${root}'`,
  ]);
  // The environment comes before the file, which comes before the default.
  const put = (body: string) => statusOf(`${serve.url}b.txt`, { method: "PUT", body });
  assertEquals(await put("12345"), 413);
  assertMatch(await serve.nextLine() ?? "", /"PUT \/b\.txt HTTP\/1\.1" 413 \d+ "-" "Deno\/[^"]+"$/);
  assertEquals(await put("1234"), 201);
  assertEquals(Deno.readTextFileSync(`${root}/b.txt`), "1234");
  for (const path of ["", "?zip", "a.txt"]) {
    assertEquals(await statusOf(serve.url + path), 200, path);
  }
  serve.kill("SIGTERM");
  assertEquals(await serve.exitCode(), 0);
  assertEquals(await serve.complaints, "");
});

Deno.test("serve names both names of a folder that is a link, and serves with what it names", async () => {
  using tree = new TempTree();
  tree.write("real/a.txt", "hello");
  tree.link("link", "real");
  const root = `${tree.root}/link`;
  const real = `${tree.root}/real`;
  const half = await runServe([root, ...PORT_0], ["--allow-net", `--allow-read=${root}`]);
  assertEquals([half.code, half.stdout], [1, ""]);
  assertEquals(half.stderr.split("; ")[1], `add --allow-read=${root},${real}\n`);

  const args = [root, "--upload", ...PORT_0];
  const least = ["--allow-net=127.0.0.1:0", `--allow-read=${root},${real}`];
  const write = `--allow-write=${root},${real}`;
  await using serve = await ServeProcess.start(args, [...least, write]);
  assertEquals(
    serve.banner.at(-1),
    `Least rights: deno run ${[...least, write, MAIN, ...args].join(" ")}`,
  );
  for (const path of ["", "a.txt", "?zip"]) {
    assertEquals(await statusOf(serve.url + path), 200, path);
  }
  assertEquals(await statusOf(`${serve.url}b.txt`, { method: "PUT", body: "b" }), 201);
  serve.kill("SIGTERM");
  assertEquals(await serve.exitCode(), 0);
  assertEquals(await serve.complaints, "");
});

Deno.test("serve warns of pages that are not there, and of variables that set nothing", async () => {
  using tree = new TempTree();
  const args = [tree.root, "--spa", "--404", "none.html", ...PORT_0];
  await using serve = await ServeProcess.start(args, ["-A"], { SERVE_PROT: "80" });
  assertEquals(serve.banner[0], "Clients may read files");
  assertEquals(await statusOf(serve.url), 404);
  serve.kill("SIGTERM");
  assertEquals(await serve.exitCode(), 0);
  assertEquals(
    await serve.complaints,
    "warning: the variable SERVE_PROT sets nothing: no option has that name\n" +
      'warning: option "--spa" names "index.html", which is no file in the site\n' +
      'warning: option "--404" names "none.html", which is no file in the site\n',
  );
});

Deno.test("serve --grace cuts what is under way when the time is over, in workers, too", async () => {
  using tree = new TempTree();
  Deno.truncateSync(tree.write("large", ""), LARGE_BYTES);
  const workers = Deno.build.os === "linux" ? ["--workers", "2"] : [];
  const args = [tree.root, "--grace", "0", ...workers, ...PORT_0];
  await using serve = await ServeProcess.start(args, ["--unstable-net", ...RIGHTS]);
  const downloads = await Promise.all(Array.from({ length: 4 }, () => startDownload(serve)));
  serve.kill("SIGTERM");
  assertEquals(await serve.exitCode(), 0);
  for (const download of downloads) {
    assert(await download.countRest() < LARGE_BYTES);
    download.close();
  }
  assertEquals(
    await serve.complaints,
    "error: Cannot wait any longer: responses cut under way: 4; --grace gives them more time\n",
  );
});

Deno.test("serve asks for the right to write, and warns of changes by anybody", async () => {
  using tree = new TempTree();
  const { code, stdout, stderr } = await runServe([tree.root, "--edit", ...PORT_0]);
  assertEquals([code, stdout], [1, ""]);
  const flag = `--allow-write=${tree.root}`;
  assertEquals(
    stderr,
    `error: Cannot start: changes need the right to write; add ${flag}, or use \`deno task share\`\n`,
  );

  const args = [tree.root, "--edit", "--open", "--qr", "--host", "0.0.0.0", ...PORT_0];
  const rights = ["--allow-net", "--allow-read", "--allow-write"];
  await using serve = await ServeProcess.start(args, rights);
  const addresses = "--allow-sys=networkInterfaces";
  assertEquals(serve.banner.slice(0, 2), [
    `A QR code needs ${addresses}, to know the address`,
    `At all addresses of this machine; ${addresses} lists them`,
  ]);
  const url = `http://127.0.0.1:${serve.port}/d/`;
  assertEquals(await statusOf(url, { method: "MKCOL" }), 201);
  serve.kill("SIGTERM");
  assertEquals(await serve.exitCode(), 0);
  assertMatch(
    await serve.complaints,
    /^warning: anybody who reaches 0\.0\.0\.0 may rename .*\nwarning: Cannot open a browser: .*--allow-run=.*\n$/,
  );
});

Deno.test({
  name: "serve --workers shares a port among threads that log, drain and end together",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = new TempTree();
    tree.write("a.txt", "hello");
    Deno.truncateSync(tree.write("large", ""), LARGE_BYTES);
    const args = [tree.root, "--workers", "3", "--health", ...PORT_0];
    await using serve = await ServeProcess.start(args, ["--unstable-net", ...RIGHTS]);
    assertEquals(countListeners(serve.port), 3);
    const clients = await Promise.all(Array.from({ length: 24 }, () => connect(serve)));
    const bodies = await Promise.all(clients.map(async (client, at) => {
      return (await client.ask(`GET /a.txt?${at}`)).body;
    }));
    assertEquals(new Set(bodies), new Set(["hello"]));
    const lines: string[] = [];
    while (lines.length < clients.length) lines.push(await serve.nextLine() ?? "");
    const asked = lines.map((line) => Number(/\?(\d+) HTTP/.exec(line)?.[1]));
    assertEquals(asked.toSorted((a, b) => a - b), clients.map((_, at) => at));

    const downloads = await Promise.all(Array.from({ length: 6 }, () => startDownload(serve)));
    serve.kill("SIGTERM");
    for (const client of clients) {
      assertEquals(await client.readAll(), "");
      client.close();
    }
    const counts = await Promise.all(downloads.map((download) => download.countRest()));
    for (const download of downloads) download.close();
    assertEquals(counts, downloads.map(() => LARGE_BYTES));
    assertEquals(await serve.exitCode(), 0);
    const rest = await serve.restOfLines();
    assertEquals(rest.filter((line) => line.includes(` 200 ${LARGE_BYTES} `)).length, 6);
    assertEquals(await serve.complaints, "");
  },
});

Deno.test({
  name: "serve --workers says which flag it lacks, instead of what the runtime would",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = new TempTree();
    const args = [tree.root, "--workers", "2", ...PORT_0];
    const { code, stdout, stderr } = await runServe(args);
    assertEquals([code, stdout], [1, ""]);
    assertEquals(
      stderr,
      "error: Cannot start: more than one worker needs the flag --unstable-net\n",
    );
    const noModules = await runServe(args, ["--allow-net", `--allow-read=${tree.root}`]);
    const flag = `--allow-read=${tree.root},${MAIN.replace(/.server.main.ts$/, "")}`;
    assertEquals(
      noModules.stderr,
      `error: Cannot start: more than one worker needs to read the modules; add ${flag}\n`,
    );
  },
});

Deno.test("serve --drain goes on with a health of 503 until the time is over, or a second signal", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  const args = [tree.root, "--drain", "600", "--health=/up", "--quiet", ...PORT_0];
  await using serve = await ServeProcess.start(args);
  assertEquals(await statusOf(`${serve.url}up`), 200);
  serve.kill("SIGTERM");
  while (await statusOf(`${serve.url}up`) !== 503);
  assertEquals(await statusOf(`${serve.url}a.txt`), 200);
  serve.kill("SIGINT");
  assertEquals(await serve.exitCode(), 130);
});
