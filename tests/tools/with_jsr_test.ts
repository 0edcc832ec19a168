import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { denoCommand, type Finished, readUntil, ROOT, runDenoToEnd } from "./deno_process.ts";

const TOOL = new URL("tools/with_jsr.ts", ROOT).href;
const STAND_IN = { JSR_URL: "", JSR_STAND_IN: "1" };

function withJsr(args: string[], env: Record<string, string>): Promise<Finished> {
  return runDenoToEnd(["run", "--quiet", "-P=with-jsr", TOOL, ...args], { env });
}

Deno.test("with_jsr passes arguments and exit code on", async () => {
  const script = "console.log(JSON.stringify(Deno.args)); Deno.exit(7);";
  const { code, stdout } = await withJsr(["eval", script, "--", "a b", "--flag=c"], STAND_IN);
  assertEquals([code, JSON.parse(stdout)], [7, ["a b", "--flag=c"]]);
});

Deno.test("with_jsr stands in for JSR on loopback", async () => {
  const script = `
    const { format } = await import("@std/fmt/bytes");
    console.log(JSON.stringify([Deno.env.get("JSR_URL"), format(1337)]));
  `;
  const { code, stdout, stderr } = await withJsr(["eval", script], STAND_IN);
  assertEquals(code, 0, stderr);
  const [url, formatted] = JSON.parse(stdout);
  assertEquals(formatted, "1.34 kB");
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]+\/$/);
});

Deno.test("with_jsr leaves JSR alone when told to, or when there is a JSR_URL", async () => {
  const script = `console.log(Deno.env.get("JSR_URL") ?? "");`;
  const forbidden = await withJsr(["eval", script], { JSR_URL: "", JSR_STAND_IN: "0" });
  assertEquals([forbidden.code, forbidden.stdout], [0, "\n"]);
  const chosen = await withJsr(["eval", script], {
    JSR_URL: "http://jsr.test/",
    JSR_STAND_IN: "1",
  });
  assertEquals([chosen.code, chosen.stdout], [0, "http://jsr.test/\n"]);
});

Deno.test("with_jsr says so when npm cannot be reached either", async () => {
  const cache = await Deno.makeTempDir();
  try {
    const { code, stderr } = await withJsr(["eval", "1"], {
      ...STAND_IN,
      DENO_DIR: cache,
      NPM_CONFIG_REGISTRY: "http://127.0.0.1:1/",
    });
    assertEquals(code, 1);
    assertStringIncludes(stderr, "Cannot load the standard library: JSR does not answer");
    assertStringIncludes(stderr, "npm:deno-std");
  } finally {
    await Deno.remove(cache, { recursive: true });
  }
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test({
    name: `with_jsr passes ${signal} on and waits for its child`,
    ignore: Deno.build.os === "windows",
    fn: async () => {
      const script = `
        const timer = setInterval(() => {}, 60_000);
        Deno.addSignalListener("${signal}", () => {
          console.log("got ${signal}");
          clearInterval(timer);
          Deno.exit(5);
        });
        console.log("ready");
      `;
      const args = ["run", "--quiet", "-P=with-jsr", TOOL, "eval", script];
      await using child = denoCommand(args, { env: STAND_IN }).spawn();
      const output = child.stdout.getReader();
      await readUntil(output, /ready/);
      child.kill(signal);
      await readUntil(output, new RegExp(`got ${signal}`));
      assertEquals((await output.read()).done, true);
      await child.stderr.cancel();
      const { code } = await child.status;
      assertEquals(code, 5);
    },
  });
}
