import { assertEquals } from "@std/assert";
import { addSummaries, failuresOf, groupsOf } from "../../tools/test.ts";

Deno.test("groupsOf() puts files of the same folder together, but not too many", () => {
  const names = Array.from({ length: 20 }, (_, i) => `tests/server/${i}_test.ts`);
  const others = ["tests/server/files/a_test.ts", "tests/api_test.ts", "tests/server/z_test.ts"];
  assertEquals(groupsOf([...names, ...others]), [
    names.slice(0, 16),
    [...names.slice(16), others[2]!],
    [others[0]!],
    [others[1]!],
  ]);
});

Deno.test("groupsOf() leaves alone what begins anew, and puts it first", () => {
  const files = ["tests/api_test.ts", "tests/browser/x/c_test.ts", "tests/peers/a_test.ts"];
  assertEquals(groupsOf([...files, "tests/peers/b_test.ts", "tests/b_test.ts"]), [
    ["tests/browser/x/c_test.ts"],
    ["tests/peers/a_test.ts"],
    ["tests/peers/b_test.ts"],
    ["tests/api_test.ts", "tests/b_test.ts"],
  ]);
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

Deno.test("failuresOf() repeats the errors of a run, or the end of one that broke off", () => {
  const errors =
    "\n ERRORS \n\nbad => ./a_test.ts:2:6\nerror: Error: no\n\n FAILURES \n\nbad => ./a_test.ts:2:6\n\n" +
    "FAILED | 2 passed | 1 failed (1ms)\n\nerror: Test failed\n";
  assertEquals(
    failuresOf({ code: 1, output: `good ... ok (1ms)\nbad ... FAILED (1ms)\n${errors}` }),
    errors.slice(1),
  );
  const passed = " ERRORS \nok | 2 passed | 0 failed (1ms)\n";
  assertEquals(failuresOf({ code: 0, output: passed }), "");
  const lines = Array.from({ length: 99 }, (_, i) => `line ${i}\n`);
  assertEquals(failuresOf({ code: 134, output: lines.join("") }), lines.slice(-40).join(""));
  assertEquals(failuresOf({ code: 1, output: passed }), passed);
});
