// Deno's fetch. A stream as a body goes out chunked, whatever Content-Length it is given: the only
// upload with a length is of what is all in memory, and that takes three times as long. So the file
// is streamed here, which is what fetch does best.
import { fetchLane } from "./fetch_lane.ts";
import type { Job } from "./job.ts";
import { repeating, serveJobs } from "./runs.mjs";

await serveJobs(repeating((job: Job) => fetchLane(fetch, job, () => ({}))));
