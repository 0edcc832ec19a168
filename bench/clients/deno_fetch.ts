// Deno's fetch. A stream as a body goes out chunked, whatever Content-Length it is given: the only
// upload with a length is of what is all in memory, and that takes three times as long. So the file
// is streamed here, which is what fetch does best.
import type { Job, Lane } from "./job.ts";
import { repeating, requireOk, serveJobs } from "./runs.mjs";

function open({ work, url, file }: Job): Lane {
  const works: Record<Job["work"], Lane["run"]> = {
    async get(see) {
      const response = await fetch(url);
      requireOk(response.status);
      const text = await response.text();
      see?.(text);
      return text.length;
    },
    async download(see) {
      const response = await fetch(url);
      requireOk(response.status);
      let bytes = 0;
      for await (const piece of response.body!) {
        bytes += piece.length;
        see?.(piece);
      }
      return bytes;
    },
    async upload(see) {
      const body = (await Deno.open(file)).readable;
      const response = await fetch(url, { method: "POST", body });
      requireOk(response.status);
      const text = await response.text();
      see?.(text);
      return Number.parseInt(text);
    },
  };
  return { run: works[work] };
}

await serveJobs(repeating(open));
