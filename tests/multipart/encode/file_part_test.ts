import { assert, assertEquals, assertIsError, assertRejects, assertThrows } from "@std/assert";
import { FileSupply, lookAtFile } from "../../../multipart/encode/file_part.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";

async function readAll(supply: FileSupply): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let it = await supply.read(); it !== undefined; it = await supply.read()) pieces.push(it);
  return await new Blob(pieces).bytes();
}

function patterned(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(size).map((_, i) => i * 31 + (i >> 8));
}

Deno.test("lookAtFile() tells size and time of a file", () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "hello");
  Deno.utimeSync(path, 1000, 2000);
  assertEquals(lookAtFile(path), { path, size: 5, mtimeMs: 2_000_000 });
});

Deno.test("lookAtFile() refuses what is not a regular file, without opening it", () => {
  using tree = new TempTree();
  tree.folder("folder");
  tree.fifo("fifo");
  for (const name of ["folder", "fifo"]) {
    const path = `${tree.root}/${name}`;
    const error = assertThrows(() => lookAtFile(path), HttpError);
    assertEquals(error.message, `Cannot add file "${path}": it is not a regular file`);
    assertEquals(error.code, "file");
  }
});

Deno.test("lookAtFile() says which file is missing, and keeps the cause", () => {
  const error = assertThrows(() => lookAtFile("/no/such/file"), HttpError);
  assert(error.message.startsWith('Cannot add file "/no/such/file": '), error.message);
  assertEquals(error.code, "file");
  assertIsError(error.cause, Deno.errors.NotFound);
});

Deno.test({
  name: Deno.uid() === 0
    ? "lookAtFile() refuses a file that may not be read [ignored: root may read all files]"
    : "lookAtFile() refuses a file that may not be read",
  ignore: Deno.uid() === 0,
  fn() {
    using tree = new TempTree();
    const path = tree.write("secret");
    Deno.chmodSync(path, 0);
    assertThrows(() => lookAtFile(path), HttpError, "Cannot add file");
  },
});

Deno.test("lookAtFile() says what is missing where there is no Deno", () => {
  const { Deno: deno } = globalThis;
  Reflect.deleteProperty(globalThis, "Deno");
  try {
    assertThrows(() => lookAtFile("a"), TypeError, 'Cannot add file "a": only Deno opens files');
  } finally {
    Reflect.set(globalThis, "Deno", deno);
  }
});

Deno.test("FileSupply reads a file in pieces of bounded size", async () => {
  using tree = new TempTree();
  for (const size of [0, 1, 65535, 65536, 65537, 200_000]) {
    const content = patterned(size);
    const supply = new FileSupply(lookAtFile(tree.write("file", content)));
    assertEquals(await readAll(supply), content);
    assertEquals(await supply.read(), undefined);
  }
});

Deno.test("FileSupply refuses a file whose size changed before it was opened", async () => {
  using tree = new TempTree();
  const path = tree.write("file", "12345");
  for (const content of ["", "1234", "123456"]) {
    tree.write("file", "12345");
    const supply = new FileSupply(lookAtFile(path));
    tree.write("file", content);
    const error = await assertRejects(() => supply.read(), HttpError);
    assertEquals(
      error.message,
      `Cannot send file "${path}": it had 5 bytes and now has ${content.length}`,
    );
    assertEquals(error.code, "file");
    supply.close();
  }
});

Deno.test("FileSupply refuses a file that shrinks while it is read", async () => {
  using tree = new TempTree();
  const path = tree.write("file", patterned(200_000));
  const supply = new FileSupply(lookAtFile(path));
  await supply.read();
  Deno.truncateSync(path, 100_000);
  await assertRejects(() => readAll(supply), HttpError, "it had 200000 bytes and now has 100000");
  supply.close();
});

Deno.test("FileSupply refuses a file that grows while it is read", async () => {
  using tree = new TempTree();
  const path = tree.write("file", patterned(200_000));
  const supply = new FileSupply(lookAtFile(path));
  await supply.read();
  Deno.truncateSync(path, 300_000);
  await assertRejects(() => readAll(supply), HttpError, "it had 200000 bytes and now has 300000");
  supply.close();
});

Deno.test("FileSupply says that a file has gone", async () => {
  using tree = new TempTree();
  const path = tree.write("file", "x");
  const supply = new FileSupply(lookAtFile(path));
  Deno.removeSync(path);
  const error = await assertRejects(() => supply.read(), HttpError, `Cannot read file "${path}"`);
  assertIsError(error.cause, Deno.errors.NotFound);
});

Deno.test("FileSupply closes its file when it is given up, opened or not", async () => {
  using tree = new TempTree();
  const facts = lookAtFile(tree.write("file", patterned(200_000)));
  new FileSupply(facts).close();
  const opened = new FileSupply(facts);
  await opened.read();
  opened.close(); // the sanitizer would see the file otherwise
  assertEquals(await opened.read(), undefined);
});
