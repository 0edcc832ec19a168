import { assertEquals } from "@std/assert";
import { ContinueGate } from "../../../client/exchange/continue_gate.ts";
import { within } from "../../conformance/waiting.ts";
import { turns } from "../../wire/fakes.ts";

async function isOpen(gate: ContinueGate): Promise<boolean> {
  let open = false;
  gate.opened.then(() => open = true);
  await turns();
  return open;
}

Deno.test("a gate is closed until it is opened, and stays open", async () => {
  const gate = new ContinueGate();
  assertEquals(await isOpen(gate), false);
  gate.open();
  assertEquals(await isOpen(gate), true);
  gate.stop();
  assertEquals(await isOpen(gate), true);
});

Deno.test("a gate opens by itself after a second of silence (RFC 9110 10.1.1)", async () => {
  const startMs = performance.now();
  const gate = new ContinueGate();
  await within("it opens", gate.opened);
  assertEquals(performance.now() - startMs >= 1000, true);
  gate.stop();
});
