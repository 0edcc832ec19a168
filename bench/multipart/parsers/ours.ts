// This library's streams: `parseMultipart`, files read by their `body`, fields by `text()`.
import { parseMultipart } from "../../../multipart/mod.ts";
import { serveJobs } from "../../clients/runs.mjs";
import type { Parse } from "../job.ts";
import { parsing } from "../runs.mjs";

const parse: Parse = async (chunks, boundary, witness) => {
  for await (const part of parseMultipart(chunks, boundary, { maxParts: Infinity })) {
    const { name, filename } = part;
    if (filename === undefined) {
      witness.field(name, await part.text());
      continue;
    }
    const file = witness.file(name, filename);
    for await (const piece of part.body) file.add(piece);
    file.end();
  }
};

await serveJobs(parsing(parse));
