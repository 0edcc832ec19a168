import { assertEquals } from "@std/assert";
import { allowedMethods } from "../../../server/changes/rights.ts";

const NONE = { upload: false, overwrite: false, edit: false };

Deno.test("without rights only reading is allowed", () => {
  for (const kind of ["file", "folder"] as const) {
    assertEquals(allowedMethods(kind, NONE), ["GET", "HEAD", "OPTIONS"]);
  }
  // HEAD asks about uploads.
  assertEquals(allowedMethods("upload", NONE), ["GET", "OPTIONS"]);
});

Deno.test("each right adds its methods, PUT not for folders", () => {
  const upload = { ...NONE, upload: true };
  assertEquals(allowedMethods("folder", upload), ["GET", "HEAD", "OPTIONS", "POST"]);
  assertEquals(allowedMethods("file", upload), ["GET", "HEAD", "OPTIONS", "POST", "PUT"]);
  assertEquals(allowedMethods("upload", upload), ["HEAD", "PATCH", "DELETE", "OPTIONS"]);
  const edit = { ...NONE, edit: true };
  assertEquals(allowedMethods("upload", edit), ["GET", "OPTIONS"]);
  assertEquals(allowedMethods("file", edit).slice(3), ["DELETE", "MKCOL", "MOVE"]);
  assertEquals(allowedMethods("folder", { ...edit, upload: true }).slice(3), [
    "POST",
    "DELETE",
    "MKCOL",
    "MOVE",
  ]);
});
