// Forms of MultipartForm, read by others: Node's own parser and Python's email package.

import { assertEquals } from "@std/assert";
import { MultipartForm } from "../../multipart/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { run, testWith } from "./programs.ts";

/** A part as the others print it: name, file name, media type and content in hexadecimal. */
type Part = [name: string, filename: string | null, type: string | null, hex: string];

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

/** A form of every kind of part, and what is in it. `binary` stands for content that is not text. */
function exampleForm(tree: TempTree, binary: Uint8Array<ArrayBuffer>): [MultipartForm, Part[]] {
  const form = new MultipartForm()
    .add("text", "one\ntwo")
    .add("field with spaces", "")
    .addFile("file", tree.write("page.html", "<p>ü</p>"))
    .addBlob("data", new Blob([binary]), { filename: "a b;c.bin", contentType: "image/png" })
    .addStream("stream", new Blob(["streamed"]).stream(), { filename: "s.json", size: 8 });
  return [form, [
    ["text", null, null, hex("one\r\ntwo")],
    ["field with spaces", null, null, ""],
    ["file", "page.html", "text/html", hex("<p>ü</p>")],
    ["data", "a b;c.bin", "image/png", binary.toHex()],
    ["stream", "s.json", "application/json", hex("streamed")],
  ]];
}

function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}

/** Has a program read a form; types come back without their parameters. */
async function readBy(command: string[], tree: TempTree, form: MultipartForm): Promise<Part[]> {
  const path = tree.write("body", await new Response(form.stream()).bytes());
  const { code, stdout, stderr } = await run(command[0]!, [
    ...command.slice(1),
    path,
    form.contentType,
  ]);
  assertEquals([code, stderr], [0, ""]);
  return (JSON.parse(stdout) as Part[]).map(([name, filename, type, hex]) => {
    return [name, filename, type && type.split(";")[0]!.toLowerCase(), hex];
  });
}

testWith(["node"], "Node reads a form with all its names, types and bytes", async () => {
  using tree = new TempTree();
  const everyByte = new Uint8Array(1024).map((_, i) => i);
  const [form, parts] = exampleForm(tree, everyByte);
  assertEquals(await readBy(["node", "-e", READ_WITH_NODE], tree, form), parts);
});

testWith(["node"], "Node gives names back as they were before they were escaped", async () => {
  using tree = new TempTree();
  const form = new MultipartForm()
    .add('a "quoted" name', "1")
    .addBlob("f", new Blob(["2"]), { filename: '"x".txt', contentType: "text/plain" });
  assertEquals(await readBy(["node", "-e", READ_WITH_NODE], tree, form), [
    ['a "quoted" name', null, null, hex("1")],
    ["f", '"x".txt', "text/plain", hex("2")],
  ]);
});

testWith(["python3"], "Python's email package reads a form with its names and bytes", async () => {
  using tree = new TempTree();
  // The package takes messages apart at any line break, so that these must be CRLF.
  const [form, parts] = exampleForm(tree, Uint8Array.of(0, 255, 13, 10, 45, 45, 128));
  assertEquals(await readBy(["python3", "-c", READ_WITH_PYTHON], tree, form), parts);
});
