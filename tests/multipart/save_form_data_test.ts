import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { safeFilename } from "../../multipart/save/safe_filename.ts";
import {
  type SavedForm,
  saveFormData,
  type SaveFormOptions,
} from "../../multipart/save_form_data.ts";
import { HttpError, LimitError } from "../../wire/errors.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { type FakePart, FakeParts } from "./fake_parts.ts";

const byFilename: SaveFormOptions = { name: (part) => safeFilename(part.filename ?? "") };

function list(path: string): string[] {
  return [...Deno.readDirSync(path)].map((it) => it.name).sort();
}

function contents(form: SavedForm): string[] {
  return form.files.map((it) => Deno.readTextFileSync(it.path));
}

/** Pieces that end in an error. */
function* failing(pieces: string[], error: unknown): Iterable<string> {
  yield* pieces;
  throw error;
}

Deno.test("saveFormData() writes files under random names and collects fields in their order", async () => {
  using tree = new TempTree();
  const form = await saveFormData(
    new FakeParts([
      { name: "b", body: ["1"] },
      { name: "photo", filename: "../sunset.jpg", contentType: "image/jpeg", body: ["ab", "c"] },
      { name: "a", body: ["2"] },
      { name: "b", body: [] },
      { name: "photo", filename: "empty" },
    ]),
    tree.root,
  );
  assertEquals([...form.fields], [["b", "1"], ["a", "2"], ["b", ""]]);
  assertEquals(contents(form), ["abc", ""]);
  assertEquals(form.files.map(({ path: _, ...rest }) => rest), [
    { name: "photo", filename: "../sunset.jpg", contentType: "image/jpeg", size: 3 },
    { name: "photo", filename: "empty", contentType: undefined, size: 0 },
  ]);
  assertEquals(
    form.files.map((it) => it.path).sort(),
    list(tree.root).map((it) => `${tree.root}/${it}`),
  );
  for (const name of list(tree.root)) assert(/^[0-9a-f-]{36}$/.test(name), name);
});

Deno.test("saveFormData() takes __proto__ for a name like any other", async () => {
  using tree = new TempTree();
  const form = await saveFormData(new FakeParts([{ name: "__proto__", body: ["x"] }]), tree.root);
  assertEquals(form.fields.getAll("__proto__"), ["x"]);
});

Deno.test("saveFormData() reads fields as UTF-8, whatever was sent", async () => {
  using tree = new TempTree();
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc, 0xff, 0x0d, 0x0a]);
  const form = await saveFormData(
    new FakeParts([{ name: "\u00e9", body: [bytes.subarray(0, 4), bytes.subarray(4)] }]),
    tree.root,
  );
  assertEquals([...form.fields], [["\u00e9", "\ufeff\u00fc\ufffd\r\n"]]);
});

Deno.test("saveFormData() leaves out what browsers send where no file was chosen", async () => {
  using tree = new TempTree();
  const none: FakePart = { filename: "", contentType: "application/octet-stream" };
  const empty = new Uint8Array(0);
  const form = await saveFormData(
    new FakeParts([none, { ...none, body: [empty, empty] }, { filename: "", body: [empty, "x"] }]),
    tree.root,
    { maxFiles: 1 },
  );
  assertEquals(form.files.map((it) => [it.filename, it.size]), [["", 1]]);
  assertEquals(list(tree.root).length, 1);
  assertEquals([...form.fields], []);
});

Deno.test("saveFormData() names files as it is told, and numbers what is there already", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "old");
  tree.link("b.txt", `${tree.outside}/planted`);
  const form = await saveFormData(
    new FakeParts([
      { filename: "C:\\a.txt", body: ["1"] },
      { filename: "../a.txt", body: ["2"] },
      { filename: "b.txt", body: ["3"] },
      { filename: "/", body: ["4"] },
    ]),
    tree.root,
    byFilename,
  );
  const names = ["a (2).txt", "a (3).txt", "b (2).txt", "file"];
  assertEquals(form.files.map((it) => it.path), names.map((it) => `${tree.root}/${it}`));
  assertEquals(contents(form), ["1", "2", "3", "4"]);
  assertEquals(list(tree.outside), []);
  await form.remove();
  assertEquals(list(tree.root), ["a.txt", "b.txt"]);
});

Deno.test("saveFormData() tells the function that names files which part it is about", async () => {
  using tree = new TempTree();
  const form = await saveFormData(
    new FakeParts([{ name: "photo", filename: "x", contentType: "image/png", body: ["1"] }]),
    tree.root,
    { name: (part) => `${part.name}-${part.filename}.${part.contentType?.slice(6)}` },
  );
  assertEquals(form.files[0].path, `${tree.root}/photo-x.png`);
});

Deno.test("saveFormData() refuses chosen names that are not one safe segment", async () => {
  using tree = new TempTree();
  for (const name of ["../a", "a/b", "a\\b", "", ".", "..", ".a", "a:b", "nul", "a ", "a\0"]) {
    const parts = new FakeParts([{ filename: "1", body: ["1"] }, { filename: "2", body: ["2"] }]);
    const error = await assertRejects(
      () => saveFormData(parts, tree.root, { name: (it) => it.filename === "1" ? "1" : name }),
      TypeError,
    );
    assertEquals(
      error.message,
      `Cannot save file: its name ${JSON.stringify(name)} is not safe, ` +
        `${JSON.stringify(safeFilename(name))} would be`,
    );
    assert(parts.cancelled);
    assertEquals(list(tree.root), []);
  }
  const name = (() => 1) as unknown as () => string;
  await assertRejects(
    () => saveFormData(new FakeParts([{ filename: "1" }]), tree.root, { name }),
    TypeError,
    "Cannot save file: its name is number, not a string",
  );
});

Deno.test("saveFormData() asks for a piece when the last one is written", async () => {
  using tree = new TempTree();
  const sizes: number[] = [];
  function* body(): Iterable<string> {
    for (let i = 0; i < 5; i++) {
      sizes.push(Deno.statSync(`${tree.root}/a`).size);
      yield "x".repeat(100_000);
    }
  }
  await saveFormData(
    new FakeParts([{ filename: "a", body: chain(["1"], body()) }]),
    tree.root,
    byFilename,
  );
  assertEquals(sizes, [1, 100_001, 200_001, 300_001, 400_001]);
});

function* chain(...all: Iterable<string>[]): Iterable<string> {
  for (const one of all) yield* one;
}

const LIMITS: [limit: keyof SaveFormOptions, parts: FakePart[], value: number][] = [
  ["maxFiles", [{ filename: "1" }, { body: ["x"] }, { filename: "2" }, { filename: "" }], 2],
  ["maxFileBytes", [{ filename: "1", body: ["ab"] }, { filename: "2", body: ["ab", "c"] }], 3],
  ["maxSavedBytes", [{ filename: "1", body: ["ab"] }, { filename: "2", body: ["c", "d"] }], 4],
  [
    "maxBufferedBytes",
    [{ filename: "1", body: ["abcdef"] }, { body: ["\u00fc"] }, { body: ["c"] }],
    3,
  ],
];

for (const [limit, form, value] of LIMITS) {
  Deno.test(`saveFormData() accepts exactly ${limit}, and no more`, async () => {
    using tree = new TempTree();
    const saved = await saveFormData(new FakeParts(form), tree.root, { [limit]: value });
    await saved.remove();
    assertEquals(list(tree.root), []);

    const parts = new FakeParts(form);
    const error = await assertRejects(
      () => saveFormData(parts, tree.root, { [limit]: value - 1 }),
      LimitError,
    );
    assertEquals([error.limit, error.max, error.status], [limit, value - 1, 413]);
    assert(parts.cancelled);
    assertEquals(list(tree.root), []);
  });

  Deno.test(`saveFormData() refuses a ${limit} that is no limit`, async () => {
    for (const bad of [-1, 0.5, NaN, "1", null]) {
      await assertRejects(
        () => saveFormData(new FakeParts([]), "/", { [limit]: bad }),
        RangeError,
        `"${limit}"`,
      );
    }
    await saveFormData(new FakeParts([]), "/", { [limit]: Infinity });
    await saveFormData(new FakeParts([]), "/", { [limit]: 0 });
  });
}

Deno.test("saveFormData() refuses a name that is no function", async () => {
  const options = { name: "a" } as unknown as SaveFormOptions;
  await assertRejects(
    () => saveFormData(new FakeParts([]), "/", options),
    TypeError,
    'Cannot take option "name": it is not a function',
  );
});

Deno.test("saveFormData() writes nothing of a piece that exceeds a limit", async () => {
  using tree = new TempTree();
  let size: number | undefined;
  const parts = new FakeParts([{ filename: "a", body: ["12", "3"] }]);
  const { remove } = Deno;
  Deno.remove = (path) => {
    size = Deno.statSync(path).size;
    return remove(path);
  };
  try {
    const options = { ...byFilename, maxFileBytes: 2 };
    await assertRejects(() => saveFormData(parts, tree.root, options), LimitError);
  } finally {
    Deno.remove = remove;
  }
  assertEquals(size, 2);
});

Deno.test("saveFormData() removes what it wrote when the body of a file fails", async () => {
  using tree = new TempTree();
  const failure = new Error("cut");
  const parts = new FakeParts([
    { filename: "1", body: ["1"] },
    { filename: "2", body: failing(["2", "2"], failure) },
  ]);
  const error = await assertRejects(() => saveFormData(parts, tree.root));
  assertStrictEquals(error, failure);
  assert(parts.cancelled);
  assertEquals(list(tree.root), []);
});

Deno.test("saveFormData() removes what it wrote when a field, or the form itself, fails", async () => {
  using tree = new TempTree();
  const failure = new Error("cut");
  const file: FakePart = { filename: "1", body: ["1"] };
  function* broken(): Iterable<FakePart> {
    yield file;
    assertEquals(list(tree.root).length, 1);
    throw failure;
  }
  const field: FakePart = { body: failing(["a"], failure) };
  for (const parts of [broken(), [file, field]]) {
    assertStrictEquals(
      await assertRejects(() => saveFormData(new FakeParts(parts), tree.root)),
      failure,
    );
    assertEquals(list(tree.root), []);
  }
});

Deno.test("saveFormData() removes what it wrote, and fails, though the source never stops", async () => {
  using tree = new TempTree();
  const parts = new FakeParts([{ filename: "1", body: ["123"] }]);
  parts.onCancel = () => new Promise<void>(() => {});
  await assertRejects(() => saveFormData(parts, tree.root, { maxFileBytes: 2 }), LimitError);
  assertEquals([list(tree.root), parts.cancelled], [[], true]);
});

Deno.test("saveFormData() tells what failed first, though removing and cancelling fail, too", async () => {
  using tree = new TempTree();
  const parts = new FakeParts([{ filename: "1", body: ["1"] }, { filename: "2", body: ["123"] }]);
  parts.onCancel = () => Promise.reject(new Error("not cancelled"));
  const { remove } = Deno;
  Deno.remove = () => Promise.reject(new Deno.errors.PermissionDenied("not removed (os error 13)"));
  try {
    await assertRejects(() => saveFormData(parts, tree.root, { maxFileBytes: 2 }), LimitError);
  } finally {
    Deno.remove = remove;
  }
  assertEquals(list(tree.root).length, 2);
});

Deno.test("saveFormData() says that its folder is missing, and asks for no more of the form", async () => {
  using tree = new TempTree();
  const parts = new FakeParts([{ body: ["a"] }, { filename: "1", body: ["a", "b", "c"] }]);
  const error = await assertRejects(
    () => saveFormData(parts, `${tree.root}/missing`, byFilename),
    HttpError,
  );
  assertEquals(
    error.message,
    `Cannot write file "${tree.root}/missing/1": there is no such folder`,
  );
  assertEquals([error.code, error.operation, error.status], ["file", "write", undefined]);
  assert(parts.cancelled);
  // The field with its end, and the piece that was there before a file was created.
  assertEquals(parts.pulled, 3);
});

const hasFull = Deno.build.os === "linux";
const whyNot = hasFull ? "" : " [ignored: only Linux has /dev/full]";

Deno.test(`saveFormData() removes what it wrote when the disk is full${whyNot}`, {
  ignore: !hasFull,
}, async () => {
  using tree = new TempTree();
  const parts = new FakeParts([{ filename: "1", body: ["1"] }, { filename: "2", body: ["2"] }]);
  const { open } = Deno;
  Deno.open = async (path, options) => {
    const file = await open(path, options);
    if (!String(path).endsWith("/2")) return file;
    file.close();
    return await open("/dev/full", { write: true });
  };
  try {
    await assertRejects(
      () => saveFormData(parts, tree.root, byFilename),
      HttpError,
      `Cannot write file "${tree.root}/2": no space left on the device`,
    );
  } finally {
    Deno.open = open;
  }
  assert(parts.cancelled);
  assertEquals(list(tree.root), []);
});

Deno.test("remove() of a saved form removes its files, once, and none that was moved", async () => {
  using tree = new TempTree();
  const form = await saveFormData(
    new FakeParts([{ filename: "1", body: ["1"] }, { filename: "2", body: ["2"] }]),
    tree.root,
  );
  Deno.renameSync(form.files[0].path, `${tree.root}/kept`);
  await Promise.all([form.remove(), form.remove()]);
  await form.remove();
  assertEquals(list(tree.root), ["kept"]);
});
