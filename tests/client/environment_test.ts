import { assertEquals } from "@std/assert";
import { runDenoToEnd } from "../tools/deno_process.ts";

const NAMES = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];
const NONE = Object.fromEntries(NAMES.flatMap((it) => [[it, ""], [it.toUpperCase(), ""]]));

/** The hosts of the proxies that a process with these variables and permissions chooses. */
async function chosen(env: Record<string, string>, ...permissions: string[]): Promise<unknown> {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_environment_" });
  try {
    const module = new URL("../../client/environment.ts", import.meta.url).href;
    await Deno.writeTextFile(
      `${folder}/main.ts`,
      `import { environmentProxies } from ${JSON.stringify(module)};
      const choice = environmentProxies();
      const ask = (...origin) => choice(...origin)?.host ?? "direct";
      console.log(JSON.stringify(
        choice === undefined ? "none" : [ask(false, "a.test", 80), ask(true, "a.test", 443), ask(false, "b.test", 80)],
      ));`,
    );
    const { code, stdout, stderr } = await runDenoToEnd(
      ["run", "--quiet", "--no-prompt", ...permissions, `${folder}/main.ts`],
      { env: { ...NONE, ...env } },
    );
    assertEquals([code, stderr], [0, ""]);
    return JSON.parse(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const ENV = {
  http_proxy: "http://plain.test:3128",
  https_proxy: "http://secure.test:3128",
  no_proxy: "b.test",
};

Deno.test("the environment's proxies are those of its variables", async () => {
  assertEquals(await chosen(ENV, "--allow-env"), ["plain.test", "secure.test", "direct"]);
  assertEquals(await chosen({}, "--allow-env"), "none");
});

Deno.test("variables that may not be read are not there, and nobody is asked about them", async () => {
  assertEquals(await chosen(ENV), "none");
  assertEquals(
    await chosen(ENV, "--allow-env=https_proxy"),
    ["direct", "secure.test", "direct"],
  );
});
