// What the file system has while a file is written, when it is whole, and when it fails.

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { FileSink, type OutputFile } from "../../../client/download/file_sink.ts";
import { HttpError } from "../../../wire/errors.ts";
import { TempTree } from "../../server/files/temp_tree.ts";
import { countDescriptors } from "../../open_descriptors.ts";

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function list(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

function rightsOf(path: string): number {
  return Deno.statSync(path).mode! & 0o7777;
}

async function rejection(promise: Promise<unknown>): Promise<HttpError> {
  const error = await assertRejects(() => promise, HttpError);
  assertEquals(error.code, "file");
  return error;
}

Deno.test("a file appears under its name at commit and not before", async () => {
  using tree = new TempTree();
  const sink = await FileSink.create(`${tree.root}/new`);
  await sink.write(bytes("hello "));
  const [temporary, ...more] = list(tree.root);
  assertMatch(temporary ?? "", /^\.new\.[0-9a-f-]{13}\.tmp$/);
  assertEquals(more, []);
  await sink.write(bytes("world"));
  assertEquals(sink.size, 11);
  await sink.commit();
  assertEquals(list(tree.root), ["new"]);
  assertEquals(await Deno.readTextFile(`${tree.root}/new`), "hello world");
  await sink.discard();
  assertEquals(list(tree.root), ["new"]);
});

Deno.test("a file that is discarded leaves nothing, and an existing one as it was", async () => {
  using tree = new TempTree();
  tree.write("old", "content");
  for (const name of ["old", "new"]) {
    const sink = await FileSink.create(`${tree.root}/${name}`);
    await sink.write(bytes("x"));
    await sink.discard();
    await sink.discard();
    assertEquals(list(tree.root), ["old"]);
  }
  assertEquals(await Deno.readTextFile(`${tree.root}/old`), "content");
});

Deno.test("pieces of every size are written in order", async () => {
  using tree = new TempTree();
  const sink = await FileSink.create(`${tree.root}/file`);
  const sizes = [1, 0, 256 * 1024, 256 * 1024 + 1, 3_000_000, 7];
  for (const [n, size] of sizes.entries()) await sink.write(new Uint8Array(size).fill(n + 1));
  await sink.commit();
  const content = await Deno.readFile(`${tree.root}/file`);
  assertEquals(content.length, sizes.reduce((sum, size) => sum + size));
  let at = 0;
  for (const [n, size] of sizes.entries()) {
    assert(content.subarray(at, at += size).every((byte) => byte === n + 1));
  }
});

Deno.test("bytes that the system takes in part are written on", async () => {
  const written: number[] = [];
  const take = (piece: Uint8Array): number => {
    const count = Math.min(3, piece.length);
    written.push(...piece.subarray(0, count));
    return count;
  };
  const file: OutputFile = {
    write: (piece) => Promise.resolve(take(piece)),
    writeSync: take,
    sync: () => Promise.resolve(),
    close: () => {},
  };
  const target = {
    ...{ given: "a", path: "a", folder: "", name: "a" },
    ...{ inPlace: true, existing: undefined },
  };
  for (const temporary of [undefined, "b"]) {
    written.length = 0;
    const sink = new FileSink(target, file, temporary);
    await sink.write(bytes("hello world"));
    assertEquals(new TextDecoder().decode(new Uint8Array(written)), "hello world");
    assertEquals(sink.size, 11);
  }
});

Deno.test("an existing file's permissions are kept, and rule while it is written", async () => {
  using tree = new TempTree();
  const path = tree.write("private", "content");
  for (const mode of [0o600, 0o640, 0o755, 0o666]) {
    Deno.chmodSync(path, mode);
    const sink = await FileSink.create(path);
    const [temporary] = list(tree.root);
    assertEquals(rightsOf(`${tree.root}/${temporary}`), mode);
    await sink.commit();
    assertEquals(rightsOf(path), mode);
  }
});

Deno.test("an existing file's content does not inherit the right to run as its owner", async () => {
  using tree = new TempTree();
  const path = tree.write("program", "content");
  Deno.chmodSync(path, 0o4755);
  await (await FileSink.create(path)).commit();
  assertEquals(rightsOf(path), 0o755);
});

Deno.test("a new file has the permissions of any new file", async () => {
  using tree = new TempTree();
  await (await FileSink.create(`${tree.root}/new`)).commit();
  assertEquals(rightsOf(`${tree.root}/new`), 0o666 & ~Deno.umask());
});

Deno.test("a link stays, and the file that it leads to is replaced", async () => {
  using tree = new TempTree();
  tree.write("folder/file", "content");
  tree.link("link", "folder/file");
  const sink = await FileSink.create(`${tree.root}/link`);
  assertEquals(list(tree.root), ["folder", "link"]);
  assertEquals(list(`${tree.root}/folder`).length, 2);
  await sink.write(bytes("changed"));
  await sink.commit();
  assertEquals(await Deno.readLink(`${tree.root}/link`), "folder/file");
  assertEquals(await Deno.readTextFile(`${tree.root}/folder/file`), "changed");
});

Deno.test("a program that runs can be replaced", async () => {
  using tree = new TempTree();
  const path = `${tree.root}/program`;
  const sleep = new Deno.Command("sh", { args: ["-c", "command -v sleep"] }).outputSync();
  Deno.copyFileSync(new TextDecoder().decode(sleep.stdout).trim(), path);
  await using child = new Deno.Command(path, { args: ["60"] }).spawn();
  const sink = await FileSink.create(path);
  await sink.write(bytes("new version"));
  await sink.commit();
  assertEquals(await Deno.readTextFile(path), "new version");
  child.kill();
  await child.status;
});

Deno.test("names as long as they may be can be written, of whatever characters", async () => {
  using tree = new TempTree();
  for (const name of ["n".repeat(255), "\u{1f332}".repeat(63), "a\nb"]) {
    const sink = await FileSink.create(`${tree.root}/${name}`);
    await sink.commit();
    assertEquals(list(tree.root), [name]);
    Deno.removeSync(`${tree.root}/${name}`);
  }
});

Deno.test("a folder, and a file in none, are refused before anything is written", async () => {
  using tree = new TempTree();
  const folder = await rejection(FileSink.create(tree.root));
  assertEquals(folder.message, `Cannot write file "${tree.root}": it is a folder`);
  const none = await rejection(FileSink.create(`${tree.root}/none/file`));
  assertMatch(none.message, /: there is no such folder$/);
  assertEquals(list(tree.root), []);
});

Deno.test("a device is written in place", async () => {
  const sink = await FileSink.create("/dev/null");
  await sink.write(bytes("hello"));
  await sink.commit();
  assertEquals([sink.size, Deno.statSync("/dev/null").isCharDevice], [5, true]);
});

Deno.test("a FIFO is written in place", async () => {
  using tree = new TempTree();
  tree.fifo("fifo");
  const path = `${tree.root}/fifo`;
  const reading = Deno.readTextFile(path);
  const sink = await FileSink.create(path);
  await sink.write(bytes("hello"));
  await sink.commit();
  assertEquals([await reading, list(tree.root)], ["hello", ["fifo"]]);
});

Deno.test({
  name: "a full disk is named, with its cause",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const sink = await FileSink.create("/dev/full");
    const error = await rejection(sink.write(bytes("hello")));
    assertEquals(
      error.message,
      'Cannot write file "/dev/full": no space left on the device',
    );
    assert(error.cause instanceof Error);
    await sink.discard();
  },
});

Deno.test("a file that may grow no more is an error, and leaves nothing", async () => {
  using tree = new TempTree();
  const target = tree.write("old", "content");
  const { stdout } = await limited(
    512,
    `const sink = await FileSink.create(Deno.args[0]);
    try {
      for (let i = 0; i < 64; i++) await sink.write(new Uint8Array(65536));
      await sink.commit();
    } catch (error) {
      console.log(error.message);
    } finally {
      await sink.discard();
    }`,
    target,
  );
  assertEquals(stdout, `Cannot write file "${target}": file too large\n`);
  assertEquals([list(tree.root), await Deno.readTextFile(target)], [["old"], "content"]);
});

/** Runs a script in a process whose files have a limit of `blocks` of 512 or 1024 bytes, as the shell counts. */
async function limited(blocks: number, script: string, ...args: string[]) {
  const module = new URL("../../../client/download/file_sink.ts", import.meta.url);
  const source = `import { FileSink } from ${JSON.stringify(module.href)};\n${script}`;
  using folder = new TempTree();
  const main = folder.write("main.ts", source);
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  const run = [Deno.execPath(), "run", "--quiet", "-A", "--no-check", "--config", config, main];
  // The signal that comes with the limit would end the process.
  const shell = `trap "" XFSZ; ulimit -f ${blocks}; exec "$@"`;
  const { stdout, stderr } = await new Deno.Command("sh", {
    args: ["-c", shell, "sh", ...run, ...args],
  }).output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

Deno.test({
  name: "a file that may not be written is not replaced (not as root, who may)",
  // Root may write every file.
  ignore: Deno.uid() === 0,
  fn: async () => {
    using tree = new TempTree();
    const path = tree.write("readonly", "content");
    Deno.chmodSync(path, 0o444);
    const error = await rejection(FileSink.create(path));
    assertEquals(error.message, `Cannot write file "${path}": permission denied`);
    assertEquals(await Deno.readTextFile(path), "content");
  },
});

Deno.test({
  name: "without the right to write, the error names the flag",
  permissions: { read: true, write: false },
  fn: async () => {
    const error = await rejection(FileSink.create("new_file_of_a_test"));
    assertMatch(
      error.message,
      /requires write access to ".*", run again with the --allow-write flag$/,
    );
  },
});

Deno.test("a target that became a folder meanwhile is an error, and leaves nothing", async () => {
  using tree = new TempTree();
  const sink = await FileSink.create(`${tree.root}/file`);
  await sink.write(bytes("x"));
  tree.folder("file");
  const error = await rejection(sink.commit());
  assertEquals(error.message, `Cannot write file "${tree.root}/file": it is a folder`);
  await sink.discard();
  assertEquals(list(tree.root), ["file"]);
});

Deno.test("nothing can be written after the end", async () => {
  using tree = new TempTree();
  const sink = await FileSink.create(`${tree.root}/file`);
  await sink.commit();
  assertMatch((await rejection(sink.write(bytes("x")))).message, /: it was closed$/);
  assertMatch((await rejection(sink.commit())).message, /: it was closed$/);
});

Deno.test({
  name: "no descriptor is left, however files end",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using tree = new TempTree();
    const before = countDescriptors();
    for (let i = 0; i < 20; i++) {
      const sink = await FileSink.create(`${tree.root}/${i}`);
      await sink.write(bytes("x"));
      await (i % 2 === 0 ? sink.commit() : sink.discard());
      await FileSink.create(tree.root).catch(() => {});
    }
    assertEquals(countDescriptors(), before);
  },
});
