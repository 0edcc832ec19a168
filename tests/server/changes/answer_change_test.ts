import { assertEquals } from "@std/assert";
import { answerChange, refusePath } from "../../../server/changes/answer_change.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { listen } from "../../../server/mod.ts";
import { pathOf } from "../../../server/request.ts";
import { RawClient } from "../raw_client.ts";
import { assertRefused, Changing, formOf } from "./changing.ts";

const NOTHING = { upload: false, overwrite: false, edit: false };

Deno.test("what no right allows is 405, with what is allowed", async () => {
  await using it = new Changing({ rights: NOTHING });
  it.tree.write("a");
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "MKCOL", "MOVE", "COPY", "put"]) {
    const response = await it.ask(`${method} /a`, ["Destination: /b", "Upload-Length: 1"]);
    assertRefused(response, 405, `Cannot use ${method}: it is not allowed here`);
    assertEquals(response.headers["allow"], "GET, HEAD, OPTIONS");
  }
  assertEquals(it.list(), ["a"]);
  await using uploads = new Changing({ rights: { edit: false } });
  assertEquals((await uploads.ask("DELETE /a")).headers["allow"], "GET, HEAD, OPTIONS, POST, PUT");
  await using edits = new Changing({ rights: { upload: false } });
  assertEquals(
    (await edits.ask("PUT /a", [], "x")).headers["allow"],
    "GET, HEAD, OPTIONS, DELETE, MKCOL, MOVE",
  );
  // Above all not the DELETE of the file itself, by a page that was loaded before.
  edits.tree.write("a");
  for (const method of ["HEAD", "PATCH", "DELETE"]) {
    assertEquals((await edits.ask(`${method} /a?upload=x`)).status, 405, method);
  }
});

Deno.test("OPTIONS tells what is allowed where", async () => {
  await using it = new Changing();
  const allowed = async (target: string): Promise<unknown[]> => {
    const { status, headers } = await it.ask(`OPTIONS ${target}`);
    return [status, headers["allow"]];
  };
  assertEquals(await allowed("/"), [204, "GET, HEAD, OPTIONS, POST, DELETE, MKCOL, MOVE"]);
  assertEquals(await allowed("/a"), [204, "GET, HEAD, OPTIONS, POST, PUT, DELETE, MKCOL, MOVE"]);
  assertEquals(await allowed("/a?upload=x"), [204, "HEAD, PATCH, DELETE, OPTIONS"]);
});

Deno.test("GET and HEAD are somebody else's, and of an upload there is only HEAD", async () => {
  await using it = new Changing();
  assertEquals((await it.ask("GET /a")).status, 405);
  assertEquals((await it.ask("GET /a?upload=x")).headers["allow"], "HEAD, PATCH, DELETE, OPTIONS");
});

Deno.test("other sites change nothing, whatever the method, and before anything is read", async () => {
  await using it = new Changing();
  it.tree.write("a");
  const { fields, body } = formOf(["b", "x"]);
  for (
    const from of ["Origin: http://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"]
  ) {
    for (const method of ["PUT", "DELETE", "MKCOL", "MOVE"]) {
      const { status } = await it.ask(`${method} /a`, [from, "Destination: /b"]);
      assertEquals(status, 403, `${method} ${from}`);
    }
    using client = await it.connect();
    const expecting = [...fields, from, `Content-Length: ${body.length}`, "Expect: 100-continue"];
    await client.request("POST /", expecting);
    assertRefused(
      await client.readResponse(),
      403,
      "Cannot use POST: the request comes from another site",
    );
  }
  assertEquals(it.list(), ["a"]);
  const own = await it.ask("POST /", [...fields, "Origin: http://localhost"], body);
  assertEquals([own.status, it.list()], [201, ["a", "b"]]);
});

Deno.test("the host that clients use may be another than the one of the request", async () => {
  await using it = new Changing({ site: { host: "public.example" } });
  assertEquals((await it.ask("PUT /a", ["Origin: https://public.example"], "x")).status, 201);
  assertEquals((await it.ask("PUT /b", ["Origin: http://localhost"], "x")).status, 403);
});

Deno.test("errors are JSON for who takes it, else text, and never guessed at", async () => {
  await using it = new Changing();
  it.tree.write("a");
  const json = await it.ask("PUT /a", ["Accept: application/json"], "x");
  assertEquals([json.status, json.headers["content-type"]], [409, "application/json"]);
  assertEquals(JSON.parse(json.body), {
    error: 'Cannot upload "a": there is something named "a" already',
  });
  for (const accept of ["*/*", "text/html", "", "application/json;q=0.1, text/plain", "\xff"]) {
    const text = await it.ask("PUT /a", [`Accept: ${accept}`], "x");
    assertEquals(text.headers["content-type"], "text/plain; charset=utf-8", accept);
    assertEquals(text.headers["x-content-type-options"], "nosniff");
  }
});

Deno.test("a connection is used again after a refusal that read its body", async () => {
  await using it = new Changing();
  it.tree.write("a");
  using client = await it.connect();
  assertEquals((await client.ask("PUT /a", [], "x")).status, 409);
  assertEquals((await client.ask("PUT /b", [], "x")).status, 201);
  assertEquals((await client.ask("DELETE /b")).status, 204);
});

Deno.test("a root that is gone is no defect", async () => {
  await using it = new Changing();
  assertEquals((await it.ask("PUT /a", [], "x")).status, 201);
  Deno.removeSync(it.tree.root, { recursive: true });
  assertEquals((await it.ask("PUT /b", [], "x")).status, 404);
  assertEquals((await it.ask("DELETE /a")).status, 404);
  Deno.mkdirSync(it.tree.root);
  assertEquals((await it.ask("PUT /c", [], "x")).status, 201);
});

// Known before the tests begin, since their permissions name it.
const ROOT = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "eco_http_changes_" }));
Deno.test.afterAll(() => Deno.removeSync(ROOT, { recursive: true }));

async function askRestricted(lines: [string, ...string[]][]): Promise<number[]> {
  const folder = new Folder({ docroot: ROOT });
  const rights = { upload: true, overwrite: false, edit: true };
  await using server = listen("127.0.0.1", 0, (con, req) => {
    const path = parseSafePath(pathOf(req.rawPath)) as SafePath;
    return answerChange(con, req, path, folder, rights);
  });
  const statuses: number[] = [];
  for (const [line, ...fields] of lines) {
    const [method = "", target] = line.split(" ");
    const { port } = server.addr as Deno.NetAddr;
    const headers = fields.map((field) => field.split(": ") as [string, string]);
    const body = method === "PUT" || method === "PATCH" ? "x" : undefined;
    const response = await fetch(`http://127.0.0.1:${port}${target}`, { method, headers, body });
    await response.body?.cancel();
    statuses.push(response.status);
    const location = response.headers.get("location");
    if (location === null) continue;
    lines.push([
      `PATCH ${new URL(location, response.url).href.slice(response.url.indexOf("/", 7))}`,
      "Upload-Offset: 0",
    ]);
  }
  return statuses;
}

Deno.test({
  name: "all of it needs no more than to read and write the folder",
  permissions: { read: [ROOT], write: [ROOT], net: ["127.0.0.1"] },
  fn: async () => {
    const statuses = await askRestricted([
      ["PUT /a"],
      ["MKCOL /d/"],
      ["MOVE /a", "Destination: /d/b"],
      ["MOVE /d/", "Destination: /e/"],
      ["DELETE /e/"],
      ["POST /c", "Upload-Length: 1"],
    ]);
    assertEquals(statuses, [201, 201, 201, 201, 204, 201, 201]);
    assertEquals([...Deno.readDirSync(ROOT)].map(({ name }) => name), ["c"]);
  },
});

Deno.test({
  name: "a server that may not write says so, and does not fail",
  permissions: { read: [ROOT], net: ["127.0.0.1"] },
  fn: async () => {
    const lines: [string, ...string[]][] = [
      ["PUT /a"],
      ["MKCOL /d/"],
      ["MOVE /c", "Destination: /b"],
      ["DELETE /c"],
      ["POST /b", "Upload-Length: 1"],
    ];
    assertEquals(await askRestricted(lines), [403, 403, 403, 403, 403]);
  },
});

Deno.test("a path that is none is refused with a sentence", async () => {
  await using server = listen("127.0.0.1", 0, (con, req) => {
    const status = parseSafePath(req.rawPath);
    if (typeof status === "number") refusePath(con, req, status);
  });
  const cases: [line: string, status: 400 | 404, text: string][] = [
    [
      "PUT /.env",
      404,
      "Cannot upload: there is no such folder, or the name is not one that can be used",
    ],
    ["DELETE /a%2fb", 400, "Cannot delete: its name is not one that can be used"],
  ];
  for (const [line, status, text] of cases) {
    using client = await RawClient.connect(server);
    assertRefused(await client.ask(line), status, text);
  }
});
