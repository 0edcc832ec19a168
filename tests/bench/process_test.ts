import { assertEquals, assertRejects } from "@std/assert";
import { runTool, startPrintingServer, tryVersion } from "../../bench/process.ts";

const DENO = Deno.execPath();
const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;

Deno.test("tryVersion() is undefined for a program that is not installed", () => {
  assertEquals(tryVersion("eco-http-no-such-program", "--version"), undefined);
});

Deno.test("tryVersion() does not take Deno for Node.js", () => {
  assertEquals(tryVersion(DENO, "--version"), undefined);
});

Deno.test("runTool() returns what a program prints", async () => {
  const text = await runTool(DENO, ["eval", "console.log(6 * 7)"], {
    signal: NEVER,
    timeoutMs: DAY_MS,
  });
  assertEquals(text, "42\n");
});

Deno.test("runTool() rejects a failure with its code and message", async () => {
  const run = runTool(DENO, ["eval", "console.error('no luck'); Deno.exit(3)"], {
    signal: NEVER,
    timeoutMs: DAY_MS,
  });
  await assertRejects(() => run, Error, "exit code 3: no luck");
});

Deno.test("runTool() ends a program that is late", async () => {
  const run = runTool(DENO, ["eval", `setTimeout(() => {}, ${DAY_MS})`], {
    signal: NEVER,
    timeoutMs: 1,
  });
  await assertRejects(() => run, Error, "not done after 1 ms");
});

Deno.test("startPrintingServer() tells the printed port, and disposing ends the process", async () => {
  const code = `console.log(4321); setTimeout(() => {}, ${DAY_MS})`;
  const server = await startPrintingServer(DENO, ["eval", code], NEVER);
  assertEquals(server.port, 4321);
  Deno.kill(server.pid, "SIGCONT"); // throws unless the process is there
  await server[Symbol.asyncDispose]();
  let gone = false;
  try {
    Deno.kill(server.pid, "SIGCONT");
  } catch {
    gone = true;
  }
  assertEquals(gone, true);
});

Deno.test("startPrintingServer() rejects a server that ends, or prints no port", async () => {
  const start = (code: string) => startPrintingServer(DENO, ["eval", code], NEVER);
  await assertRejects(() => start("Deno.exit(5)"), Error, "exit code 5");
  await assertRejects(
    () => start(`console.log("ready"); setTimeout(() => {}, ${DAY_MS})`),
    Error,
    'it printed "ready" for a port',
  );
});

Deno.test("startPrintingServer() ends the process when its signal is aborted", async () => {
  const controller = new AbortController();
  const code = `setTimeout(() => {}, ${DAY_MS})`;
  const start = startPrintingServer(DENO, ["eval", code], controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => start, Error, "enough");
});
