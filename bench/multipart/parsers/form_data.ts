// The runtime's `Response.formData()`. It holds the whole form; files are read out of it at once.
import { serveJobs } from "../../clients/runs.mjs";
import type { Parse } from "../job.ts";
import { parsing } from "../runs.mjs";

const parse: Parse = async (chunks, boundary, witness) => {
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  const response = new Response(ReadableStream.from(chunks), { headers });
  for (const [name, value] of await response.formData()) {
    if (typeof value === "string") {
      witness.field(name, value);
      continue;
    }
    const file = witness.file(name, value.name);
    file.add(await value.bytes());
    file.end();
  }
};

await serveJobs(parsing(parse));
