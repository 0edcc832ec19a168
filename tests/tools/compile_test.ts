import { assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  compileModule,
  missingRuntime,
  MissingRuntimeError,
  parseCompileArguments,
  SERVE_OPTIONS,
  siteOptions,
} from "../../tools/compile.ts";
import { prepareSite } from "../../tools/site/prepare_site.ts";
import { checkManifest, type SiteManifest } from "../../server/embedded/manifest.ts";
import { ServeProcess } from "../server/serve_process.ts";
import { ChildProgram } from "../peers/child_program.ts";
import { TempTree } from "../server/files/temp_tree.ts";

const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

Deno.test("missingRuntime() names the runtime that a download failed for", () => {
  const url = "https://example.test/release/v1.2.3/denort-x86_64-unknown-linux-gnu.zip";
  const report = `Download ${url}
error: Writing deno compile executable to temporary file '/tmp/bin.tmp'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (${url}): client error (Connect): dns error
`;
  assertEquals(missingRuntime(report), "denort-x86_64-unknown-linux-gnu");
});

Deno.test("missingRuntime() leaves other errors to speak for themselves", () => {
  assertEquals(missingRuntime("error: Module not found: main.ts\n"), undefined);
  // Downloading it is no failure.
  assertEquals(missingRuntime("Download denort.zip\nerror: Permission denied\n"), undefined);
  assertEquals(missingRuntime(""), undefined);
});

Deno.test("parseCompileArguments() knows what to make of what, and where", () => {
  const serve = { site: undefined, precompress: false };
  assertEquals(parseCompileArguments([]), { ...serve, output: "dist/eco-serve" });
  assertEquals(parseCompileArguments(["2026"]), { ...serve, output: "2026" });
  const site = { site: "a/b", precompress: false };
  assertEquals(parseCompileArguments(["--site", "a/b"]), { ...site, output: "dist/eco-site" });
  assertEquals(parseCompileArguments(["--site=a/b", "--precompress", "out"]), {
    ...{ site: "a/b", precompress: true, output: "out" },
  });
  for (const wrong of [["a", "b"], ["--site="], ["--precompress"], ["--sites", "a"], [""]]) {
    assertEquals([wrong, parseCompileArguments(wrong)], [wrong, undefined]);
  }
});

Deno.test("the rights of a compiled serve command are for its variables, addresses and workers", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  const rights = SERVE_OPTIONS.slice(0, SERVE_OPTIONS.indexOf("--include"));
  const env = { SERVE_HOST: "0.0.0.0", SERVE_QUIET: "1" };
  const workers = Deno.build.os === "linux" ? ["--workers", "2"] : [];
  await using serve = await ServeProcess.start(
    [tree.root, "--port", "0", ...workers],
    [...rights],
    env,
  );
  assertMatch(serve.banner[0] ?? "", /^At http:\/\//);
  const response = await fetch(`http://127.0.0.1:${serve.port}/a.txt`);
  assertEquals(await response.text(), "hello");
});

/** What is served at `url` has to be the site, and nothing else. */
async function checkSite(url: string, tree: TempTree, manifest: SiteManifest): Promise<void> {
  for (const [name, file] of Object.entries(manifest.files)) {
    const ask = (headers: HeadersInit) =>
      fetch(new URL(encodeURI(name), url), { headers: { "accept-encoding": "", ...headers } });
    const whole = await ask({});
    assertEquals([whole.status, whole.headers.get("etag")], [200, file.etag]);
    assertEquals(whole.headers.get("content-type"), file.type);
    assertEquals(await whole.bytes(), Deno.readFileSync(`${tree.root}/${name}`));
    const again = await ask({ "if-none-match": file.etag });
    assertEquals([again.status, await again.text()], [304, ""]);
    const coded = await ask({ "accept-encoding": "br;q=0.5, gzip" });
    assertEquals(coded.headers.get("content-encoding"), file.codings?.gzip ? "gzip" : null);
    assertEquals(await coded.bytes(), Deno.readFileSync(`${tree.root}/${name}`));
  }
  for (const path of ["main.ts", "manifest.json", "files/", ".env", "..%2fmanifest.json"]) {
    const { status, body } = await fetch(new URL(path, url));
    await body?.cancel();
    assertEquals([path, status === 404 || status === 400], [path, true]);
  }
}

Deno.test("a site is served by its program alone, and by the binary that is compiled of it", async (t) => {
  using tree = new TempTree();
  tree.write("index.html", "<h1>top</h1>");
  tree.write("app.3f2a9c1b.js", "export const a = 1;\n".repeat(200));
  tree.write("large.bin", new Uint8Array(1_500_000).fill(7));
  tree.write(".env", "secret");
  const build = `${tree.outside}/build`;
  const { main, files } = await prepareSite({ site: tree.root, build, precompress: true });
  const manifest = checkManifest(JSON.parse(Deno.readTextFileSync(`${build}/manifest.json`)));
  const ready = /^Serving 3 files of this program on (http:\S+)\n/;
  const args = ["--port", "0", "--quiet"];

  await t.step("by deno run, which may read its files and nothing else", async () => {
    const rights = ["--no-prompt", "--allow-net=127.0.0.1", `--allow-read=${files}`];
    await using program = await ChildProgram.start({
      program: Deno.execPath(),
      args: ["run", "--quiet", "--no-check", "--config", CONFIG, ...rights, main, ...args],
      ready,
    });
    await checkSite(program.match[1]!, tree, manifest);
  });

  const output = `${tree.outside}/${Deno.build.os === "windows" ? "site.exe" : "site"}`;
  let missing: MissingRuntimeError | undefined;
  try {
    const options = ["--no-check", "--config", CONFIG, ...siteOptions(files)];
    await compileModule(main, options, output);
  } catch (error) {
    if (!(error instanceof MissingRuntimeError)) throw error;
    missing = error;
  }
  await t.step({
    name: `by its binary${missing === undefined ? "" : ` [ignored: ${missing.message}]`}`,
    ignore: missing !== undefined,
    async fn() {
      await using program = await ChildProgram.start({ program: output, args, ready });
      await checkSite(program.match[1]!, tree, manifest);
    },
  });
});
