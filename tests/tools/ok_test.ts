import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { ROOT, runDenoToEnd } from "./deno_process.ts";

const OK = new URL("tools/ok.ts", ROOT).href;

Deno.test("ok runs the checks that are named and reports each", async () => {
  const folder = await makeProject("const a = 1;\nconsole.log(a);\n");
  try {
    const { code, stdout } = await runDenoToEnd(["run", "-A", OK, "formatting", "lint"], {
      cwd: folder,
    });
    assertEquals(code, 0, stdout);
    assertMatch(stdout, /\ncheck \| formatting \| passed\ncheck \| lint \| passed\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ok goes on after a check that fails, and fails at the end", async () => {
  const folder = await makeProject("const a = 1\nconsole.log( a );\n");
  try {
    const { code, stdout } = await runDenoToEnd(["run", "-A", OK, "formatting", "lint"], {
      cwd: folder,
    });
    assertEquals(code, 1);
    assertMatch(stdout, /\ncheck \| formatting \| failed\ncheck \| lint \| passed\n$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ok refuses a name that is no check", async () => {
  const { code, stderr } = await runDenoToEnd(["run", "-A", OK, "everything"]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, `Cannot check "everything"`);
});

async function makeProject(source: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/mod.ts`, source);
  const config = { exports: { ".": "./mod.ts" }, publish: { include: ["mod.ts"] } };
  await Deno.writeTextFile(`${folder}/deno.json`, `${JSON.stringify(config, null, 2)}\n`);
  await runDenoToEnd(["fmt", "deno.json"], { cwd: folder });
  return folder;
}
