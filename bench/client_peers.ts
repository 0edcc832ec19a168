/**
 * The server under the clients, the fastest at hand, so that it does not hold them back. For small
 * answers that is nginx: about a tenth faster than the bare loop of the runtime, which takes its
 * place where nginx is missing. For bodies it is a program of the bench's own that writes from memory
 * and drops what it reads: against it curl downloads nearly twice as fast as from nginx with sendfile.
 */

import type { Grounds } from "./grounds.ts";
import { startNginx } from "./nginx.ts";
import { type RunningServer, tryVersion } from "./process.ts";
import type { ClientScenario } from "./scenarios.ts";
import { startDeno } from "./servers.ts";

/** A server that clients are measured against. */
export interface Peer {
  server: RunningServer;
  /** For the report. */
  label: string;
}

/** Starts the server that a scenario of the clients needs. */
export async function startPeer(scenario: ClientScenario, grounds: Grounds): Promise<Peer> {
  const { docroot, signal } = grounds;
  if (scenario.work !== "get") {
    const server = await startDeno("transfers.ts", [String(scenario.bodyBytes)], signal);
    return { server, label: "a server in memory" };
  }
  const version = tryVersion("nginx", "-v");
  if (!version) {
    return { server: await startDeno("bare_hello.ts", [], signal), label: "the bare loop" };
  }
  const scratch = await grounds.makeScratch(`nginx_for_${scenario.name}`);
  const setup = { docroot, scratch, connections: scenario.connections, keepForever: true };
  return { server: await startNginx(setup, signal), label: `nginx ${version}` };
}
