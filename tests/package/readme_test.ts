/**
 * The scripts of the README that serve until they are stopped, which `deno test --doc` could not
 * end: each is run in a stranger's folder, as written but for the port, and must answer. The
 * README's other examples are tested as documentation.
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

Deno.test("the README has scripts that serve", () => {
  assert(SCRIPTS.length > 0);
  for (const [heading, script] of SCRIPTS) assert(script.includes("listen(8080,"), heading);
});

for (const [heading, script] of SCRIPTS) {
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
