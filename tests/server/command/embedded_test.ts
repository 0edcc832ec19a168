import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { buildManifest } from "../../../server/embedded/build_manifest.ts";
import { runEmbedded } from "../../../server/command/embedded.ts";
import { ChildProgram } from "../../peers/child_program.ts";
import { TempTree } from "../files/temp_tree.ts";

const COMMAND = new URL("../../../server/command/embedded.ts", import.meta.url);
const CONFIG = fromFileUrl(new URL("../../../deno.json", import.meta.url));

/** Runs the command with arguments with which it does not stay; what it wrote to the standard error. */
async function complaint(args: string[], base: string): Promise<[code: number, text: string]> {
  const error = console.error;
  let text = "";
  console.error = (line) => text += line;
  try {
    return [await runEmbedded(args, { manifest: await buildManifest(base), base }), text];
  } finally {
    console.error = error;
  }
}

Deno.test("runEmbedded() refuses what is about a folder, and what needs more rights", async () => {
  using tree = new TempTree();
  const hint = "; --help tells the options";
  const cases: [args: string[], text: string][] = [
    ...["--upload", "--listing", "--zip", "--gzip", "--compress", "--dotfiles", "--open"]
      .map((
        it,
      ): [string[], string] => [[it], `option "${it}" is not for a program with its own site`]),
    [["--config", "a.json"], 'option "--config" is not for a program with its own site'],
    [["--cert", "a.pem"], 'option "--cert" is not for a program with its own site'],
    [["folder"], "a folder is not for a program with its own site"],
    [["--port", "x"], '--port "x" is not a number from 0 to 65535'],
    [["--none"], 'unknown option "--none"'],
  ];
  for (const [args, text] of cases) {
    assertEquals(await complaint(args, tree.root), [1, `error: Cannot start: ${text}${hint}`]);
  }
});

Deno.test("runEmbedded() says where it serves, and logs what it is asked", async () => {
  using tree = new TempTree();
  tree.write("site/index.html", "<h1>top</h1>");
  tree.write("site/about.html", "about");
  const manifest = JSON.stringify(await buildManifest(`${tree.root}/site`));
  const main = tree.write(
    "main.ts",
    `import { runEmbedded } from ${JSON.stringify(COMMAND.href)};
const base = new URL("site/", import.meta.url);
Deno.exit(await runEmbedded(Deno.args, { manifest: ${manifest}, base }));`,
  );
  const run = ["run", "--quiet", "--no-check", "--no-prompt", "--config", CONFIG];
  // Of the files it reads nothing but the site.
  const rights = ["--allow-net=127.0.0.1", `--allow-read=${tree.root}/site`];
  const pages = ["--spa", "--404", "none.html"];
  const site = await ChildProgram.start({
    program: Deno.execPath(),
    args: [
      ...run,
      ...rights,
      main,
      "--port",
      "0",
      "--clean-urls",
      "--health",
      "--prefix",
      "/x",
      ...pages,
    ],
    ready: /^Serving 2 files of this program on (http:\S+)\n/m,
  });
  try {
    const url = site.match[1]!;
    assert(url.endsWith("/x/"), url);
    const get = async (path: string): Promise<[number, string]> => {
      const response = await fetch(new URL(path, url), { redirect: "manual" });
      return [response.status, await response.text()];
    };
    assertEquals(await get(""), [200, "<h1>top</h1>"]);
    assertEquals(await get("about"), [200, "about"]);
    assertEquals((await get("about.html"))[0], 301);
    assertEquals((await get("?zip"))[1], "<h1>top</h1>");
    assertEquals((await get("main.ts"))[0], 404);
    assertEquals(await get("/healthz"), [200, "ok\n"]);
    await site.said(/"GET \/x\/\?zip HTTP\/1\.1" 200 12 /);
    await site.said(/"GET \/x\/main\.ts HTTP\/1\.1" 404 /);
    await site.said(/warning: option "--404" names "none.html", which is no file in the site\n/);
    assert(!site.text.includes("--spa"), site.text);
  } finally {
    await site[Symbol.asyncDispose]();
  }
  assert(!site.text.includes("error"), site.text);

  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...run, main, "--help"],
  }).output();
  const help = new TextDecoder().decode(stdout);
  assertEquals(code, 0);
  assertStringIncludes(help, "--port <port>");
  assert(!/--(?:upload|listing|config|cert|workers)\b/.test(help), help);
});
