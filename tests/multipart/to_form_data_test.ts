import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";
import { MultipartForm } from "../../multipart/form.ts";
import { parseMultipart } from "../../multipart/parse_multipart.ts";
import { toFormData } from "../../multipart/to_form_data.ts";
import { LimitError } from "../../wire/errors.ts";
import { type FakePart, FakeParts } from "./fake_parts.ts";

const encoder = new TextEncoder();

Deno.test("toFormData() makes strings of fields and Files of files, in their order", async () => {
  const form = await toFormData(
    new FakeParts([
      { name: "b", body: ["1"] },
      { name: "photo", filename: "../sunset.jpg", contentType: "image/jpeg", body: ["ab", "c"] },
      { name: "a", contentType: "text/html", body: ["<p>"] },
      { name: "b", body: [] },
      { name: "photo", filename: "empty" },
    ]),
  );
  assertEquals([...form.keys()], ["b", "photo", "a", "b", "photo"]);
  assertEquals([form.getAll("b"), form.get("a")], [["1", ""], "<p>"]);
  const [photo, empty] = form.getAll("photo");
  assertInstanceOf(photo, File);
  assertEquals([photo.name, photo.type, await photo.text()], [
    "../sunset.jpg",
    "image/jpeg",
    "abc",
  ]);
  assertInstanceOf(empty, File);
  assertEquals([empty.name, empty.type, empty.size], ["empty", "text/plain", 0]);
});

Deno.test("toFormData() gives a File with an empty name, though there is nothing in it", async () => {
  const file = (await toFormData(new FakeParts([{ name: "a", filename: "" }]))).get("a");
  assertInstanceOf(file, File);
  assertEquals([file.name, file.size], ["", 0]);
});

Deno.test("toFormData() reads fields as UTF-8, and keeps a byte order mark", async () => {
  const bytes = new Uint8Array([0xef, 0xbb, 0xbf, 0xc3, 0xbc, 0xff, 0x0d, 0x0a, 0x0a]);
  const form = await toFormData(new FakeParts([{ name: "a", body: [bytes] }]));
  assertEquals(form.get("a"), "\ufeff\u00fc\ufffd\r\n\n");
});

Deno.test("toFormData() leaves the bytes of files as they are, in whatever pieces they come", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 4 }), async (files) => {
      const parts = files.map((body) => ({
        filename: "x",
        body: body.map((it) => new Uint8Array(it)),
      }));
      const form = await toFormData(new FakeParts(parts));
      for (const [i, file] of form.getAll("part").entries()) {
        const wanted = files[i].flatMap((it) => [...it]);
        assertEquals([...await (file as File).bytes()], wanted);
      }
      assertEquals(form.getAll("part").length, files.length);
    }),
    { numRuns: 200 },
  );
});

Deno.test("toFormData() takes linear time for a file in tiny pieces", async () => {
  // Timings decide nothing here: copying all bytes for each piece would not end within the test run.
  function* body(): Iterable<Uint8Array<ArrayBuffer>> {
    for (let i = 0; i < 300_000; i++) yield new Uint8Array([i]);
  }
  const form = await toFormData(new FakeParts([{ filename: "x", body: body() }]));
  const bytes = await (form.get("part") as File).bytes();
  assertEquals(bytes.length, 300_000);
  assert(bytes.every((byte, i) => byte === (i & 255)));
});

Deno.test("toFormData() accepts exactly maxBufferedBytes of all parts together", async () => {
  const parts: FakePart[] = [
    { name: "a", body: ["\u00fc"] },
    { name: "b", filename: "1", body: ["1", "2"] },
    { name: "c", filename: "2", body: ["3"] },
  ];
  const form = await toFormData(new FakeParts(parts), { maxBufferedBytes: 5 });
  assertEquals([...form.keys()], ["a", "b", "c"]);
  for (const max of [0, 1, 2, 3, 4]) {
    const source = new FakeParts(parts);
    const error = await assertRejects(
      () => toFormData(source, { maxBufferedBytes: max }),
      LimitError,
    );
    assertEquals([error.limit, error.max, error.status], ["maxBufferedBytes", max, 413]);
    assert(source.cancelled);
  }
  assertEquals([...await toFormData(new FakeParts([]), { maxBufferedBytes: 0 })], []);
});

Deno.test("toFormData() accepts 16 MiB by default, and asks for no more than the piece beyond it", async () => {
  const piece = encoder.encode("x".repeat(2 ** 20));
  const body = Array<Uint8Array<ArrayBuffer>>(16).fill(piece);
  const form = await toFormData(new FakeParts([{ filename: "x", body }]));
  assertEquals((form.get("part") as File).size, 16 * 2 ** 20);

  const parts = new FakeParts([{ filename: "x", body: [...body, "x", "y", "z"] }]);
  await assertRejects(() => toFormData(parts), LimitError);
  assertEquals(parts.pulled, 17);
  assert(parts.cancelled);
});

Deno.test("toFormData() refuses a limit that is none", async () => {
  for (const maxBufferedBytes of [-1, 0.5, NaN, "1" as unknown as number]) {
    await assertRejects(
      () => toFormData(new FakeParts([]), { maxBufferedBytes }),
      RangeError,
      '"maxBufferedBytes"',
    );
  }
});

Deno.test("toFormData() rejects with what the form fails with", async () => {
  const failure = new Error("cut");
  function* failing(): Iterable<string> {
    yield "1";
    throw failure;
  }
  for (const filename of [undefined, "x"]) {
    const parts = new FakeParts([{ name: "a", body: ["1"] }, { filename, body: failing() }]);
    assertStrictEquals(await assertRejects(() => toFormData(parts)), failure);
    assert(parts.cancelled);
  }
});

Deno.test("toFormData() reads what Response.formData() reads", async () => {
  const sent = new MultipartForm()
    .add("title", "Z\u00fcrich\r\n")
    .addBlob("photo", new Blob(["x".repeat(200_000)]), {
      filename: "\u00fc.jpg",
      contentType: "image/jpeg",
    })
    .addBlob("none", new Blob([]), { filename: "" })
    .add("__proto__", "1").add("title", "2");
  const headers = { "Content-Type": sent.contentType };
  const wanted = await new Response(sent.stream(), { headers }).formData();
  const form = await toFormData(parseMultipart(sent.stream(), sent.contentType));
  const plain = async (it: FormData) =>
    await Promise.all(
      [...it].map(async ([name, value]) =>
        typeof value === "string"
          ? [name, value]
          : [name, value.name, value.type, await value.text()]
      ),
    );
  assertEquals(await plain(form), await plain(wanted));
});

Deno.test("toFormData() takes files that are longer than a field may be", async () => {
  const sent = new MultipartForm()
    .add("a", "12")
    .addBlob("file", new Blob(["12345"]), { filename: "x" });
  const form = await toFormData(
    parseMultipart(sent.stream(), sent.contentType, { maxFieldBytes: 2 }),
  );
  assertEquals((form.get("file") as File).size, 5);
  const error = await assertRejects(
    () => toFormData(parseMultipart(sent.stream(), sent.contentType, { maxFieldBytes: 1 })),
    LimitError,
  );
  assertEquals(error.limit, "maxFieldBytes");
});
