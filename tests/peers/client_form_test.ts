// Forms of MultipartForm, read by others: busboy, the parsers of Node and Deno, Python's email package; and by
// ourselves. All get the same bytes.

import { assertEquals } from "@std/assert";
import busboy from "busboy";
import { MultipartForm, parseMultipart } from "../../multipart/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { type Program, run, testWith } from "./programs.ts";

/** A part as the others report it: name, file name, media type and content in hexadecimal. */
type Part = [name: string, filename: string | null, type: string | null, hex: string];

/** Something that reads the form in the file at `path`. */
interface Reader {
  name: string;
  needs: Program[];
  read(path: string, type: string): Promise<Part[]>;
  /** Gives names back as they were before quotes and line breaks were escaped. */
  unescapes?: boolean;
  /** Takes contents apart at any line break, and makes each of them CRLF. */
  joinsLines?: boolean;
  /** Takes a semicolon for the end of a name even between quotes, as Deno 2.9.6 does. */
  endsAtSemicolon?: boolean;
}

const READ_WITH_NODE = `
const { readFileSync } = require("node:fs");
const [path, type] = process.argv.slice(1);
const response = new Response(readFileSync(path), { headers: { "Content-Type": type } });
response.formData().then(async (form) => {
  const parts = [];
  for (const [name, value] of form) {
    if (typeof value === "string") {
      parts.push([name, null, null, Buffer.from(value).toString("hex")]);
    } else {
      const hex = Buffer.from(await value.arrayBuffer()).toString("hex");
      parts.push([name, value.name, value.type, hex]);
    }
  }
  console.log(JSON.stringify(parts));
});
`;

const READ_WITH_PYTHON = `
import email, email.policy, json, sys
path, content_type = sys.argv[1:]
head = ("Content-Type: " + content_type + "\\r\\n\\r\\n").encode()
message = email.message_from_bytes(head + open(path, "rb").read(), policy=email.policy.HTTP)
parts = []
for part in message.iter_parts():
    disposition = part["content-disposition"]
    typed = part.get_content_type() if "content-type" in part else None
    parts.append([
        disposition.params["name"], disposition.params.get("filename"), typed,
        part.get_payload(decode=True).hex(),
    ])
print(json.dumps(parts))
`;

/** Has a program read a form. */
async function readBy(program: string, ...args: string[]): Promise<Part[]> {
  const { code, stdout, stderr } = await run(program, args);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

async function readByDeno(path: string, type: string): Promise<Part[]> {
  const headers = { "Content-Type": type };
  const form = await new Response(await Deno.readFile(path), { headers }).formData();
  const parts: Part[] = [];
  for (const [name, value] of form) {
    if (typeof value === "string") parts.push([name, null, null, hex(value)]);
    else parts.push([name, value.name, value.type, (await value.bytes()).toHex()]);
  }
  return parts;
}

/** What busboy says of a file. */
interface BusboyFile {
  filename: string;
  mimeType: string;
}

async function readByBusboy(path: string, type: string): Promise<Part[]> {
  const parts: Part[] = [];
  const done = Promise.withResolvers<void>();
  const parser = busboy({ headers: { "content-type": type }, defParamCharset: "utf8" });
  parser.on("field", (name: string, value: string) => parts.push([name, null, null, hex(value)]));
  parser.on("file", (name: string, file: AsyncIterable<Uint8Array>, info: BusboyFile) => {
    const part: Part = [name, info.filename, info.mimeType, ""];
    parts.push(part);
    (async () => {
      for await (const piece of file) part[3] += new Uint8Array(piece).toHex();
    })().catch(done.reject);
  });
  parser.on("error", done.reject);
  parser.on("close", done.resolve);
  parser.end(await Deno.readFile(path));
  await done.promise;
  return parts;
}

async function readByOurs(path: string, type: string): Promise<Part[]> {
  const { readable } = await Deno.open(path);
  const parts: Part[] = [];
  for await (const part of parseMultipart(readable, type)) {
    const content = (await part.bytes()).toHex();
    parts.push([part.name, part.filename ?? null, part.contentType ?? null, content]);
  }
  return parts;
}

const READERS: Reader[] = [
  { name: "our parser", needs: [], read: readByOurs },
  { name: "busboy", needs: [], read: readByBusboy },
  { name: "Response.formData()", needs: [], read: readByDeno, endsAtSemicolon: true },
  {
    name: "Node's Response.formData()",
    needs: ["node"],
    read: (path, type) => readBy("node", "-e", READ_WITH_NODE, path, type),
    unescapes: true,
  },
  {
    name: "Python's email package",
    needs: ["python3"],
    read: (path, type) => readBy("python3", "-c", READ_WITH_PYTHON, path, type),
    joinsLines: true,
  },
];

/** A form of every kind of part, and what is in it. `binary` stands for content that is not text. */
function exampleForm(tree: TempTree, binary: Uint8Array<ArrayBuffer>): [MultipartForm, Part[]] {
  const form = new MultipartForm()
    .add("text", "one\ntwo")
    .add("field with spaces", "")
    .add("text", "again")
    .addFile("file", tree.write("page.html", "<p>ü</p>"))
    .addBlob("data", new Blob([binary]), { filename: "a b.c.bin", contentType: "image/png" })
    .addBlob("file", new Blob([]), { filename: "empty" })
    .addStream("stream", new Blob(["streamed"]).stream(), { filename: "s.json", size: 8 });
  return [form, [
    ["text", null, null, hex("one\r\ntwo")],
    ["field with spaces", null, null, ""],
    ["text", null, null, hex("again")],
    ["file", "page.html", "text/html", hex("<p>ü</p>")],
    ["data", "a b.c.bin", "image/png", binary.toHex()],
    ["file", "empty", "application/octet-stream", ""],
    ["stream", "s.json", "application/json", hex("streamed")],
  ]];
}

function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}

/** Content that is long is its digest, which says as much in less room. */
async function brief(parts: Part[]): Promise<Part[]> {
  const briefly: Part[] = [];
  for (const [name, filename, type, hex] of parts) {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(hex));
    const content = hex.length < 1000 ? hex : `SHA-256 ${new Uint8Array(digest).toHex()}`;
    briefly.push([name, filename, type, content]);
  }
  return briefly;
}

/** Has a form read; types come back without their parameters. */
async function readForm(reader: Reader, tree: TempTree, form: MultipartForm): Promise<Part[]> {
  const body = await new Response(form.stream()).bytes();
  assertEquals(body.length, form.length);
  const parts = await reader.read(tree.write("body", body), form.contentType);
  return await brief(parts.map(([name, filename, type, hex]) => {
    return [name, filename, type && type.split(";")[0]!.toLowerCase(), hex];
  }));
}

for (const reader of READERS) {
  const { name, needs, unescapes, joinsLines, endsAtSemicolon } = reader;

  testWith(needs, `${name} reads a form with all its names, types and bytes`, async () => {
    using tree = new TempTree();
    const everyByte = new Uint8Array(200_000).map((_, i) => i);
    const lines = Uint8Array.of(0, 255, 13, 10, 45, 45, 128);
    const [form, parts] = exampleForm(tree, joinsLines ? lines : everyByte);
    assertEquals(await readForm(reader, tree, form), await brief(parts));
  });

  testWith(needs, `${name} reads an empty form`, async () => {
    using tree = new TempTree();
    assertEquals(await readForm(reader, tree, new MultipartForm()), []);
  });

  const given = unescapes ? "as they were before they were escaped" : "as they are escaped";
  testWith(needs, `${name} gives UTF-8 names back, and quotes ${given}`, async () => {
    using tree = new TempTree();
    const rest = endsAtSemicolon ? "" : "; filename=x";
    const form = new MultipartForm()
      .add(`a "quoted" näme 🎉${rest}`, "1")
      .addBlob("100%", new Blob(["2"]), { filename: `"ü"${rest}.txt`, contentType: "text/plain" });
    const quote = unescapes ? '"' : "%22";
    assertEquals(await readForm(reader, tree, form), [
      [`a ${quote}quoted${quote} näme 🎉${rest}`, null, null, hex("1")],
      ["100%", `${quote}ü${quote}${rest}.txt`, "text/plain", hex("2")],
    ]);
  });
}
