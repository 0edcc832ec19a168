// busboy, fed by `write`, which waits for `drain` whenever busboy asks for that. The argument is the
// module to import. Under Deno it runs on Deno's node:stream, under Node.js on the one it was made for.
import process from "node:process";
import { serveJobs } from "../../clients/runs.mjs";
import { parsing } from "../runs.mjs";
import { asBuffer, feed, witnessFile } from "./node_writable.mjs";

const { default: busboy } = await import(process.argv[2]);

function parse(chunks, boundary, witness) {
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const parser = busboy({ headers });
  parser.on("file", (name, file, info) => witnessFile(witness, name, info.filename, file));
  parser.on("field", (name, value) => witness.field(name, value));
  return feed(parser, "close", chunks);
}

await serveJobs(parsing(parse, asBuffer));
