import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { bodyWithFile, FileBody, openFile } from "../../client/file_body.ts";
import { HttpError } from "../../wire/errors.ts";

async function inFolder(run: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_file_body_" });
  try {
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("bodyWithFile() knows path, size and media type", async () => {
  await inFolder(async (folder) => {
    const types: [string, string | undefined][] = [
      ["a.json", "application/json; charset=UTF-8"],
      ["a.PNG", "image/png"],
      ["a.unknown-to-all", undefined],
      ["a", undefined],
      [".html", undefined],
    ];
    for (const [name, type] of types) {
      const path = `${folder}/${name}`;
      await Deno.writeTextFile(path, "hello");
      const body = await bodyWithFile(path);
      assertEquals([body.path, body.size, body.contentType], [path, 5, type], name);
    }
  });
});

Deno.test("bodyWithFile() refuses what is no readable regular file, with its path", async () => {
  await inFolder(async (folder) => {
    for (const path of [folder, `${folder}/none`, "/dev/null"]) {
      const error = await assertRejects(
        () => bodyWithFile(path),
        HttpError,
        `Cannot send file "${path}"`,
      );
      assertEquals(error.code, "file");
    }
    const error = await assertRejects(() => bodyWithFile(`${folder}/none`), HttpError);
    assertInstanceOf(error.cause, Deno.errors.NotFound);
  });
});

Deno.test({
  name: "bodyWithFile() refuses a FIFO without waiting for its writer",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/fifo`;
      await new Deno.Command("mkfifo", { args: [path] }).output();
      await assertRejects(() => bodyWithFile(path), HttpError, "it is not a regular file");
    }),
});

Deno.test({
  name: "bodyWithFile() refuses a file that may not be read (not as root, who may)",
  ignore: Deno.build.os === "windows" || Deno.uid() === 0,
  fn: () =>
    inFolder(async (folder) => {
      const path = `${folder}/secret`;
      await Deno.writeTextFile(path, "x", { mode: 0 });
      const error = await assertRejects(() => bodyWithFile(path), HttpError);
      assertInstanceOf(error.cause, Deno.errors.PermissionDenied);
    }),
});

Deno.test("openFile() opens a file that has the size that was announced, and no other", async () => {
  await inFolder(async (folder) => {
    const path = `${folder}/file`;
    await Deno.writeTextFile(path, "hello");
    {
      using file = openFile(path, 5);
      const into = new Uint8Array(9);
      assertEquals(file.readSync(into), 5);
    }
    for (const size of [4, 6]) {
      const error = assertThrows(() => openFile(path, size), HttpError);
      assertEquals(error.message, `Cannot send file "${path}": it had ${size} bytes and now has 5`);
      assertEquals(error.code, "file");
    }
    await Deno.remove(path);
    const error = assertThrows(() => openFile(path, 5), HttpError, `Cannot send file "${path}"`);
    assert(error.cause instanceof Deno.errors.NotFound && error.code === "file");
  });
});

Deno.test("a FileBody says what it was told, and looks at nothing", () => {
  const body = new FileBody("/no/such/file.css", 7);
  assertEquals([body.size, body.contentType], [7, "text/css; charset=UTF-8"]);
});
