// This library's `fetch`. The file that is uploaded is a stream of known length, which goes out with
// Content-Length.
import { fetch } from "../../client/mod.ts";
import { fetchLane } from "./fetch_lane.ts";
import type { Job } from "./job.ts";
import { repeating, serveJobs } from "./runs.mjs";

const fieldsOf = (size: number): HeadersInit => ({ "Content-Length": String(size) });
await serveJobs(repeating((job: Job) => fetchLane(fetch, job, fieldsOf)));
