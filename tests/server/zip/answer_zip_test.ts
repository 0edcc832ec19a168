import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import type { FolderOptions } from "../../../server/files/file_options.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { listen, type Server } from "../../../server/mod.ts";
import { pathOf } from "../../../server/request.ts";
import { answerZip } from "../../../server/zip/answer_zip.ts";
import { within } from "../../conformance/waiting.ts";
import { countDescriptors } from "../../open_descriptors.ts";
import { curl, run, testWith } from "../../peers/programs.ts";
import { TempTree } from "../files/temp_tree.ts";
import { RawClient, type RawResponse } from "../raw_client.ts";

/** A server that answers everything with archives of a folder. */
class Zipping implements AsyncDisposable {
  readonly tree: TempTree = new TempTree();
  readonly server: Server;
  readonly errors: unknown[] = [];
  onHandled: (() => void) | undefined;

  constructor(maxKnown?: number, options: FolderOptions = {}) {
    const folder = new Folder({ ...options, docroot: this.tree.root });
    const onError = (error: unknown): void => void this.errors.push(error);
    this.server = listen("127.0.0.1", 0, { onError }, async (con, req) => {
      const path = parseSafePath(pathOf(req.rawPath)) as SafePath;
      try {
        await answerZip(con, req, path, folder, maxKnown);
      } finally {
        this.onHandled?.();
      }
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.addr as Deno.NetAddr).port}`;
  }

  async ask(line: string): Promise<RawResponse> {
    using client = await RawClient.connect(this.server);
    return await client.ask(line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.shutdown();
    this.tree[Symbol.dispose]();
  }
}

/** What Python finds in an archive: names, sizes, times, and whether all checksums are right. */
const LOOK = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    print(json.dumps([[i.filename, i.file_size, list(i.date_time)] for i in z.infolist()]))
`;

testWith(["curl", "python3"], "Python reads the archive, with names, sizes and times", async () => {
  await using it = new Zipping();
  const { tree } = it;
  tree.write("photos/a.txt", "hello");
  tree.write("photos/grüße 🎈/b.bin", "0123456789".repeat(50_000));
  tree.folder("photos/empty");
  const time = new Date(2020, 1, 29, 12, 34, 56);
  Deno.utimeSync(`${tree.root}/photos/a.txt`, time, time);
  const path = `${tree.outside}/got.zip`;
  const { code, stderr } = await curl(["-f", "-o", path, `${it.url}/photos/?zip`]);
  assertEquals([code, stderr], [0, ""]);
  const { stdout, stderr: problems } = await run("python3", ["-c", LOOK, path]);
  assertEquals(problems, "");
  const found = JSON.parse(stdout) as [string, number, number[]][];
  assertEquals(found.map(([name, size]) => [name, size]), [
    ["photos/", 0],
    ["photos/a.txt", 5],
    ...[["photos/empty/", 0], ["photos/grüße 🎈/", 0], ["photos/grüße 🎈/b.bin", 500_000]]
      .sort((one, other) =>
        found.findIndex(([it]) => it === one[0]) -
        found.findIndex(([it]) => it === other[0])
      ),
  ]);
  assertEquals(found[1]![2], [2020, 2, 29, 12, 34, 56]);
});

Deno.test("the length is told before, and by HEAD, which reads nothing", async () => {
  await using it = new Zipping();
  it.tree.write("a", "x".repeat(100_000));
  it.tree.write("d/b", "y");
  const get = await it.ask("GET /?zip");
  assertEquals(get.status, 200);
  assertEquals(get.headers["content-length"], String(get.body.length));
  assertEquals(get.headers["content-type"], "application/zip");
  assertEquals(get.headers["content-disposition"], "attachment; filename=root.zip");
  assertEquals(get.headers["x-content-type-options"], "nosniff");
  const head = await it.ask("HEAD /?zip");
  assertEquals([head.status, head.body], [200, ""]);
  for (const name of ["content-length", "content-type", "content-disposition"]) {
    assertEquals(head.headers[name], get.headers[name]);
  }
});

Deno.test("the archive is named after the folder, in letters of any kind", async () => {
  await using it = new Zipping();
  it.tree.folder('a"b');
  it.tree.folder("grüße");
  const nameOf = async (target: string): Promise<string | undefined> =>
    (await it.ask(`HEAD ${target}`)).headers["content-disposition"];
  assertEquals(await nameOf("/a%22b/?zip"), 'attachment; filename="a\\"b.zip"');
  assertEquals(
    await nameOf("/gr%C3%BC%C3%9Fe/?zip"),
    "attachment; filename=\"gr??e.zip\"; filename*=UTF-8''gr%C3%BC%C3%9Fe.zip",
  );
});

Deno.test("an archive of many entries is sent while they are found", async () => {
  await using it = new Zipping(3);
  for (const name of ["a", "b"]) it.tree.write(name);
  assert("content-length" in (await it.ask("GET /?zip")).headers);
  it.tree.write("c");
  it.tree.write("d/e", "x".repeat(200_000));
  const response = await it.ask("GET /?zip");
  assertEquals(response.headers["transfer-encoding"], "chunked");
  // Each name stands before its file and in the list at the end.
  for (const name of ["root/a", "root/d/e"]) {
    assertEquals(response.body.split(name).length, 3, name);
  }
});

Deno.test("what is no folder is 404, and other methods are not allowed", async () => {
  await using it = new Zipping();
  it.tree.write("file");
  it.tree.link("out", "../outside");
  for (const target of ["/none/?zip", "/file?zip", "/out/?zip"]) {
    assertEquals((await it.ask(`GET ${target}`)).status, 404, target);
  }
  const post = await it.ask("POST /?zip");
  assertEquals([post.status, post.headers["allow"]], [405, "GET, HEAD"]);
  assertEquals(it.errors, []);
});

Deno.test("a file that shrinks meanwhile breaks the answer off", async () => {
  await using it = new Zipping();
  const path = it.tree.write("a", new Uint8Array(30_000_000));
  const handled = new Promise<void>((resolve) => it.onHandled = resolve);
  using client = await RawClient.connect(it.server);
  await client.request("GET /?zip");
  const { headers } = await client.readHead();
  Deno.truncateSync(path, 1000);
  const count = await client.countRest();
  assert(count < Number(headers["content-length"]), `${count}`);
  await within("the request was handled", handled);
  assertEquals(it.errors.map(String), [
    'HttpError: Cannot send "root/a" in an archive: it changed meanwhile',
  ]);
});

Deno.test("clients that leave leave nothing open", async () => {
  const before = countDescriptors();
  {
    await using it = new Zipping();
    it.tree.write("a", new Uint8Array(30_000_000));
    for (let i = 0; i < 10; i++) {
      const handled = new Promise<void>((resolve) => it.onHandled = resolve);
      using client = await RawClient.connect(it.server);
      await client.request("GET /?zip");
      await client.take(1 + i * 20_000);
      client.close();
      await within("the request was handled", handled);
    }
  }
  assertEquals(countDescriptors(), before);
});

Deno.test({
  name: "without descriptors the answer is 503, and without the right to read 403",
  ignore: Deno.build.os === "windows",
  async fn() {
    using tree = new TempTree();
    tree.write("a", "12345");
    const child = fromFileUrl(new URL("zip_shortage_child.ts", import.meta.url));
    const config = fromFileUrl(new URL("../../../deno.json", import.meta.url));
    const answers: unknown[] = [];
    // The runtime wants the right to read what a link leads to as well.
    const link = `${tree.outside}/link`;
    Deno.symlinkSync(tree.root, link);
    const cases = [[tree.root, "prepared"], [tree.root, "unprepared"], [link, "prepared"]] as const;
    for (const [root, prepared] of cases) {
      const { stdout, stderr } = await new Deno.Command("sh", {
        args: [
          ...["-c", 'ulimit -n 80 && exec "$0" "$@"', Deno.execPath(), "run", "--quiet"],
          ...["--no-check", "--config", config, `--allow-read=${root}`],
          ...[child, root, prepared],
        ],
      }).output();
      assertEquals(new TextDecoder().decode(stderr), "");
      answers.push(JSON.parse(new TextDecoder().decode(stdout)));
    }
    assertEquals(answers, [[503, 503, 200], [503, 200], [503, 503, 403]]);
  },
});
