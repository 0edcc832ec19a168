// A real Chromium submits a form, as a page without any script of its own would: what it puts on the wire is
// what browsers put there.

import { assert, assertEquals } from "@std/assert";
import { parseContentDisposition, parseMultipart } from "../../multipart/mod.ts";
import { type Connection, listen, type ServerRequest } from "../../server/mod.ts";
import { portOf } from "../server/raw_client.ts";
import { Chromium } from "./chromium.ts";
import { testWith } from "./programs.ts";

/** A part of a form as it arrives. */
type Part = [name: string, filename: string | undefined, type: string | undefined, content: string];

/** Size of a file that takes many reads. */
const LARGE_BYTES = 3 * 1024 * 1024;

/** What the page fills in: texts, and inputs with the files that a user has chosen for them. */
const FILLED = {
  texts: [
    ["plain", "value"],
    ["ümlaut 🎉", "ä\u{1f600}"],
    ['quote " and %22 and 100%', "a\nb\r\nc"],
    ["line\nbreak", ""],
    ["back\\slash; x=y", " "],
  ],
  inputs: [
    ["one file", [['föö 🎉 "quoted" 100%.txt', "text/plain", "ü"]]],
    ['two "files"', [["a\nb.html", "text/html", "\r\n--\r\n"], ["a;b=c.bin", "", ""]]],
    ["large", [["large.bin", "application/x-large", LARGE_BYTES]]],
    ["nothing chosen", []],
  ],
};

/** Fills a form in and submits it to the page's own address. */
const PAGE = `<!DOCTYPE html>
<meta charset="utf-8">
<title>A form</title>
<form method="post" enctype="multipart/form-data"></form>
<script>
  const { texts, inputs } = ${JSON.stringify(FILLED)};
  const form = document.forms[0];
  const add = (tag, name) => {
    const control = form.appendChild(document.createElement(tag));
    control.name = name;
    return control;
  };
  for (const [name, value] of texts) add("textarea", name).value = value;
  for (const [name, files] of inputs) {
    const input = add("input", name);
    input.type = "file";
    input.multiple = true;
    const chosen = new DataTransfer();
    for (const [filename, type, content] of files) {
      const bytes = typeof content === "string"
        ? content
        : new Uint8Array(content).map((_, i) => i % 251);
      chosen.items.add(new File([bytes], filename, { type }));
    }
    input.files = chosen.files;
  }
  form.submit();
</script>
`;

const BINARY = "application/octet-stream";
/** What has to arrive: line breaks become CRLF but in names of files, quotes and line breaks are escaped. */
const SENT: Part[] = [
  ["plain", undefined, undefined, "value"],
  ["ümlaut 🎉", undefined, undefined, "ä\u{1f600}"],
  ["quote %22 and %22 and 100%", undefined, undefined, "a\r\nb\r\nc"],
  ["line%0D%0Abreak", undefined, undefined, ""],
  ["back\\slash; x=y", undefined, undefined, " "],
  ["one file", "föö 🎉 %22quoted%22 100%.txt", "text/plain", "ü"],
  ["two %22files%22", "a%0Ab.html", "text/html", "\r\n--\r\n"],
  ["two %22files%22", "a;b=c.bin", BINARY, ""],
  ["large", "large.bin", "application/x-large", describeLarge()],
  ["nothing chosen", "", BINARY, ""],
];

function describeLarge(): string {
  return describe([new Uint8Array(LARGE_BYTES).map((_, i) => i % 251)]);
}

/** Content as text; of the large file, whether every byte is in its place. */
function describe(pieces: Uint8Array[]): string {
  let size = 0;
  let wrong = 0;
  for (const piece of pieces) for (const byte of piece) if (byte !== size++ % 251) wrong++;
  if (size === LARGE_BYTES) return `${wrong} bytes out of place`;
  const decoder = new TextDecoder("utf-8", { fatal: true });
  return pieces.map((it) => decoder.decode(it, { stream: true })).join("") + decoder.decode();
}

async function readEvents(con: Connection, req: ServerRequest): Promise<Part[]> {
  const parts: Part[] = [];
  let fields = new Map<string, string>();
  let pieces: Uint8Array[] = [];
  while (true) {
    const event = await con.readFormData(req);
    if (event.type === "end") return parts;
    if (event.type === "header") {
      fields.set(event.name, event.value);
      continue;
    }
    pieces.push(event.data);
    if (!event.done) continue;
    const { type, name, filename } = parseContentDisposition(fields.get("content-disposition")!);
    assertEquals(type, "form-data");
    parts.push([name!, filename, fields.get("content-type"), describe(pieces)]);
    fields = new Map();
    pieces = [];
  }
}

async function readParts(con: Connection, req: ServerRequest): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of parseMultipart(con.readable, req.headers["content-type"])) {
    const pieces: Uint8Array[] = [];
    for await (const piece of part.body) pieces.push(piece);
    parts.push([part.name, part.filename, part.contentType, describe(pieces)]);
  }
  return parts;
}

testWith(
  ["chromium"],
  "Chromium posts a form with files and names of all kinds, and each way to read it gives the same",
  async () => {
    const done = Promise.withResolvers<void>();
    const received: Part[][] = [];
    const onError = (error: unknown): void => done.reject(error);
    await using server = listen("127.0.0.1", 0, { onError }, async (con, req) => {
      con.addHeader("Content-Type", "text/html");
      if (req.method === "GET") return con.send(PAGE);
      if (req.path === "/events") {
        received.push(await readEvents(con, req));
        // There the page is the same, and submits itself again.
        return con.redirect(303, "/parts");
      }
      received.push(await readParts(con, req));
      done.resolve();
    });
    await using browser = await Chromium.open(`http://127.0.0.1:${portOf(server)}/events`);
    await browser.until("the form has come in both ways", done.promise);
    assert(SENT.some(([, , , content]) => content === "0 bytes out of place"));
    assertEquals(received, [SENT, SENT]);
  },
);
