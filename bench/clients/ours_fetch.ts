// This library's `fetch`, used as Deno's is. The file that is uploaded is a stream of known length, which goes out
// with Content-Length.
import { fetch } from "../../client/mod.ts";
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
      const { size } = await Deno.stat(file);
      const body = (await Deno.open(file)).readable;
      const headers = { "Content-Length": String(size) };
      const response = await fetch(url, { method: "POST", body, headers });
      requireOk(response.status);
      const text = await response.text();
      see?.(text);
      return Number.parseInt(text);
    },
  };
  return { run: works[work] };
}

await serveJobs(repeating(open));
