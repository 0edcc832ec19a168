/**
 * Makes servers ready to be measured: starts them, sees that each answers right, and puts load on
 * them, with wrk or with the bench's own reader of downloads.
 */

import { checkAnswer, checkNotModified, type RightAnswer } from "./check.ts";
import { runDownloads } from "./download.ts";
import { type Load, MIB, type Runner } from "./measure.ts";
import type { RunningServer } from "./process.ts";
import type { ServerScenario } from "./scenarios.ts";
import { JSON_VALUE } from "./servers/serve_handlers.ts";
import type { ServerContestant } from "./servers.ts";
import { checkUpload, runUploads } from "./upload.ts";
import { runWrk } from "./wrk.ts";

/** What all servers of a scenario are asked. */
export interface ServerPlan {
  connections: number;
  /** SHA-256 of the right body. */
  digest: string;
  signal: AbortSignal;
}

/** Starts the servers; they end with `stack`. */
export async function readyServers(
  scenario: ServerScenario,
  contestants: readonly ServerContestant[],
  plan: ServerPlan,
  stack: AsyncDisposableStack,
): Promise<Runner[]> {
  const runners: Runner[] = [];
  for (const contestant of contestants) {
    const server = stack.use(await contestant.start(scenario, plan.signal));
    await check(scenario, server, plan);
    const etag = scenario.conditional
      ? await checkNotModified(urlOf(scenario, server), plan.signal)
      : undefined;
    const run = (seconds: number) => load(scenario, server, plan, seconds, etag);
    runners.push({ contestant, pid: server.pid, run });
  }
  return runners;
}

/** What is posted where JSON is. */
const POSTED = JSON.stringify(JSON_VALUE);

async function check(
  scenario: ServerScenario,
  server: RunningServer,
  { digest, signal }: ServerPlan,
): Promise<void> {
  const { group, load, target, bodyBytes } = scenario;
  if (load === "upload") {
    return await checkUpload({ port: server.port, target, bodyBytes, signal }, digest);
  }
  const isStream = group === "serve" && load === "download";
  const right: RightAnswer = { bodyBytes, isStream, digest };
  const json = load === "wrk-post" ? POSTED : undefined;
  await checkAnswer(urlOf(scenario, server), right, signal, json);
}

async function load(
  scenario: ServerScenario,
  server: RunningServer,
  plan: ServerPlan,
  seconds: number,
  etag: string | undefined,
): Promise<Load> {
  const { target, pipeline, load } = scenario;
  const bodyBytes = etag === undefined ? scenario.bodyBytes : 0;
  const { connections, signal } = plan;
  if (load === "download" || load === "upload") {
    const run = { port: server.port, target, bodyBytes, seconds, signal };
    const report = await (load === "download" ? runDownloads(run) : runUploads(run));
    const units = report.bytes / MIB;
    return { rate: units / report.seconds, units };
  }
  const url = urlOf(scenario, server);
  const json = load === "wrk-post" ? POSTED : undefined;
  const run = { url, connections, seconds, pipeline, json, etag, bodyBytes, signal };
  const report = await runWrk(run);
  return { rate: report.rate, units: report.requests };
}

function urlOf(scenario: ServerScenario, server: RunningServer): string {
  return `http://127.0.0.1:${server.port}${scenario.target}`;
}
