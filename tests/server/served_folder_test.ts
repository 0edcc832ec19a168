import { assertEquals, assertThrows } from "@std/assert";
import { serve, serveFiles } from "../../server/mod.ts";
import { makeFolder } from "../../server/served_folder.ts";
import { TempTree } from "./files/temp_tree.ts";
import { serve as serveWith } from "./serving.ts";

const JSON_FIELD = { headers: { accept: "application/json" } };

Deno.test("a folder lists what is in it where that is asked for, whoever serves it", async () => {
  using tree = new TempTree();
  tree.write("sub/a.txt");
  const options = { docroot: tree.root };
  const namesIn = (json: string): string[] =>
    JSON.parse(json).entries.map(({ name }: { name: string }) => name);

  const files = serveFiles({ ...options, listing: true });
  const answer = await files(new Request("http://localhost/sub/", JSON_FIELD));
  assertEquals([answer.status, namesIn(await answer.text())], [200, ["a.txt"]]);

  await using server = serve(files, { hostname: "127.0.0.1", port: 0, onListen() {} });
  const served = await fetch(`http://127.0.0.1:${server.addr.port}/sub/`, JSON_FIELD);
  assertEquals([served.status, namesIn(await served.text())], [200, ["a.txt"]]);

  await using serving = await serveWith((con, req) => con.serveFile(req), {
    ...options,
    files: { listing: true },
  });
  const { status, body } = await serving.client.ask("GET /sub/", ["Accept: application/json"]);
  assertEquals([status, namesIn(body)], [200, ["a.txt"]]);
});

Deno.test("a folder lists nothing by default", async () => {
  using tree = new TempTree();
  tree.write("sub/a.txt");
  const answer = await serveFiles({ docroot: tree.root })(new Request("http://localhost/sub/"));
  assertEquals(answer.status, 404);
});

Deno.test("makeFolder() says what could not be done with an option", () => {
  assertThrows(
    () => makeFolder({ listing: 1 as unknown as boolean }, "boil eggs"),
    TypeError,
    'Cannot boil eggs: option "listing" is neither true nor false',
  );
});
