import { assertEquals } from "@std/assert";
import { listingToJson } from "../../../server/listing/json.ts";

const RIGHTS = { upload: true, edit: false, overwrite: false, zip: true };

Deno.test("listingToJson() tells what is on a page, and what may be done", () => {
  const json = listingToJson(
    "a/b",
    {
      entries: [
        { name: 'x"<\n', kind: "folder", size: 0, mtimeMs: null, key: "" },
        { name: "y", kind: "file", size: 3, mtimeMs: 1_700_000_000_000, key: "" },
      ],
      ...{ before: 0, total: 2, page: 1, pages: 1 },
    },
    { ...RIGHTS, other: "a secret" } as typeof RIGHTS,
    4,
  );
  assertEquals(JSON.parse(json), {
    path: "/a/b/",
    entries: [
      { name: 'x"<\n', type: "folder", size: 0, modified: null },
      { name: "y", type: "file", size: 3, modified: "2023-11-14T22:13:20.000Z" },
    ],
    ...{ total: 2, page: 1, pages: 1, unlisted: 4, rights: RIGHTS },
  });
});

Deno.test("listingToJson() calls the root a slash", () => {
  const selection = { entries: [], before: 0, total: 0, page: 1, pages: 1 };
  assertEquals(JSON.parse(listingToJson("", selection, RIGHTS, 0)).path, "/");
});
