import { assert, assertEquals, assertThrows } from "@std/assert";
import { Docroot, type FileFacts } from "../../../server/files/locate.ts";
import {
  joinPieces,
  openLocated,
  openPart,
  readPart,
  readPieces,
  readWhole,
} from "../../../server/files/open_file.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "./temp_tree.ts";

function locate(tree: TempTree, name: string): FileFacts {
  const found = new Docroot(tree.root).find(name);
  assert(typeof found === "object");
  return found;
}

Deno.test("openLocated() opens the file that was found", () => {
  using tree = new TempTree();
  tree.write("file.txt", "hello");
  using file = openLocated(locate(tree, "file.txt"));
  assert(file !== undefined);
  const bytes = new Uint8Array(10);
  assertEquals(file.readSync(bytes), 5);
});

// The resource sanitizer sees to it that none of these keeps the file open.
const changes: Record<string, (path: string) => void> = {
  "longer": (path) => Deno.writeTextFileSync(path, "more", { append: true }),
  "shorter": (path) => Deno.truncateSync(path, 1),
  "touched": (path) => Deno.utimeSync(path, 1, 1),
};
for (const [change, apply] of Object.entries(changes)) {
  Deno.test(`openLocated() gives nothing when the file is ${change} by now`, () => {
    using tree = new TempTree();
    const path = tree.write("file.txt", "hello");
    const facts = locate(tree, "file.txt");
    apply(path);
    assertEquals(openLocated(facts), undefined);
  });
}

Deno.test("openLocated() gives nothing when another file with the same looks took its place", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt", "hello");
  const other = tree.writeOutside("other.txt", "HELLO");
  for (const each of [path, other]) Deno.utimeSync(each, 1, 1);
  const facts = locate(tree, "file.txt");
  Deno.renameSync(other, path);
  assertEquals(openLocated(facts), undefined);
});

Deno.test("openLocated() gives nothing when a link outside took its place", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt", "hello");
  const secret = tree.writeOutside("secret.txt", "HELLO");
  for (const each of [path, secret]) Deno.utimeSync(each, 1, 1);
  const facts = locate(tree, "file.txt");
  Deno.removeSync(path);
  Deno.symlinkSync(secret, path);
  assertEquals(openLocated(facts), undefined);
});

Deno.test("openLocated() throws when the file is gone", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt");
  const facts = locate(tree, "file.txt");
  Deno.removeSync(path);
  assertThrows(() => openLocated(facts), Deno.errors.NotFound);
});

Deno.test("readPart() reads a part of an open file, and fails when it is no longer there", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt", "0123456789");
  using file = Deno.openSync(path);
  assertEquals(new TextDecoder().decode(readPart(file, path, 2, 3)), "234");
  const error = assertThrows(() => readPart(file, path, 8, 3), HttpError, "it shrank meanwhile");
  assertEquals([error.code, error.status], ["file", 503]);
});

Deno.test("openPart() opens a located file where the part begins", () => {
  using tree = new TempTree();
  tree.write("file.txt", "0123456789");
  const facts = locate(tree, "file.txt");
  for (const offset of [0, 7]) {
    using file = openPart(facts, offset);
    assertEquals(
      readWhole(file, 3),
      new TextEncoder().encode("0123456789").slice(offset, offset + 3),
    );
  }
});

Deno.test("openPart() fails with a status when the file is gone or another one", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt");
  const facts = locate(tree, "file.txt");
  Deno.writeTextFileSync(path, "longer than it was");
  const changed = assertThrows(() => openPart(facts, 0), HttpError, "it changed meanwhile");
  assertEquals([changed.code, changed.status], ["file", 503]);
  Deno.removeSync(path);
  const gone = assertThrows(() => openPart(facts, 0), HttpError, "Cannot send file");
  assertEquals([gone.code, gone.status], ["file", 404]);
});

Deno.test("readPieces() and joinPieces() put bytes and parts of a file together, in any order", () => {
  using tree = new TempTree();
  const path = tree.write("file.txt", "0123456789");
  using file = Deno.openSync(path);
  const encode = (text: string) => new TextEncoder().encode(text);
  const pieces = [
    encode("<"),
    { offset: 7, count: 3 },
    encode("|"),
    { offset: 0, count: 2 },
    encode(">"),
  ];
  assertEquals(new TextDecoder().decode(readPieces(file, path, pieces)), "<789|01>");
  const joined = joinPieces(pieces, encode("0123456789"));
  assertEquals(new TextDecoder().decode(joined), "<789|01>");
  assertEquals(readPieces(file, path, [{ offset: 1, count: 2 }]), encode("12"));
  assertEquals(readPieces(file, path, []), encode(""));
  assertThrows(() => readPieces(file, path, [{ offset: 8, count: 3 }]), HttpError, "it shrank");
});

Deno.test("readPart() fails with a status that says that it is not the client's fault", () => {
  const broken = {
    seekSync: () => 0,
    readSync() {
      throw Object.assign(new Error("I/O error"), { code: "EIO" });
    },
  } as unknown as Deno.FsFile;
  const error = assertThrows(() => readPart(broken, "/a", 0, 1), HttpError, "I/O error");
  assertEquals([error.status, error.code], [503, "file"]);
});
