// curl: a run is one process that is given so many URLs, as many as the runs before it say will fill
// the time; it keeps its connections from one to the next. Its start, of some milliseconds, counts.
import type { Job, Result } from "./job.ts";
import { serveJobs, witness } from "./runs.mjs";

/** What `--parallel-max` takes. */
const MAX_PARALLEL = 300;
const MAX_URLS = 5_000_000;
/** The first run, which is nobody's figure, grows until it takes so long. */
const FIRST_SECONDS = 0.3;
const QUIET = ["--disable", "--silent", "--show-error", "--no-progress-meter", "--noproxy", "*"];

/** Ends a curl that is under way. */
const ending = new AbortController();
/** Requests a second in the last run. */
let rate: number | undefined;

async function perform(job: Job): Promise<Result> {
  if (job.check) return await checkOnce(job);
  let result: Result;
  if (rate === undefined) {
    let count = job.inFlight;
    do result = await fetchMany(job, count); while (
      result.seconds < Math.min(FIRST_SECONDS, job.seconds) && (count *= 4) <= MAX_URLS
    );
  } else {
    const count = Math.max(job.inFlight, Math.round(rate * job.seconds));
    result = await fetchMany(job, Math.min(count, MAX_URLS));
  }
  rate = result.count / result.seconds;
  return result;
}

async function fetchMany(job: Job, count: number): Promise<Result> {
  const args = ["--fail-early", "--fail"];
  if (job.inFlight > 1) {
    args.push("--parallel", "--parallel-max", String(Math.min(job.inFlight, MAX_PARALLEL)));
  }
  // Nothing after "#" is sent: the requests are all the same.
  const url = `${job.url}#[1-${count}]`;
  const expected = job.work === "upload"
    ? `${job.bodyBytes} 200 ${job.bodyBytes}\n`
    : `200 ${job.bodyBytes}\n`;
  if (job.work === "upload") args.push(...uploadOf(job), "-w", " %{http_code} %{size_upload}\n");
  else args.push("-o", "/dev/null", "-w", "%{http_code} %{size_download}\n");
  const startMs = performance.now();
  const printed = new TextDecoder().decode(await curl([...args, url]));
  const seconds = (performance.now() - startMs) / 1000;
  if (printed !== expected.repeat(count)) {
    throw new Error(`curl did not report ${count} times ${JSON.stringify(expected)}`);
  }
  return { count, bytes: count * job.bodyBytes, seconds };
}

async function checkOnce(job: Job): Promise<Result> {
  const args = ["--fail", ...(job.work === "upload" ? uploadOf(job) : [])];
  const startMs = performance.now();
  const body = await curl([...args, job.url]);
  const seconds = (performance.now() - startMs) / 1000;
  const { see, digest } = witness(job);
  const text = new TextDecoder().decode(body);
  see(job.work === "upload" ? text : body);
  const bytes = job.work === "upload" ? Number.parseInt(text) : body.length;
  return { count: 1, bytes, seconds, digest: digest() };
}

/** A file as the body, without waiting for 100 (Continue). */
function uploadOf(job: Job): string[] {
  return ["--request", "POST", "--header", "Expect:", "--upload-file", job.file];
}

async function curl(args: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const { signal } = ending;
  const command = new Deno.Command("curl", { args: [...QUIET, ...args], stdin: "null", signal });
  const { success, code, stdout, stderr } = await command.output();
  if (!success) throw new Error(`curl: exit code ${code}: ${new TextDecoder().decode(stderr)}`);
  return stdout;
}

Deno.addSignalListener("SIGTERM", () => {
  ending.abort();
  Deno.exit(143);
});
await serveJobs(perform);
