import { assertEquals } from "@std/assert";
import { FileResponse } from "../../../server/files/file_response.ts";
import { TempTree } from "./temp_tree.ts";

const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at * 7 + (at >> 8));

/** The answer with a part of a file. */
function answerWith(path: string, offset: number, count: number): Response {
  const answer = new FileResponse("");
  answer.sendOpened(Deno.openSync(path), offset, count, path);
  return answer.response();
}

Deno.test("FileResponse makes a Response of status, fields and bytes", async () => {
  const answer = new FileResponse("/static");
  answer.setStatus(206);
  answer.addHeader("Content-Type", "text/plain");
  answer.addHeader("Content-Range", "bytes 0-1/10");
  const kept = new Uint8Array([1, 2]);
  answer.sendKept(kept);
  const response = answer.response();
  assertEquals(response.status, 206);
  assertEquals([...response.headers], [
    ["content-range", "bytes 0-1/10"],
    ["content-type", "text/plain"],
  ]);
  const got = await response.bytes();
  got[0] = 9;
  assertEquals(kept, new Uint8Array([1, 2]), "what is kept for others was changed");
});

Deno.test("FileResponse keeps the fields of an error, and has no body then", () => {
  const answer = new FileResponse("");
  answer.addHeader("Allow", "GET");
  answer.sendError(405);
  const { status, headers, body } = answer.response();
  assertEquals([status, headers.get("allow"), body], [405, "GET", null]);
});

Deno.test("FileResponse redirects to the folder, from wherever that is", () => {
  for (const [location, to] of [["/a/?b", "./a/?b"], ["/x/a/", "./a/"], ["/a/?/b/", "./a/?/b/"]]) {
    const answer = new FileResponse("/static/a");
    answer.redirect(301, location!);
    const { status, headers } = answer.response();
    assertEquals([status, headers.get("location")], [301, to!]);
  }
});

Deno.test("FileResponse reads a small part at once, and closes the file", async () => {
  using tree = new TempTree();
  const path = tree.write("file", bytes);
  for (const [offset, count] of [[0, 65536], [10, 20], [69_999, 1]] as const) {
    const response = answerWith(path, offset, count);
    assertEquals(await response.bytes(), bytes.slice(offset, offset + count));
  }
});

Deno.test("FileResponse streams a larger part, and holds no file meanwhile", async () => {
  using tree = new TempTree();
  const path = tree.write("file", bytes);
  assertEquals(await answerWith(path, 0, 70_000).bytes(), bytes);
  // Dropped: the sanitizer for resources would find the file open.
  answerWith(path, 100, 65537);
});
