// serveFiles() answers as con.serveFile does, under every server that passes standard requests and below any
// prefix; and whatever becomes of an answer, no descriptor stays open.

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Hono } from "hono";
import { HttpError, listen, serve, serveFiles, type ServeFilesOptions } from "../../server/mod.ts";
import { RawClient, until } from "../conformance/support.ts";
import { countOpen } from "./count_open.ts";
import { later, TempTree } from "./files/temp_tree.ts";
import {
  type Answer,
  type Ask,
  asking,
  calling,
  exampleTree,
  LARGE,
  ROWS,
  TRAVERSALS,
} from "./files_table.ts";
import { countDescriptors } from "../open_descriptors.ts";

/** con.serveFile beside serveFiles, at the top and below a prefix, with and without a server. */
async function withAll(
  options: ServeFilesOptions,
  use: (reference: Ask, others: Record<string, [prefix: string, ask: Ask]>) => Promise<void>,
): Promise<void> {
  const quiet = { hostname: "127.0.0.1", port: 0, onListen() {} };
  const top = serveFiles(options);
  const below = serveFiles({ ...options, prefix: "/static/v 1" });
  const app = new Hono();
  app.use("/static/*", (c) => below(c.req.raw));
  app.all("/top", (c) => c.text("never"));
  await using own = listen("127.0.0.1", 0, options, (con, req) => con.serveFile(req));
  await using atTop = Deno.serve(quiet, top);
  await using atPrefix = Deno.serve(quiet, below);
  await using inHono = Deno.serve(quiet, app.fetch);
  await using ownAtTop = serve(quiet, top);
  await using ownInHono = serve(quiet, app.fetch);
  await use(asking((own.addr as Deno.NetAddr).port), {
    "Deno.serve": ["", asking(atTop.addr.port)],
    "Deno.serve, prefix": ["/static/v%201", asking(atPrefix.addr.port)],
    "Hono, prefix": ["/static/v%201", asking(inHono.addr.port)],
    "serve": ["", asking(ownAtTop.addr.port)],
    "serve, Hono, prefix": ["/static/v%201", asking(ownInHono.addr.port)],
    "direct": ["", calling(top)],
    "direct, prefix": ["/static/v%201", calling(below)],
  });
}

/** The answer that the same request gets where the folder is mounted: its redirects are relative. */
function moved({ status, fields, body }: Answer): Answer {
  const { location } = fields;
  if (location === undefined) return { status, fields, body };
  const relative = location.replace(/^[^?]*\/(?=[^/?]*\/(?:\?|$))/, "./");
  return { status, fields: { ...fields, location: relative }, body };
}

async function compare(options: ServeFilesOptions): Promise<void> {
  await withAll(options, async (reference, others) => {
    const { etag } = (await reference("HEAD", "/a.txt", [])).fields;
    for (const [target, fields = [], method] of ROWS) {
      const lines = fields.map((line) => line.replace("{etag}", etag!));
      for (const asked of method === undefined ? ["GET", "HEAD"] : [method]) {
        const expected = await reference(asked, target, lines);
        assert(!expected.body.includes("secret"));
        for (const [name, [prefix, ask]] of Object.entries(others)) {
          const found = await ask(asked, prefix + target, lines);
          assertEquals(found, moved(expected), `${name}: ${asked} ${target} ${lines}`);
        }
      }
    }
  });
}

Deno.test("serveFiles() answers as con.serveFile does: a table of requests", async () => {
  using tree = exampleTree();
  await compare({ docroot: tree.root });
});

Deno.test("serveFiles() answers as con.serveFile does with .gz siblings and another index", async () => {
  using tree = exampleTree();
  await compare({ docroot: tree.root, gzip: true, index: "a.txt" });
});

Deno.test("serveFiles() answers as con.serveFile does with files in memory", async () => {
  using tree = exampleTree();
  await later(() => compare({ docroot: tree.root }));
});

Deno.test("serveFiles() never leaves its folder, whatever the path below a prefix", async () => {
  using tree = exampleTree();
  await withAll({ docroot: tree.root }, async (reference, others) => {
    for (const target of TRAVERSALS) {
      const expected = await reference("GET", target, []);
      assert([400, 404].includes(expected.status), target);
      for (const [name, [prefix, ask]] of Object.entries(others)) {
        const { status, body } = await ask("GET", prefix + target, []);
        assert(!body.includes("secret"), `${name}: ${target}`);
        // Only Deno.serve without a router hands out what was sent; elsewhere the dots are resolved before.
        if (name.startsWith("Deno.serve")) assertEquals(status, expected.status, target);
        else assert([200, 301, 400, 404].includes(status), `${name}: ${target}`);
      }
    }
  });
});

Deno.test("serveFiles() takes a prefix for whole segments, exactly as it is sent", async () => {
  using tree = exampleTree();
  const ask = calling(serveFiles({ docroot: tree.root, prefix: "/a/b" }));
  assertEquals((await ask("GET", "/a/b/a.txt", [])).body, "0123456789");
  for (
    const target of ["/", "/a", "/a/", "/a/bc/a.txt", "/a/b%2fa.txt", "/A/b/a.txt", "/x/a/b/a.txt"]
  ) {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      const { status, body } = await ask(method, target, []);
      assertEquals([status, body], [404, ""], `${method} ${target}`);
    }
  }
});

Deno.test("serveFiles() redirects the prefix itself to the one with a slash", async () => {
  using tree = exampleTree();
  for (const prefix of ["/static", "/static/"]) {
    const ask = calling(serveFiles({ docroot: tree.root, prefix }));
    for (const [target, location] of [["/static", "./static/"], ["/static?x=/", "./static/?x=/"]]) {
      for (const method of ["GET", "HEAD"]) {
        const { status, fields } = await ask(method, target!, []);
        assertEquals([status, fields], [301, { location: location! }]);
      }
    }
    assertEquals((await ask("POST", "/static", [])).status, 405);
    assertEquals((await ask("OPTIONS", "/static", [])).status, 204);
    assertEquals((await ask("GET", "/static/", [])).body, "<h1>top</h1>");
  }
});

Deno.test("serveFiles() sees neither the query nor a fragment of a URL", async () => {
  using tree = exampleTree();
  const files = serveFiles({ docroot: tree.root });
  for (const url of ["http://a/a.txt#x", "http://a/a.txt?#/..", "https://u:p@a:8/a.txt?a/b"]) {
    assertEquals(await (await files(new Request(url))).text(), "0123456789", url);
  }
});

Deno.test("serveFiles() refuses options that are wrong or unknown, and names them", () => {
  const cases: [options: unknown, message: string][] = [
    [null, "Cannot serve files: the options are no object"],
    ["public", "Cannot serve files: the options are no object"],
    [{ docRoot: "public" }, 'Cannot serve files: no option "docRoot"'],
    [{ urlRoot: "static" }, 'Cannot serve files: no option "urlRoot"'],
    [{ docroot: "" }, 'Cannot serve files: option "docroot" is not a text'],
    [{ docroot: null }, 'Cannot serve files: option "docroot" is not a text'],
    [{ docroot: new URL("file:///") }, 'Cannot serve files: option "docroot" is not a text'],
    [{ index: "" }, 'Cannot serve files: option "index" is not a text'],
    [{ index: "a/b" }, 'Cannot serve files: option "index" is "a/b", not the name of a file'],
    [{ gzip: "yes" }, 'Cannot serve files: option "gzip" is neither true nor false'],
    [{ prefix: 1 }, 'Cannot serve files: option "prefix" is not a text'],
    [
      { prefix: "static" },
      'Cannot serve files: option "prefix" is "static", not a path such as "/static"',
    ],
  ];
  for (const [options, message] of cases) {
    assertThrows(() => serveFiles(options as ServeFilesOptions), TypeError, message);
  }
  serveFiles({ docroot: undefined, prefix: undefined });
  serveFiles();
});

Deno.test("serveFiles() touches its folder only when asked, and rejects when there is none", async () => {
  using tree = new TempTree();
  const files = serveFiles({ docroot: `${tree.root}/late` });
  const error = await assertRejects(
    () => files(new Request("http://a/x")),
    HttpError,
    `Cannot serve folder "${tree.root}/late": `,
  );
  assertEquals([error.status, error.cause instanceof Deno.errors.NotFound], [503, true]);
  tree.write("late/x", "here");
  assertEquals(await (await files(new Request("http://a/x"))).text(), "here");
});

Deno.test({
  name: "serveFiles() leaves no descriptor, whether a Response is read, cancelled or dropped",
  ignore: Deno.build.os !== "linux",
  async fn() {
    using tree = exampleTree();
    const files = serveFiles({ docroot: tree.root });
    const url = "http://a/large.bin";
    const uses: Record<string, (response: Response) => unknown> = {
      "read to its end": async (it) => assertEquals((await it.bytes()).length, LARGE),
      "dropped": () => {},
      "cancelled at once": (it) => it.body!.cancel(),
      "cancelled half-way": async (it) => {
        const reader = it.body!.getReader();
        assertEquals((await reader.read()).done, false);
        await reader.cancel();
      },
      "cloned": async (it) => {
        const [one, other] = await Promise.all([it.clone().bytes(), it.bytes()]);
        assertEquals([one.length, other], [LARGE, one]);
      },
      "given to another": async (it) => {
        assertEquals((await new Response(it.body, it).bytes()).length, LARGE);
      },
    };
    const before = countDescriptors();
    for (const [name, use] of Object.entries(uses)) {
      for (let i = 0; i < 20; i++) await use(await files(new Request(url)));
      assertEquals(countDescriptors(), before, name);
    }
    for (const init of [{ method: "HEAD" }, { headers: { "If-None-Match": "*" } }]) {
      const response = await files(new Request(url, init));
      assertEquals([response.body, countDescriptors()], [null, before]);
    }
  },
});

for (
  const [name, start] of [["Deno.serve", Deno.serve], [
    "serve()",
    serve as unknown as typeof Deno.serve,
  ]] as const
) {
  Deno.test({
    name: `60 downloads that clients abort under ${name} leave no descriptor`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      using tree = new TempTree();
      Deno.truncateSync(tree.write("large.bin", ""), 64 * 1024 * 1024);
      const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
      await using server = start(options, serveFiles({ docroot: tree.root }));
      const { port } = server.addr;
      const round = async (): Promise<void> => {
        using client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
        await client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.fill("the beginning of the file");
      };
      for (let i = 0; i < 3; i++) await Promise.all(Array.from({ length: 20 }, round));
      await until("no file is open", () => countOpen("large.bin") === 0);
    },
  });
}

Deno.test("serveFiles() redirects to the right place in a router that takes the prefix away", async () => {
  using tree = exampleTree();
  const app = new Hono().mount("/mounted", serveFiles({ docroot: tree.root }));
  const response = await app.request("http://a/mounted/sub?x");
  const location = response.headers.get("location")!;
  assertEquals(new URL(location, "http://a/mounted/sub?x").href, "http://a/mounted/sub/?x");
});
