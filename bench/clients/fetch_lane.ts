// What a client does that is called as the standard's `fetch` is.
import type { Job, Lane } from "./job.ts";
import { requireOk } from "./runs.mjs";

/** How the work of a job is done by such a function; `fieldsOf` gives the fields of an upload of so many bytes. */
export function fetchLane(
  fetch: typeof globalThis.fetch,
  { work, url, file }: Job,
  fieldsOf: (size: number) => HeadersInit,
): Lane {
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
      const headers = fieldsOf((await Deno.stat(file)).size);
      const body = (await Deno.open(file)).readable;
      const response = await fetch(url, { method: "POST", body, headers });
      requireOk(response.status);
      const text = await response.text();
      see?.(text);
      return Number.parseInt(text);
    },
  };
  return { run: works[work] };
}
