/**
 * Makes clients ready to be measured: starts them, and sees that the right bytes come down or arrive
 * with each. All of them meet the same server, one after the other.
 */

import type { Peer } from "./client_peers.ts";
import type { ClientContestant } from "./clients.ts";
import type { Job } from "./clients/job.ts";
import { MIB, type Runner } from "./measure.ts";
import type { ClientScenario } from "./scenarios.ts";

/** What all clients of a scenario are to do. */
export interface ClientPlan {
  peer: Peer;
  /** SHA-256 of the body that goes down or up. */
  digest: string;
  /** Where uploads find their file. */
  docroot: string;
  signal: AbortSignal;
}

/** Starts the clients; they end with `stack`. */
export async function readyClients(
  scenario: ClientScenario,
  contestants: readonly ClientContestant[],
  plan: ClientPlan,
  stack: AsyncDisposableStack,
): Promise<Runner[]> {
  const { work, target, bodyBytes, connections } = scenario;
  const { server } = plan.peer;
  const job: Job = {
    work,
    url: `http://127.0.0.1:${server.port}${target}`,
    inFlight: connections,
    seconds: 0,
    bodyBytes,
    file: plan.docroot + target,
    check: false,
  };
  const runners: Runner[] = [];
  for (const contestant of contestants) {
    const client = stack.use(contestant.start(plan.signal));
    const checked = await client.perform({ ...job, url: `${job.url}?digest`, check: true });
    if (checked.digest !== plan.digest) {
      throw new Error(
        `Cannot measure ${contestant.label}: another body: SHA-256 "${checked.digest}"`,
      );
    }
    const run = async (seconds: number) => {
      const result = await client.perform({ ...job, seconds });
      const units = work === "get" ? result.count : result.bytes / MIB;
      return { rate: units / result.seconds, units };
    };
    runners.push({ contestant, pid: client.pid, peerPid: server.pid, run });
  }
  return runners;
}
