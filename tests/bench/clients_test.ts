import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Peer, startPeer } from "../../bench/client_peers.ts";
import { type ClientContestant, findClients, undiciRange } from "../../bench/clients.ts";
import { writeDocroot } from "../../bench/docroot.ts";
import { readyClients } from "../../bench/ready_clients.ts";
import { type ClientScenario, SCENARIOS } from "../../bench/scenarios.ts";
import { makeGrounds, NEVER } from "./test_grounds.ts";

/** Longer than every buffer on the way, and no multiple of one. */
const BODY_BYTES = 3 * 1024 * 1024 + 5;

Deno.test("undiciRange() is the newest major version that Node.js runs", () => {
  assertEquals(undiciRange("24.1.0"), "^8.0.0");
  assertEquals(undiciRange("22.19.0"), "^8.0.0");
  assertEquals(undiciRange("22.18.9"), "^7.0.0");
  assertEquals(undiciRange("20.18.1"), "^7.0.0");
  assertEquals(undiciRange("20.18.0"), "^6.0.0");
  assertEquals(undiciRange("18.16.1"), undefined);
});

Deno.test("every client gets, downloads and uploads right", async (t) => {
  await using stack = new AsyncDisposableStack();
  const scenarios = SCENARIOS.filter((one) => one.group === "client").map(shorten);
  const { grounds, notes } = await makeGrounds(stack);
  const digests = await writeDocroot(grounds.docroot, scenarios);
  const wanted = new Set(scenarios.flatMap((one) => one.contestants));
  const found = await findClients(wanted, grounds);
  for (const scenario of scenarios) {
    const peer = await startPeer(scenario, grounds);
    stack.use(peer.server);
    const plan = { peer, digest: digests.get(scenario.target)!, docroot: grounds.docroot };
    for (const key of scenario.contestants) {
      const client = found.get(key);
      const why = notes.find((note) => note.startsWith(`Skipping ${key}:`));
      assert(client ?? why, `${key} is missing, and nobody says why`);
      await t.step({
        name: `${scenario.name}: ${client?.label ?? `[ignored: ${why}]`}`,
        ignore: client === undefined,
        fn: () => runOnce(scenario, client!, plan),
      });
    }
  }
});

Deno.test("a client that delivers another body is not measured", async () => {
  await using stack = new AsyncDisposableStack();
  const scenario = shorten(SCENARIOS.find((one) => one.name === "client-download")!);
  const { grounds } = await makeGrounds(stack);
  const clients = [...(await findClients(new Set(["bare"]), grounds)).values()];
  const peer = await startPeer(scenario, grounds);
  stack.use(peer.server);
  const plan = { peer, digest: "00", docroot: grounds.docroot, signal: NEVER };
  await assertRejects(
    () => readyClients(scenario, clients, plan, stack),
    Error,
    "Cannot measure bare loop: another body",
  );
});

async function runOnce(
  scenario: ClientScenario,
  client: ClientContestant,
  plan: { peer: Peer; digest: string; docroot: string },
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const [runner] = await readyClients(scenario, [client], { ...plan, signal: NEVER }, stack);
  for (let turn = 0; turn < 2; turn++) {
    const { rate, units } = await runner.run(0.02);
    assert(rate > 0 && units > 0, `${units} units at ${rate}`);
  }
}

function shorten(scenario: typeof SCENARIOS[number]): ClientScenario {
  assert(scenario.group === "client");
  return scenario.work === "get" ? scenario : { ...scenario, bodyBytes: BODY_BYTES };
}
