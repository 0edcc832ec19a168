import { assertEquals } from "@std/assert";
import { missingRuntime } from "../../tools/compile.ts";

Deno.test("missingRuntime() names the runtime that a download failed for", () => {
  const url = "https://example.test/release/v1.2.3/denort-x86_64-unknown-linux-gnu.zip";
  const report = `Download ${url}
error: Writing deno compile executable to temporary file '/tmp/bin.tmp'

Caused by:
    0: Setting up base binary.
    1: error sending request for url (${url}): client error (Connect): dns error
`;
  assertEquals(missingRuntime(report), "denort-x86_64-unknown-linux-gnu");
});

Deno.test("missingRuntime() leaves other errors to speak for themselves", () => {
  assertEquals(missingRuntime("error: Module not found: main.ts\n"), undefined);
  // Downloading it is no failure.
  assertEquals(missingRuntime("Download denort.zip\nerror: Permission denied\n"), undefined);
  assertEquals(missingRuntime(""), undefined);
});
