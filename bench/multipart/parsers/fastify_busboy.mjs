// @fastify/busboy, fed like busboy. The argument is the module to import.
import process from "node:process";
import { serveJobs } from "../../clients/runs.mjs";
import { parsing } from "../runs.mjs";
import { asBuffer, feed, witnessFile } from "./node_writable.mjs";

const { Busboy } = await import(process.argv[2]);

function parse(chunks, boundary, witness) {
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const parser = new Busboy({ headers });
  parser.on("file", (name, file, filename) => witnessFile(witness, name, filename, file));
  parser.on("field", (name, value) => witness.field(name, value));
  return feed(parser, "finish", chunks);
}

await serveJobs(parsing(parse, asBuffer));
