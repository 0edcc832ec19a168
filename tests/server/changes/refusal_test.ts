import { assertEquals, assertRejects } from "@std/assert";
import { MultipartError } from "../../../multipart/parse/multipart_error.ts";
import { NewFile } from "../../../multipart/save/upload_folder.ts";
import { quote, Refusal, refusalOf } from "../../../server/changes/refusal.ts";
import { ClosedError, HttpError, LimitError } from "../../../wire/errors.ts";

function statusFor(code: string): number | undefined {
  return refusalOf(Object.assign(new Error("secret /path"), { code }), "Cannot upload")?.status;
}

Deno.test("every error of the file system has a status below 500, 503 or 507", () => {
  const expected: Record<string, number> = {
    ENOSPC: 507,
    EDQUOT: 507,
    EFBIG: 413,
    EACCES: 403,
    EROFS: 403,
    ENOENT: 404,
    ELOOP: 404,
    ENAMETOOLONG: 400,
    EEXIST: 409,
    ENOTEMPTY: 409,
    EXDEV: 409,
    EBUSY: 409,
    EMFILE: 503,
    EIO: 503,
    EWHATEVER: 503,
  };
  for (const [code, status] of Object.entries(expected)) {
    assertEquals(statusFor(code), status, code);
  }
});

Deno.test("what the client reads has no path of the system in it", () => {
  const error = Object.assign(new Error("open '/srv/secret'"), { code: "EACCES" });
  assertEquals(
    refusalOf(error, 'Cannot upload "a"')?.message,
    'Cannot upload "a": the server is not permitted to do that',
  );
  const wrapped = new HttpError('Cannot write file "/srv/secret"', { code: "file", cause: error });
  assertEquals(refusalOf(wrapped, "Cannot upload")?.status, 403);
  const bare = new HttpError('Cannot write file "/srv/secret": odd', { code: "file" });
  assertEquals(refusalOf(bare, "Cannot upload")?.status, 503);
});

Deno.test("limits and malformed forms keep their status, refusals stay as they are", () => {
  assertEquals(refusalOf(new LimitError("maxUploadBytes", 5, 413), "")?.status, 413);
  assertEquals(refusalOf(new MultipartError("no end"), "")?.status, 400);
  const refusal = new Refusal(423, "Cannot wait", { "Upload-Offset": "1" });
  assertEquals(refusalOf(refusal, ""), refusal);
});

Deno.test("the runtime's own permissions count as the system's", () => {
  assertEquals(refusalOf(new Deno.errors.NotCapable("no"), "Cannot upload")?.status, 403);
});

Deno.test("a lost connection and defects are thrown on", () => {
  assertEquals(refusalOf(new ClosedError("Cannot read body"), ""), undefined);
  assertEquals(refusalOf(new TypeError("defect"), ""), undefined);
  assertEquals(refusalOf(undefined, ""), undefined);
});

Deno.test({
  name: "a full disk is 507",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const file = Deno.openSync("/dev/full", { write: true });
    const error = await assertRejects(() =>
      new NewFile("/dev/full", file).write(new Uint8Array(9))
    );
    file.close();
    assertEquals(
      refusalOf(error, 'Cannot upload "a"')?.message,
      'Cannot upload "a": there is no space left',
    );
  },
});

Deno.test("names are quoted", () => {
  assertEquals(quote('a"\n'), '"a\\"\\n"');
});
