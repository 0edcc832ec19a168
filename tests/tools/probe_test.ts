import { assertEquals, assertStringIncludes } from "@std/assert";
import { tryImport } from "../../tools/jsr/probe.ts";

const PATIENT_MS = 60_000;

Deno.test("tryImport() finds a module that can be loaded", async () => {
  assertEquals(await tryImport("@std/fmt/bytes", PATIENT_MS), undefined);
});

Deno.test("tryImport() returns what keeps a module from loading", async () => {
  const failure = await tryImport("./nowhere.ts", PATIENT_MS);
  assertStringIncludes(failure?.message ?? "", "nowhere.ts");
});

Deno.test("tryImport() gives up on a server that never answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const failure = await tryImport(`http://127.0.0.1:${listener.addr.port}/a.ts`, 50);
  assertEquals(failure?.message, "no answer within 0.05 seconds");
  (await accepted).close();
  listener.close();
});
