// This library: one `Client`, whose answers are read as text, whose downloads go to /dev/null as
// curl's do (to a function when they are checked), and whose uploads come from a file.
import { bodyWithFile, Client } from "../../client/mod.ts";
import type { Job, Lane } from "./job.ts";
import { repeating, requireOk, serveJobs } from "./runs.mjs";

let client: Client | undefined;

function open(job: Job): Lane {
  const { url, file } = job;
  const ours = client ??= new Client({ maxPerOrigin: job.inFlight });
  const works: Record<Job["work"], Lane["run"]> = {
    async get(see) {
      const response = await ours.get(url);
      requireOk(response.code);
      const text = response.text();
      see?.(text);
      return text.length;
    },
    async download(see) {
      let received = 0;
      const response = await ours.get(url, {
        bodyToFile: see ?? "/dev/null",
        onProgress: ({ bytes }) => received = bytes,
      });
      requireOk(response.code);
      return received;
    },
    async upload(see) {
      const response = await ours.post(url, await bodyWithFile(file));
      requireOk(response.code);
      const text = response.text();
      see?.(text);
      return Number.parseInt(text);
    },
  };
  return { run: works[job.work] };
}

await serveJobs(repeating(open));
