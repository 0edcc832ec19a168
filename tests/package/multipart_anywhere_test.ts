/**
 * The multipart module away from Deno: built into one file, which runs as it is under Node and in a
 * browser. The checks are the same everywhere, `anywhere/checks.ts`.
 */
import { assertEquals } from "@std/assert";
import { listen } from "../../server/mod.ts";
import { Chromium } from "../peers/chromium.ts";
import { run, testWith } from "../peers/programs.ts";
import { portOf } from "../server/raw_client.ts";
import { runDenoToEnd } from "../tools/deno_process.ts";
import { CHECK_NAMES, type Report, runChecks } from "./anywhere/checks.ts";

const SUBJECTS = { multipart: "multipart/mod.ts", checks: "tests/package/anywhere/checks.ts" };

/** What Node runs beside the built files. */
const NODE_PROGRAM = `
  import * as multipart from "./multipart.mjs";
  import { runChecks } from "./checks.mjs";
  console.log(JSON.stringify(await runChecks(multipart)));
`;

/** What a browser shows. Imports within a try, so that a file that it cannot even parse is reported. */
const PAGE = `<!DOCTYPE html>
<meta charset="utf-8">
<title>The multipart module in a browser</title>
<script type="module">
  let report;
  try {
    const multipart = await import("/multipart.mjs");
    const { runChecks } = await import("/checks.mjs");
    report = await runChecks(multipart);
  } catch (error) {
    report = { passed: [], failed: [String(error)] };
  }
  await fetch("/report", { method: "POST", body: JSON.stringify(report) });
</script>
`;

/** A folder with the built module, the built checks, and who runs them. */
class Built implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Built> {
    const built = new Built(await Deno.makeTempDir({ prefix: "eco_http_built_" }));
    try {
      for (const [name, source] of Object.entries(SUBJECTS)) {
        const { code, stderr } = await runDenoToEnd([
          ...["bundle", "--quiet", "--platform", "browser"],
          ...["--output", `${built.folder}/${name}.mjs`, source],
        ]);
        assertEquals(code, 0, stderr);
      }
      await Deno.writeTextFile(`${built.folder}/run.mjs`, NODE_PROGRAM);
      await Deno.writeTextFile(`${built.folder}/index.html`, PAGE);
      return built;
    } catch (error) {
      await built[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

const ALL: Report = { passed: CHECK_NAMES, failed: [] };

Deno.test("the multipart module passes its checks in Deno", async () => {
  assertEquals(await runChecks(await import("../../multipart/mod.ts")), ALL);
});

testWith(["node"], "the built multipart module runs unchanged under Node", async () => {
  await using built = await Built.make();
  const { code, stdout, stderr } = await run("node", [`${built.folder}/run.mjs`]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(JSON.parse(stdout), ALL);
});

testWith(["chromium"], "the built multipart module runs unchanged in Chromium", async () => {
  await using built = await Built.make();
  const reported = Promise.withResolvers<Report>();
  await using server = listen("127.0.0.1", 0, { docroot: built.folder }, async (con, req) => {
    if (req.method !== "POST") return con.serveFile(req);
    reported.resolve(JSON.parse(await con.readText()));
    con.setStatus(204);
  });
  await using browser = await Chromium.open(`http://127.0.0.1:${portOf(server)}/`);
  assertEquals(await browser.until("the page reports", reported.promise), ALL);
});
