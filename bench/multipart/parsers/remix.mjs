// @remix-run/multipart-parser: its synchronous `parseMultipart` over the chunks, which spares it the
// stream. A part comes when all of it was parsed; a file is read by the pieces that it is kept in.
import process from "node:process";
import { serveJobs } from "../../clients/runs.mjs";
import { parsing } from "../runs.mjs";

const { parseMultipart } = await import(process.argv[2]);

// deno-lint-ignore require-await -- the others wait, and this one's errors are to reject as theirs do
async function parse(chunks, boundary, witness) {
  const unlimited = { maxParts: Infinity, maxFileSize: Infinity, maxTotalSize: Infinity };
  for (const part of parseMultipart(chunks, { boundary, ...unlimited })) {
    const { name, filename } = part;
    if (filename === undefined) {
      witness.field(name, part.text);
      continue;
    }
    const file = witness.file(name, filename);
    for (const piece of part.content) file.add(piece);
    file.end();
  }
}

await serveJobs(parsing(parse));
