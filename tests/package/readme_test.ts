/**
 * The scripts of the README that `deno test --doc` could not run, each in a stranger's folder: those that
 * serve until they are stopped, as written but for the port, must answer; those that ask a server in the
 * wide world are given one here. The README's other examples are tested as documentation.
 */
import { assert, assertEquals } from "@std/assert";
import { denoCommand, ROOT } from "../tools/deno_process.ts";
import { makeStranger } from "./stranger.ts";

const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** The scripts under their headings. */
const SCRIPTS = [...README.matchAll(/^#+ (.+)\n|^```ts ignore\n([^]*?)^```/gm)]
  .reduce<{ heading: string; scripts: [string, string][] }>((found, [, heading, script]) => {
    if (heading !== undefined) return { ...found, heading };
    return { ...found, scripts: [...found.scripts, [found.heading, script]] };
  }, { heading: "", scripts: [] }).scripts;

const SERVING = SCRIPTS.filter(([, script]) => script.includes("listen(8080,"));
const ASKING = SCRIPTS.filter(([, script]) => /(https|wss):\/\/example\.com\//.test(script));

Deno.test("every script of the README serves, or asks", () => {
  assert(SERVING.length > 0 && ASKING.length > 0);
  assertEquals(SERVING.length + ASKING.length, SCRIPTS.length);
});

for (const [heading, script] of SERVING) {
  Deno.test(`the script of the README under "${heading}" answers`, async () => {
    await using stranger = await makeStranger();
    const port = freePort();
    await Deno.writeTextFile(
      `${stranger.folder}/script.ts`,
      script.replace("listen(8080,", `listen("127.0.0.1", ${port},`),
    );
    await Deno.mkdir(`${stranger.folder}/public`);
    await Deno.writeTextFile(`${stranger.folder}/public/index.html`, "<h1>hello</h1>\n");
    const args = ["run", "--check=all", "--quiet", "--allow-net", "--allow-read", "script.ts"];
    await using child = denoCommand(args, { cwd: stranger.folder, env: stranger.env }).spawn();
    const printed = Promise.all([child.stdout, child.stderr].map((it) => new Response(it).text()));
    const ended = child.status.then(() => true);

    const response = await fetchOnceUp(`http://127.0.0.1:${port}/`, ended);
    const body = await response.text();
    // A script that reads a body may refuse a GET.
    assertEquals(response.status, script.includes(`"POST"`) ? 405 : 200);
    assertEquals(body === "", response.status === 405);

    child.kill("SIGTERM");
    assertEquals(await printed, ["", ""]);
    await child.status;
  });
}

for (const [heading, script] of ASKING) {
  Deno.test(`the script of the README under "${heading}" runs to its end`, async () => {
    await using stranger = await makeStranger();
    const asked: string[] = [];
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => {
        asked.push(request.method);
        return answer(request);
      },
    );
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(CONTENT));
    await Deno.writeTextFile(
      `${stranger.folder}/script.ts`,
      script.replaceAll("https://example.com", `http://127.0.0.1:${server.addr.port}`)
        .replaceAll("wss://example.com", `ws://127.0.0.1:${server.addr.port}`)
        .replace("…64 hex digits…", new Uint8Array(digest).toHex()),
    );
    for (const name of ["disk.img", "a.jpg"]) {
      await Deno.writeTextFile(`${stranger.folder}/${name}`, CONTENT);
    }
    const args = ["run", "--check=all", "--quiet", "--no-prompt", "--allow-net", "--allow-read"];
    const { code, stdout, stderr } = await denoCommand(
      [...args, "--allow-write", "script.ts"],
      { cwd: stranger.folder, env: stranger.env },
    ).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
    assertEquals(stdout.length > 0, script.includes("console.log"));
    const methods = /\b(post|request\("PUT")/.test(script) ? ["POST", "PUT"] : ["GET"];
    for (const method of methods) assert(asked.includes(method), method);
  });
}

/** What the files and answers hold. */
const CONTENT = "[1, 2, 3]\n";

/** Answers what the scripts ask for. */
async function answer(request: Request): Promise<Response> {
  if (request.headers.has("upgrade")) return Deno.upgradeWebSocket(request).response;
  await request.arrayBuffer();
  return new Response(CONTENT, { headers: { "Content-Type": "application/json" } });
}

/** A port that was free a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Fetches `url` as soon as somebody listens there; gives up when `ended` resolves. */
async function fetchOnceUp(url: string, ended: Promise<boolean>): Promise<Response> {
  while (true) {
    try {
      return await fetch(url);
    } catch (error) {
      const pause = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => pause.resolve(false), 20);
      const over = await Promise.race([ended, pause.promise]);
      clearTimeout(timer);
      if (over) throw error;
    }
  }
}
