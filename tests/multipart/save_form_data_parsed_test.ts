// Forms as they arrive, through the parser into a folder.

import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { MultipartForm } from "../../multipart/form.ts";
import { parseMultipart } from "../../multipart/parse_multipart.ts";
import { MultipartError } from "../../multipart/parse/multipart_error.ts";
import { safeFilename } from "../../multipart/save/safe_filename.ts";
import { saveFormData, type SaveFormOptions } from "../../multipart/save_form_data.ts";
import { LimitError } from "../../wire/errors.ts";
import { TempTree } from "../server/files/temp_tree.ts";

const byFilename: SaveFormOptions = { name: (part) => safeFilename(part.filename ?? "") };

function list(path: string): string[] {
  return [...Deno.readDirSync(path)].map((it) => it.name).sort();
}

/** A body that a test feeds, and whether it was cancelled with which reason. */
class FedBody {
  cancelled: unknown;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: (reason) => {
        this.cancelled = reason ?? "cancelled";
      },
    });
  }

  feed(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.#controller.close();
  }
}

const FILE_HEAD = '--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n';

/** Resolves when there is a file with so many bytes. */
async function written(path: string, size: number): Promise<void> {
  // Watched before it is looked at, so that nothing is missed.
  const watcher = Deno.watchFs(path);
  const isThere = () => list(path).some((it) => Deno.statSync(`${path}/${it}`).size === size);
  if (!isThere()) {
    for await (const _ of watcher) {
      if (isThere()) break;
    }
  } else {
    watcher.close();
  }
}

Deno.test("saveFormData() saves what a form sends", async () => {
  using tree = new TempTree();
  const content = new Uint8Array(300_000).map((_, i) => i * 31 + (i >> 8));
  const sent = new MultipartForm()
    .add("title", "Sonnenuntergang \u00fcber Z\u00fcrich")
    .addBlob("photo", new Blob([content]), { filename: "a.jpg", contentType: "image/jpeg" })
    .addBlob("none", new Blob([]), { filename: "" })
    .addBlob("photo", new Blob(["2"]), { filename: "b.txt" })
    .add("tag", "a").add("tag", "b");
  const form = await saveFormData(
    parseMultipart(sent.stream(), sent.contentType),
    tree.root,
    byFilename,
  );
  assertEquals(
    [...form.fields],
    [["title", "Sonnenuntergang \u00fcber Z\u00fcrich"], ["tag", "a"], ["tag", "b"]],
  );
  assertEquals(form.files, [
    {
      name: "photo",
      filename: "a.jpg",
      contentType: "image/jpeg",
      path: `${tree.root}/a.jpg`,
      size: 300_000,
    },
    {
      name: "photo",
      filename: "b.txt",
      contentType: "application/octet-stream",
      path: `${tree.root}/b.txt`,
      size: 1,
    },
  ]);
  assertEquals(Deno.readFileSync(form.files[0].path), content);
  assertEquals(list(tree.root), ["a.jpg", "b.txt"]);
});

Deno.test("saveFormData() removes what it wrote of a form that is cut", async () => {
  using tree = new TempTree();
  const body = new FedBody();
  const saving = saveFormData(parseMultipart(body.stream, "b"), tree.root);
  body.feed(`${FILE_HEAD}123`);
  await written(tree.root, 3);
  body.end();
  const error = await assertRejects(() => saving, MultipartError);
  assertEquals(error.status, 400);
  assertEquals(list(tree.root), []);
});

Deno.test("saveFormData() removes what it wrote when the signal aborts, and cancels the source", async () => {
  using tree = new TempTree();
  const body = new FedBody();
  const abort = new AbortController();
  const saving = saveFormData(
    parseMultipart(body.stream, "b", { signal: abort.signal }),
    tree.root,
  );
  body.feed(`${FILE_HEAD}123`);
  await written(tree.root, 3);
  const reason = new Error("enough");
  abort.abort(reason);
  assertStrictEquals(await assertRejects(() => saving), reason);
  assertStrictEquals(body.cancelled, reason);
  assertEquals(list(tree.root), []);
});

Deno.test("saveFormData() cancels the source when a limit of it or of the form is exceeded", async () => {
  const field = '--b\r\nContent-Disposition: form-data; name="f"\r\n\r\n';
  const limits: [
    limit: string,
    head: string,
    own: SaveFormOptions,
    form: { maxFieldBytes?: number },
  ][] = [
    ["maxFileBytes", FILE_HEAD, { maxFileBytes: 2 }, {}],
    ["maxFieldBytes", field, {}, { maxFieldBytes: 2 }],
    ["maxBufferedBytes", field, { maxBufferedBytes: 2 }, {}],
  ];
  for (const [limit, head, own, form] of limits) {
    using tree = new TempTree();
    const body = new FedBody();
    // A limit of all fields together counts those that are complete.
    body.feed(`${head}123\r\n--b\r\n`);
    const error = await assertRejects(
      () => saveFormData(parseMultipart(body.stream, "b", form), tree.root, own),
      LimitError,
    );
    assertEquals([error.limit, error.status], [limit, 413]);
    assert(body.cancelled !== undefined);
    assertEquals(list(tree.root), []);
  }
});
