import { assertEquals } from "@std/assert";
import { addSummaries, halves } from "../../tools/test.ts";

Deno.test("halves() gives every folder and file to one half", () => {
  const [first, second] = halves(["wire", "server", "client", "api_test.ts", "new"]);
  assertEquals(first, ["tests/client", "tests/wire"]);
  assertEquals(second, ["tests/api_test.ts", "tests/new", "tests/server"]);
});

Deno.test("addSummaries() adds up what runs report, and says so if one failed", () => {
  const run = (output: string, code = 0) => ({ output, code });
  const one = run(
    "ok | 1 passed | 0 failed (1s)\nok | 12 passed (3 steps) | 0 failed | 1 ignored (2s)\n",
  );
  const two = run("\x1b[32mok\x1b[0m | 3 passed | 0 failed \x1b[38;5;245m(3ms)\x1b[0m\r\n");
  const bad = run("FAILED | 10 passed (2 steps) | 4 failed (1 step) (105ms)\n", 1);
  assertEquals(addSummaries([one, two], 9), "ok | 15 passed (3 steps) | 0 failed | 1 ignored (9s)");
  assertEquals(addSummaries([two, bad], 9), "FAILED | 13 passed (2 steps) | 4 failed (9s)");
  assertEquals(addSummaries([two, { ...two, code: 1 }], 9)?.startsWith("FAILED"), true);
  assertEquals(addSummaries([one, run("error: it crashed")], 9), undefined);
});
