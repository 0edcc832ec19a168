import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { escapeName, toCrlf } from "../../multipart/encode/disposition.ts";
import { MultipartForm } from "../../multipart/form.ts";
import { HttpError } from "../../wire/errors.ts";
import { TempTree } from "../server/files/temp_tree.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** The bytes of a form, as many as it said. */
async function send(form: MultipartForm): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await new Response(form.stream()).bytes();
  assertEquals(bytes.length, form.contentLength);
  assertEquals(bytes.length, form.length);
  return bytes;
}

async function text(form: MultipartForm): Promise<string> {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(await send(form));
}

/** What the platform's own parser reads. */
async function read(form: MultipartForm): Promise<FormData> {
  const body = await send(form);
  return await new Response(body, { headers: { "Content-Type": form.contentType } }).formData();
}

function streamOf(...pieces: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(pieces.map(bytesOf));
}

Deno.test("a form of each kind of part is these very bytes", async () => {
  using tree = new TempTree();
  const form = new MultipartForm({ boundary: "b" })
    .add("text", "a\nb\rc\r\nd")
    .add('q"uote\n', "")
    .addFile("page", tree.write("ü.html", "<p>"))
    .addFile("file", tree.write("none", ""), { filename: 'a"\r\n.bin', contentType: "x/y; z=1" })
    .addBlob("blob", new Blob(["\r\n"]))
    .addBlob("named", new File(["n"], "n.txt", { type: "text/plain" }))
    .addStream("stream", streamOf("st", "ream"), { filename: "s.json", size: 6 });
  assertEquals(
    await text(form),
    '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\nb\r\nc\r\nd\r\n' +
      '--b\r\nContent-Disposition: form-data; name="q%22uote%0D%0A"\r\n\r\n\r\n' +
      '--b\r\nContent-Disposition: form-data; name="page"; filename="ü.html"\r\n' +
      "Content-Type: text/html; charset=UTF-8\r\n\r\n<p>\r\n" +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a%22%0D%0A.bin"\r\n' +
      "Content-Type: x/y; z=1\r\n\r\n\r\n" +
      '--b\r\nContent-Disposition: form-data; name="blob"; filename="blob"\r\n' +
      "Content-Type: application/octet-stream\r\n\r\n\r\n\r\n" +
      '--b\r\nContent-Disposition: form-data; name="named"; filename="n.txt"\r\n' +
      "Content-Type: text/plain\r\n\r\nn\r\n" +
      '--b\r\nContent-Disposition: form-data; name="stream"; filename="s.json"\r\n' +
      "Content-Type: application/json; charset=UTF-8\r\n\r\nstream\r\n" +
      "--b--\r\n",
  );
});

Deno.test("an empty form is its last delimiter", async () => {
  const form = new MultipartForm({ boundary: "b" });
  assertEquals(await text(form), "--b--\r\n");
  assertEquals(form.contentLength, 7);
});

Deno.test("the Content-Type names the boundary", () => {
  const form = new MultipartForm();
  assertEquals(form.contentType, `multipart/form-data; boundary=${form.boundary}`);
  assertEquals(new MultipartForm({ boundary: "a b" }).contentType.slice(-5), '"a b"');
  assert(new MultipartForm().boundary !== form.boundary);
});

Deno.test("a boundary that is none is refused", () => {
  for (const boundary of ["", "a ", "x".repeat(71), 'a"', "a\r\nX: y"]) {
    assertThrows(() => new MultipartForm({ boundary }), TypeError, "is not a boundary");
  }
});

Deno.test("a boundary that is no string is refused, whatever text it makes of itself", () => {
  const texts = ["b", "b", "b", "b\r\nX: y"];
  const changing = { toString: () => texts.shift() ?? "b" };
  for (const boundary of [changing, ["b"], 5, null, 5n, new String("b")]) {
    assertThrows(
      () => new MultipartForm({ boundary: boundary as unknown as string }),
      TypeError,
      "Cannot make form: its boundary is not a string",
    );
  }
});

Deno.test("a boundary cannot be changed afterwards", async () => {
  const form = new MultipartForm({ boundary: "b" });
  assertThrows(() => (form as { boundary: string }).boundary = "b\r\nX: 1", TypeError);
  assertThrows(() => Object.assign(form, { boundary: "c" }), TypeError);
  Object.defineProperty(form, "boundary", { value: "b\r\nX: 1" });
  assertEquals(form.contentType, "multipart/form-data; boundary=b");
  assertEquals((await text(form.add("n", "v"))).includes("X: 1"), false);
});

Deno.test("a media type that is no text is refused, whatever text it makes of itself", () => {
  const types = ["a/b", "a/b\r\nX: 1"];
  const type = { toString: () => types.shift() };
  const blob = Object.defineProperty(new Blob(["x"]), "type", { value: type });
  assertThrows(() => new MultipartForm().addBlob("n", blob), TypeError, "is not a media type");
});

Deno.test("the platform's parser reads the same names and values", async () => {
  const form = new MultipartForm()
    .add("a", "1").add("b", "naïve 😀").add("a", "2")
    .addBlob("f", new File(["\0\r\n--\xff"], "日本.bin", { type: "image/png" }));
  const data = await read(form);
  assertEquals([...data.keys()], ["a", "b", "a", "f"]);
  assertEquals(data.getAll("a"), ["1", "2"]);
  assertEquals(data.get("b"), "naïve 😀");
  const file = data.get("f") as File;
  assertEquals([file.name, file.type], ["日本.bin", "image/png"]);
  assertEquals(await file.text(), "\0\r\n--\xff");
});

Deno.test("what any names and values become is read back by the platform's parser", async () => {
  const any = fc.string({
    unit: fc.oneof(
      fc.constantFrom('"', "\r", "\n", "é", "😀", "-", "%"),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  });
  // A form refuses NUL; Deno's parser takes off blanks within the quotes, and ends them at a semicolon.
  const name = any.map((it) => `n${it.replace(/[\0;]/g, "")}n`);
  const entry = fc.record({
    name,
    value: any,
    filename: fc.option(name, { nil: undefined }),
  });
  await fc.assert(fc.asyncProperty(fc.array(entry, { maxLength: 6 }), async (entries) => {
    const form = new MultipartForm();
    for (const { name, value, filename } of entries) {
      if (filename === undefined) form.add(name, value);
      else form.addBlob(name, new Blob([value]), { filename });
    }
    const found = [...await read(form)];
    assertEquals(found.length, entries.length);
    for (const [i, { name, value, filename }] of entries.entries()) {
      const [foundName, foundValue] = found[i]!;
      assertEquals(foundName, escapeName(toCrlf(name)));
      if (filename === undefined) {
        assertEquals(foundValue, toCrlf(value).toWellFormed());
      } else {
        assertEquals((foundValue as File).name, escapeName(filename));
        assertEquals(await (foundValue as File).bytes(), bytesOf(value));
      }
    }
  }));
});

Deno.test("segments and stream are the same bytes, as many as announced", async () => {
  using tree = new TempTree();
  const files = [0, 1, 70_000].map((size) => tree.write(`f${size}`, new Uint8Array(size).fill(97)));
  const part = fc.oneof(
    fc.record({ kind: fc.constant("text"), size: fc.nat(200_000) }),
    fc.record({ kind: fc.constant("file"), size: fc.nat(files.length - 1) }),
    fc.record({ kind: fc.constant("blob"), size: fc.nat(1000) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
      const form = new MultipartForm();
      for (const { kind, size } of parts) {
        if (kind === "text") form.add("text", "ä".repeat(size));
        else if (kind === "file") form.addFile("file", files[size]!);
        else form.addBlob("blob", new Blob(["b".repeat(size)]));
      }
      const pieces: BlobPart[] = [];
      for (const segment of form.segments()) {
        if (segment.kind === "bytes") pieces.push(segment.bytes);
        else if (segment.kind === "file") pieces.push(Deno.readFileSync(segment.path));
        else pieces.push(await new Response(segment.open()).bytes());
      }
      assertEquals(await new Blob(pieces).bytes(), await send(form));
    }),
    { numRuns: 25 },
  );
});

Deno.test("small parts share a segment", () => {
  const form = new MultipartForm();
  for (let i = 0; i < 100; i++) form.add(`field ${i}`, "value");
  assertEquals([...form.segments()].length, 1);
});

Deno.test("a file segment tells size and time of the file", () => {
  using tree = new TempTree();
  const path = tree.write("a", "123");
  Deno.utimeSync(path, 1, 2);
  const [, segment] = new MultipartForm().addFile("a", path).segments();
  assertEquals(segment, { kind: "file", path, size: 3, mtimeMs: 2000 });
});

Deno.test("addFile() takes the media type from the path, not from a file name given", async () => {
  using tree = new TempTree();
  const form = new MultipartForm()
    .addFile("a", tree.write("a.json", "{}"), { filename: "b.txt" })
    .addFile("b", tree.write("no_extension"))
    .addFile("c", tree.write("c.unknownextension"));
  const types = [...(await text(form)).matchAll(/Content-Type: (.*)\r\n/g)].map((it) => it[1]);
  const unknown = "application/octet-stream";
  assertEquals(types, ["application/json; charset=UTF-8", unknown, unknown]);
});

Deno.test("addFile() refuses at once what is not a readable regular file", () => {
  using tree = new TempTree();
  tree.folder("folder");
  const form = new MultipartForm();
  const before = form.contentLength;
  for (const name of ["folder", "missing"]) {
    assertThrows(() => form.addFile("a", `${tree.root}/${name}`), HttpError, "Cannot add file");
  }
  assertEquals(form.contentLength, before);
});

Deno.test("nothing that a caller gives can add a field or a part", async () => {
  using tree = new TempTree();
  const path = tree.write("file", "x");
  const evil = 'a"\r\nX-Evil: 1\r\n\r\n--b\r\n';
  const form = new MultipartForm({ boundary: "b" })
    .add(evil, "v")
    .addFile(evil, path, { filename: evil })
    .addBlob(evil, new File([], evil))
    .addStream(evil, streamOf(), { filename: evil, size: 0 });
  const lines = (await text(form)).split("\r\n");
  assertEquals(lines.filter((it) => it.startsWith("X-Evil") || it === '"').length, 0);
  assertEquals(lines.filter((it) => it.startsWith("--b")).length, 5);
  for (const contentType of ["text/plain\r\nX-Evil: 1", "text/plain\n", "", "no type"]) {
    for (
      const attempt of [
        () => form.addFile("a", path, { contentType }),
        () => form.addBlob("a", new Blob(), { contentType }),
        () => form.addStream("a", streamOf(), { contentType, size: 0 }),
      ]
    ) assertThrows(attempt, TypeError, "is not a media type");
  }
});

Deno.test("values that are not strings, blobs or sizes are refused", () => {
  const form = new MultipartForm();
  // deno-lint-ignore no-explicit-any -- what plain JavaScript may pass
  const no = (value: unknown) => value as any;
  assertThrows(() => form.add("a", no(1)), TypeError, "its value is not a string");
  assertThrows(() => form.add(no(1), "a"), TypeError, "is not a string");
  assertThrows(() => form.addBlob("a", new Blob(), { filename: no(1) }), TypeError);
  assertThrows(() => form.addBlob("a", no("text")), TypeError, "it is not a Blob");
  for (const size of [-1, 0.5, NaN, Infinity, no(undefined), no("1")]) {
    assertThrows(() => form.addStream("a", streamOf(), { size }), RangeError, "its size is");
  }
  const locked = streamOf();
  locked.getReader();
  assertThrows(() => form.addStream("a", locked, { size: 0 }), TypeError, "being read already");
});

Deno.test("a form without streams can be sent again, changed bytes or not", async () => {
  const form = new MultipartForm().add("a", "1").addBlob("b", new Blob(["2"]));
  assert(form.replayable);
  const first = await send(form);
  const again = first.slice();
  first.fill(0);
  assertEquals(await send(form), again);
});

Deno.test("a form with a stream is sent once", async () => {
  const form = new MultipartForm().add("a", "1").addStream('s"', streamOf("x"), { size: 1 });
  assert(!form.replayable);
  await send(form);
  assertThrows(() => form.stream(), TypeError, 'the stream of "s\\"" was sent already');
  assertThrows(() => [...form.segments()], TypeError, "was sent already");
});

Deno.test("a form with streams that is sent a second time meanwhile leaves the first time alone", async () => {
  const form = new MultipartForm()
    .addStream("a", streamOf("x"), { size: 1 })
    .addStream("b", streamOf("y"), { size: 1 });
  const [first, second] = [form.stream().getReader(), form.stream()];
  const begun = (await first.read()).value!.length;
  const message = 'the stream of "a" was sent already';
  await assertRejects(() => new Response(second).bytes(), TypeError, message);
  let length = begun;
  for (let it = await first.read(); !it.done; it = await first.read()) length += it.value.length;
  assertEquals(length, form.contentLength);
});

Deno.test("a stream of empty pieces does not keep others from running", async () => {
  const empty = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(0)),
  });
  const reader = new MultipartForm().addStream("a", empty, { size: 3 }).stream().getReader();
  let isOver = false;
  setTimeout(() => isOver = true, 0);
  let pieces = 0;
  while (!isOver) {
    pieces++;
    assertEquals((await reader.read()).done, false);
    // Who reads decides how long that goes on.
    if (pieces % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await reader.cancel();
});

Deno.test("parts that are added while a form is sent belong to the next time", async () => {
  const form = new MultipartForm({ boundary: "b" }).add("a", "1");
  const stream = form.stream();
  const length = form.contentLength;
  form.add("b", "2");
  assertEquals((await new Response(stream).bytes()).length, length);
  assert(form.contentLength > length);
});

Deno.test("a file that changed its size ends the stream with an error, and all else is closed", async () => {
  using tree = new TempTree();
  const path = tree.write("file", "12345");
  let reason: unknown;
  const after = new ReadableStream<Uint8Array>({ cancel: (it) => void (reason = it) });
  const form = new MultipartForm().addFile("a", path).addStream("b", after, { size: 1 });
  tree.write("file", "1234");
  const error = await assertRejects(() => new Response(form.stream()).bytes(), HttpError);
  assertEquals([error.code, error.message.includes("it had 5 bytes and now has 4")], [
    "file",
    true,
  ]);
  assertStrictEquals(reason, error);
});

Deno.test("a stream of another length ends the form with an error, before a byte too many", async () => {
  for (const [given, size] of [["123", 4], ["123", 2], ["", 1], ["1", 0]] as const) {
    const form = new MultipartForm().addStream("s", streamOf(given), { size });
    let count = 0;
    await assertRejects(
      async () => {
        for await (const piece of form.stream()) count += piece.length;
      },
      RangeError,
      'Cannot send stream of "s"',
    );
    assert(count < form.contentLength);
  }
});

Deno.test("cancelling closes the open file and cancels streams, read or not", async () => {
  using tree = new TempTree();
  const path = tree.write("file", new Uint8Array(200_000));
  const reasons: unknown[] = [];
  const never = () => new ReadableStream<Uint8Array>({ cancel: (it) => void reasons.push(it) });
  const form = new MultipartForm()
    .addFile("a", path).addStream("b", never(), { size: 1 }).addStream("c", never(), { size: 1 });
  const reader = form.stream().getReader();
  await reader.read();
  await reader.read(); // a piece of the file: it is open now, as the sanitizer would tell
  await reader.cancel("enough");
  assertEquals(reasons, ["enough", "enough"]);
});

Deno.test("a form is read as it is asked for", async () => {
  let pulls = 0;
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulls++;
      controller.enqueue(new Uint8Array(1000));
    },
  }, { highWaterMark: 0 });
  const form = new MultipartForm().addStream("s", source, { size: 1_000_000 });
  const reader = form.stream().getReader();
  await reader.read();
  assertEquals(pulls, 0);
  for (let i = 1; i <= 5; i++) {
    await reader.read();
    assertEquals(pulls, i);
  }
  await reader.cancel();
});

Deno.test("a form of a large file is sent in constant memory", async () => {
  using tree = new TempTree();
  const path = tree.write("large", "");
  const size = 512 * 1024 * 1024;
  Deno.truncateSync(path, size); // sparse
  const form = new MultipartForm().addFile("large", path);
  const before = Deno.memoryUsage();
  let most = 0;
  let count = 0;
  let pieces = 0;
  for await (const piece of form.stream()) {
    count += piece.length;
    if (++pieces % 256 !== 0) continue;
    const { rss, external } = Deno.memoryUsage();
    most = Math.max(most, rss - before.rss, external - before.external);
  }
  assertEquals(count, form.contentLength);
  // Pieces wait for the garbage collector: what counts is that it is far from the file's size.
  assert(most < size / 4, `${most}`);
});
