import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { HttpError } from "../../../wire/errors.ts";
import type { FolderEntry } from "../../../server/files/folder_entries.ts";
import { FileResponse } from "../../../server/files/file_response.ts";
import { Folder } from "../../../server/files/folder.ts";
import { parseSafePath, type SafePath } from "../../../server/files/safe_path.ts";
import { makeListing } from "../../../server/listing/answer_listing.ts";
import type { PageRights } from "../../../server/listing/rights.ts";
import type { Handler } from "../../../server/mod.ts";
import { type RawResponse, valueOf } from "../../conformance/response_parser.ts";
import { TempTree } from "../files/temp_tree.ts";
import { get, serveAll } from "../served.ts";

/** What serves the listings of a folder, and nothing else. */
function listingsOf(folder: Parameters<typeof makeListing>[0], rights?: PageRights): Handler {
  const listing = makeListing(folder, rights);
  return async (con, req) => {
    const path = parseSafePath(req.rawPath.replace(/\?.*$/, "")) as SafePath;
    await listing(con, req, path);
  };
}

async function ask(handler: Handler, request: string): Promise<RawResponse> {
  await using served = await serveAll([request], handler);
  const method = request.slice(0, request.indexOf(" "));
  const [response] = served.responses(method);
  return response!;
}

function makeTree(): TempTree {
  const tree = new TempTree();
  tree.write("b.txt", "22");
  tree.write("a.txt", "1");
  tree.write("sub/README.md", "# Hello");
  tree.write(".hidden", "");
  return tree;
}

const JSON_FIELD = "Accept: application/json";

Deno.test("a listing is a page with a strict policy", async () => {
  using tree = makeTree();
  const response = await ask(listingsOf(new Folder({ docroot: tree.root })), get("/"));
  const { status, framing, body } = response;
  assertEquals([status, framing], [200, "length"]);
  const expected = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "vary": "Accept",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
  };
  for (const [name, value] of Object.entries(expected)) {
    assertEquals(valueOf(response, name), value, name);
  }
  const policy = valueOf(response, "content-security-policy")!;
  assert(policy.startsWith("default-src 'none'; script-src 'sha256-"), policy);
  for (const tag of ["script", "style"]) {
    const [, content] = new RegExp(`<${tag}>(.*)</${tag}>`, "s").exec(body)!;
    const bytes = Uint8Array.from(content!, (character) => character.charCodeAt(0));
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertStringIncludes(policy, `${tag}-src 'sha256-${btoa(String.fromCharCode(...hash))}'`);
  }
  const names = [...body.matchAll(/<a href="(\.\/[^"]+)">/g)].map(([, link]) => link);
  assertEquals(names, ["./sub/", "./a.txt", "./b.txt"]);
});

Deno.test("a listing is JSON for those who rather take that", async () => {
  using tree = makeTree();
  const handler = listingsOf(new Folder({ docroot: tree.root }));
  const cases: [accept: string, type: string][] = [
    ["application/json", "application/json"],
    ["application/json;q=0.9, text/html;q=0.8", "application/json"],
    ["text/html;q=0, application/json;q=0.1", "application/json"],
    ["application/json, text/plain, */*", "application/json"],
    ["application/json, text/html", "text/html; charset=utf-8"],
    ["text/html, application/json", "text/html; charset=utf-8"],
    ["text/html, */*;q=0.1", "text/html; charset=utf-8"],
    ["application/json;q=0", "text/html; charset=utf-8"],
    ["image/png", "text/html; charset=utf-8"],
    ["*/*", "text/html; charset=utf-8"],
    ["nonsense;;q", "text/html; charset=utf-8"],
  ];
  for (const [accept, type] of cases) {
    const response = await ask(handler, get("/", `Accept: ${accept}`));
    assertEquals(valueOf(response, "content-type"), type, accept);
    assertEquals(valueOf(response, "vary"), "Accept");
    assertEquals(valueOf(response, "cache-control"), "no-cache");
  }
});

Deno.test("a listing as JSON follows the query", async () => {
  using tree = makeTree();
  const rights = { upload: true, edit: false, overwrite: false, zip: false };
  const handler = listingsOf(new Folder({ docroot: tree.root }), rights);
  const { body } = await ask(handler, get("/?sort=size&order=desc&filter=txt", JSON_FIELD));
  const { entries, ...rest } = JSON.parse(body);
  assertEquals(rest, { path: "/", total: 2, page: 1, pages: 1, unlisted: 0, rights });
  assertEquals(entries.map(({ name, size }: { name: string; size: number }) => [name, size]), [
    ["b.txt", 2],
    ["a.txt", 1],
  ]);
  assertEquals(
    Date.parse(entries[0].modified),
    Math.trunc(Deno.statSync(`${tree.root}/b.txt`).mtime!.getTime()),
  );
});

Deno.test("the README is on the first page of a folder that is not filtered", async () => {
  using tree = makeTree();
  const handler = listingsOf(new Folder({ docroot: tree.root }));
  const heading = `id="readme-hello">Hello</h3>`;
  assertStringIncludes((await ask(handler, get("/sub/?sort=size"))).body, heading);
  assert(!(await ask(handler, get("/sub/?filter=readme"))).body.includes(heading));
});

Deno.test("HEAD has the fields of GET, and looks at one entry at most", async () => {
  let looked = 0;
  const folder = {
    ...new Folder(),
    find: () => 404 as const,
    confirms: () => false,
    async *list(): AsyncGenerator<FolderEntry> {
      for (const name of ["a", "b", "c"]) {
        looked++;
        yield { name, kind: "file", size: 1, mtimeMs: 0 };
      }
    },
  };
  const handler = listingsOf(folder);
  const request = get("/").replace("GET", "HEAD");
  const { fields, status, body } = await ask(handler, request);
  assertEquals([status, body, looked], [200, "", 1]);
  const ofGet = (await ask(handler, get("/"))).fields;
  const names = (all: typeof fields) => all.map(([name]) => name.toLowerCase());
  assertEquals(names(fields), names(ofGet).filter((name) => name !== "content-length"));
});

Deno.test("a folder that cannot be listed is answered with its status", async () => {
  using tree = makeTree();
  const handler = listingsOf(new Folder({ docroot: tree.root }));
  for (const method of ["GET", "HEAD"]) {
    const request = get("/nowhere/").replace("GET", method);
    assertEquals((await ask(handler, request)).status, 404);
  }
  const folder = {
    find: () => 404 as const,
    confirms: () => false,
    list(): AsyncIterable<FolderEntry> {
      throw new HttpError("Cannot list", { code: "file", status: 403 });
    },
  };
  const refused = await ask(listingsOf(folder), get("/"));
  assertEquals(refused.status, 403);
  assert(!refused.fields.some(([name]) => /policy|vary/i.test(name)));
});

Deno.test("who wants it fresh gets it fresh", async () => {
  let count = 2500;
  const folder = {
    find: () => 404 as const,
    confirms: () => false,
    async *list(): AsyncGenerator<FolderEntry> {
      for (let at = 0; at < count; at++) {
        yield { name: `${at}`, kind: "file", size: at, mtimeMs: 0 };
      }
    },
  };
  const handler = listingsOf(folder);
  const total = async (...fields: string[]): Promise<number> => {
    const { body } = await ask(handler, get("/?page=3", JSON_FIELD, ...fields));
    const { total, page, pages, entries } = JSON.parse(body);
    assertEquals([page, pages, entries.length], [3, 3, total - 2000]);
    return total;
  };
  const { now } = performance;
  const nowMs = now.call(performance);
  // No time passes: what is remembered is so for some seconds.
  performance.now = () => nowMs;
  try {
    assertEquals(await total(), 2500);
    count = 2600;
    assertEquals(await total("Cache-Control: max-age=0"), 2500);
    assertEquals(await total("Cache-Control: no-cache"), 2600);
    assertEquals(await total(), 2600);
  } finally {
    performance.now = now;
  }
});

Deno.test("a page is compressed where files are, for those who take that", async () => {
  using tree = makeTree();
  const handler = listingsOf(new Folder({ docroot: tree.root, compress: true }));
  for (
    const [accepted, coding] of [["gzip", "gzip"], ["br, gzip", "br"], ["identity", undefined]]
  ) {
    const response = await ask(handler, get("/", `Accept-Encoding: ${accepted}`));
    assertEquals([accepted, valueOf(response, "content-encoding")], [accepted, coding]);
    assertEquals(valueOf(response, "vary"), "Accept, Accept-Encoding");
    assertEquals(response.framing, coding === undefined ? "length" : "chunked");
  }
  // It would become no shorter.
  const small = await ask(handler, get("/", JSON_FIELD, "Accept-Encoding: gzip"));
  assertEquals([valueOf(small, "content-encoding"), small.framing], [undefined, "length"]);
  assertEquals(valueOf(small, "vary"), "Accept, Accept-Encoding");
});

Deno.test("a compressed page is the page", async () => {
  using tree = makeTree();
  const bodies: Uint8Array[] = [];
  const folder = new Folder({ docroot: tree.root, compress: true });
  const path = parseSafePath("/") as SafePath;
  for (const accepted of ["identity", "gzip"]) {
    const response = new FileResponse("GET");
    const headers = { "accept-encoding": accepted };
    await makeListing(folder)(response, { method: "GET", rawPath: "/", headers }, path);
    const { body } = response.response();
    const plain = accepted === "gzip" ? body!.pipeThrough(new DecompressionStream("gzip")) : body!;
    bodies.push(new Uint8Array(await new Response(plain).arrayBuffer()));
  }
  assertEquals(bodies[0], bodies[1]);
});

Deno.test("a page is not compressed where nobody asked for that", async () => {
  using tree = makeTree();
  const handler = listingsOf(new Folder({ docroot: tree.root }));
  const response = await ask(handler, get("/", "Accept-Encoding: gzip"));
  assertEquals([valueOf(response, "content-encoding"), valueOf(response, "vary")], [
    undefined,
    "Accept",
  ]);
});

Deno.test({
  name: "a listing says how many names it cannot show",
  ignore: Deno.build.os === "windows",
  async fn() {
    using tree = makeTree();
    const handler = listingsOf(new Folder({ docroot: tree.root }));
    assertStringIncludes((await ask(handler, get("/"))).body, `id="unlisted" hidden></p>`);
    for (const name of ["line\nbreak", "back\\slash", ".hid\nden"]) tree.write(name);
    const { unlisted, total } = JSON.parse((await ask(handler, get("/", JSON_FIELD))).body);
    assertEquals([unlisted, total], [2, 3]);
    assertStringIncludes(
      (await ask(handler, get("/"))).body,
      `id="unlisted">2 more entries cannot be shown: no address can have their names.</p>`,
    );
  },
});

Deno.test("what is changed through the site is listed at once, however large the folder", async () => {
  using tree = new TempTree();
  for (let at = 0; at < 2000; at++) tree.write(`${at}`);
  const folder = new Folder({ docroot: tree.root });
  const handler = listingsOf(folder);
  const total = async (): Promise<number> =>
    JSON.parse((await ask(handler, get("/", JSON_FIELD))).body).total;
  assertEquals(await total(), 2000);
  tree.write("new");
  folder.forget();
  assertEquals(await total(), 2001);
});
