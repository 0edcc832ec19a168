import { assertEquals, assertRejects } from "@std/assert";
import { runTool, startPrintingServer, startTalking, tryVersion } from "../../bench/process.ts";

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

Deno.test("startTalking() asks a process line by line, whatever its output is cut into", async () => {
  await using child = startTalking(DENO, ["eval", ECHO], { signal: NEVER, listens: true });
  assertEquals(await child.ask("one", DAY_MS), "<one>");
  assertEquals(await child.ask("two", DAY_MS), "<two>");
});

Deno.test("startTalking() passes variables of the environment", async () => {
  const code = `setTimeout(() => {}, ${DAY_MS}); console.log(Deno.env.get("ECO_HTTP_TEST"))`;
  const options = { signal: NEVER, env: { ECO_HTTP_TEST: "here" } };
  await using child = startTalking(DENO, ["run", "--allow-env", dataUrl(code)], options);
  assertEquals(await child.nextLine(DAY_MS), "here");
});

Deno.test("ask() rejects when the process ends, is late, or is given up on", async () => {
  const controller = new AbortController();
  const start = (code: string) =>
    startTalking(DENO, ["eval", code], { signal: controller.signal, listens: true });
  await using ending = start("await Deno.stdin.read(new Uint8Array(9)); Deno.exit(7)");
  await assertRejects(() => ending.ask("x", DAY_MS), Error, "exit code 7");
  await assertRejects(() => ending.ask("x", DAY_MS), Error, "exit code 7");
  const ended = start("Deno.exit(7)");
  await ended[Symbol.asyncDispose]();
  await assertRejects(() => ended.ask("x", DAY_MS), Error, "exit code");
  await using silent = start(`setTimeout(() => {}, ${DAY_MS})`);
  await assertRejects(() => silent.ask("x", 1), Error, "nothing printed within 1 ms");
  const asked = silent.ask("x", DAY_MS);
  controller.abort(new Error("enough"));
  await assertRejects(() => asked, Error, "enough");
});

/** Prints each line that comes in, in two pieces. */
const ECHO = `
const put = (text) => Deno.stdout.writeSync(new TextEncoder().encode(text));
for await (const chunk of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  put("<" + chunk.trim());
  put(">\\n");
}`;

function dataUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`;
}
