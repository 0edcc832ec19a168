import { assertEquals, assertThrows } from "@std/assert";
import type { Change } from "../../../server/changes/change.ts";
import { checkConditions } from "../../../server/changes/conditions.ts";
import { Refusal } from "../../../server/changes/refusal.ts";
import { makeEtag } from "../../../server/files/etag.ts";
import { TempTree } from "../files/temp_tree.ts";

function meets(headers: Record<string, string>, info: Deno.FileInfo | undefined): boolean {
  const change = { req: { method: "PUT", headers } } as unknown as Change;
  try {
    checkConditions(change, info, "Cannot upload");
    return true;
  } catch (error) {
    assertEquals([error instanceof Refusal, (error as Refusal).status], [true, 412]);
    return false;
  }
}

Deno.test("a file has the validators with which it is served", () => {
  using tree = new TempTree();
  const info = Deno.lstatSync(tree.write("a"));
  const etag = makeEtag(info.size, info.mtime!.getTime());
  assertEquals(meets({}, info), true);
  assertEquals(meets({ "if-match": etag }, info), true);
  assertEquals(meets({ "if-match": "*" }, info), true);
  assertEquals(meets({ "if-match": `W/${etag}` }, info), false);
  assertEquals(meets({ "if-none-match": "*" }, info), false);
  assertEquals(meets({ "if-unmodified-since": "Sat, 01 Jan 2000 00:00:00 GMT" }, info), false);
});

Deno.test("what is no file exists, but matches no tag, and what is not there meets no If-Match", () => {
  using tree = new TempTree();
  const info = Deno.lstatSync(tree.root);
  assertEquals(meets({ "if-match": "*" }, info), true);
  assertEquals(meets({ "if-match": '"x"' }, info), false);
  assertEquals(meets({ "if-match": "*" }, undefined), false);
  assertEquals(meets({ "if-none-match": "*" }, undefined), true);
});

Deno.test("the refusal says what is wrong", () => {
  const change = { req: { method: "PUT", headers: { "if-match": "*" } } } as unknown as Change;
  const { message } = assertThrows(
    () => checkConditions(change, undefined, "Cannot move"),
    Refusal,
  );
  assertEquals(message, "Cannot move: it is not what the request expects");
});
