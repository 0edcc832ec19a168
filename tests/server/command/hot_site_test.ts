import { assertEquals } from "@std/assert";
import { hotAnswersOf } from "../../../server/hot/hot_handlers.ts";
import { later } from "../files/temp_tree.ts";
import { HASH, visit } from "./visit.ts";

Deno.test("a server may answer in the place of a site that does not ask who asks", async (t) => {
  const cases: [args: string[], expected: boolean][] = [
    [[], true],
    [["--cors", "--header", "X-A: b", "--upload", "--precompressed", "--spa"], true],
    [["--prefix", "/a"], true],
    [["--health"], true],
    [["--cors=https://a.example"], false],
    [["--auth", `me:${HASH}`], false],
    [["--trust-proxy"], false],
    [["--memory", "off"], false],
  ];
  for (const [args, expected] of cases) {
    await t.step(args.join(" "), () =>
      visit(args, ({ site }) => {
        assertEquals(hotAnswersOf(site.handler) !== undefined, expected);
        return Promise.resolve();
      }));
  }
});

Deno.test("answers from memory are those of the site, and are logged like others", () =>
  visit(["--header", "X-A: b", "--prefix", "/p", "--health=/p/a.txt"], async (it) => {
    const { client, log, site } = it;
    let made = 0;
    const { folder } = site;
    const moved = folder.moved.bind(folder);
    folder.moved = (...of) => {
      made++;
      moved(...of);
    };
    await later(async () => {
      // The second one is the first that finds the file in memory.
      for (const i of [1, 2, 3, 4]) {
        const { status, body, headers } = await client.ask("GET /p/sub/b.txt", [
          ...["Referer: http://r/", "User-Agent: u"],
        ]);
        assertEquals([status, body, headers["x-a"]], [200, "below", "b"], String(i));
      }
    });
    assertEquals(made > 0, true);
    const entries = await log.take(4);
    assertEquals(entries.length, 4);
    for (const { timeMs: _, durationMs, ...others } of entries) {
      assertEquals(durationMs >= 0, true);
      assertEquals(others, {
        ...{ peer: "127.0.0.1", method: "GET", rawPath: "/p/sub/b.txt", minorVersion: 1 },
        ...{ status: 200, bytesSent: 5, completed: true },
        ...{ host: "localhost", referer: "http://r/", userAgent: "u" },
        ...("user" in others ? { user: undefined, scheme: undefined } : {}),
      });
    }
    // Three times the health, though there is a file of that name.
    for (let i = 0; i < 3; i++) assertEquals((await client.ask("GET /p/a.txt")).body, "ok\n");
  }));

Deno.test("what was changed through the site is not answered from memory", () =>
  visit(["--upload", "--overwrite", "--edit"], ({ client }) =>
    later(async () => {
      const put = async (content: string) => {
        assertEquals((await client.ask("PUT /a.txt", [], content)).status, 204);
      };
      for (let i = 0; i < 4; i++) {
        for (let j = 0; j < 3; j++) {
          const { body } = await client.ask("GET /a.txt");
          assertEquals(body, i === 0 ? "hello" : `content ${i}`);
        }
        await put(`content ${i + 1}`);
      }
      assertEquals((await client.ask("DELETE /a.txt")).status, 204);
      assertEquals((await client.ask("GET /a.txt")).status, 404);
    })));

Deno.test("what is asked for by a query is never a file from memory", () =>
  visit([], async ({ client, tree }) => {
    tree.write("sub/index.html", "index");
    await later(async () => {
      for (let i = 0; i < 4; i++) {
        assertEquals((await client.ask("GET /sub/")).body, "index");
        const zip = await client.ask("GET /sub/?zip");
        assertEquals(zip.headers["content-type"], "application/zip");
      }
    });
  }));
