import { assertEquals, assertStringIncludes } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings, type ServeSettings } from "../../../server/command/settings.ts";
import { runWorker } from "../../../server/command/worker.ts";
import type { FromWorker, ToWorker } from "../../../server/command/worker_messages.ts";
import { freePort } from "../../free_port.ts";
import { TempTree } from "../files/temp_tree.ts";
import { RawClient } from "../raw_client.ts";

/** The other end of a worker, in this thread. */
class Scope {
  readonly #messages: FromWorker[] = [];
  #listener: ((event: MessageEvent<ToWorker>) => void) | undefined;
  #arrived: (() => void) | undefined;
  closed = false;

  postMessage(message: FromWorker): void {
    this.#messages.push(message);
    this.#arrived?.();
  }

  addEventListener(_: "message", listener: (event: MessageEvent<ToWorker>) => void): void {
    this.#listener = listener;
  }

  close(): void {
    this.closed = true;
  }

  tell(data: ToWorker): void {
    this.#listener!({ data } as MessageEvent<ToWorker>);
  }

  async next(): Promise<FromWorker> {
    while (this.#messages.length === 0) {
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    return this.#messages.shift()!;
  }
}

function settingsOf(args: string[], port: number): ServeSettings {
  return { ...resolveSettings(new OptionValues(parseArguments(args))), port };
}

Deno.test("a worker serves, hands its lines over one after the other, and ends when told", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  const port = freePort();
  const scope = new Scope();
  runWorker(scope);
  scope.tell({ type: "start", settings: settingsOf([tree.root, "--health"], port) });
  assertEquals(await scope.next(), { type: "listening" });

  const ask = async (line: string) => {
    using client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
    return await client.ask(line);
  };
  assertEquals((await ask("GET /a.txt")).body, "hello");
  const first = await scope.next();
  assertStringIncludes(first.type === "log" ? first.lines : "", '"GET /a.txt HTTP/1.1" 200 5');
  // While the first is not yet written, the second waits.
  assertEquals((await ask("GET /none")).status, 404);
  scope.tell({ type: "drain" });
  assertEquals((await ask("GET /healthz")).status, 503);
  scope.tell({ type: "shutdown" });
  scope.tell({ type: "logged" });
  const second = await scope.next();
  assertStringIncludes(second.type === "log" ? second.lines : "", '"GET /none HTTP/1.1" 404');
  assertEquals(scope.closed, false);
  scope.tell({ type: "logged" });
  assertEquals(await scope.next(), { type: "ended", drained: 0, cut: 0 });
  assertEquals(scope.closed, true);
});

Deno.test("a worker says why it cannot start, and ends all the same", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const scope = new Scope();
  runWorker(scope);
  scope.tell({ type: "start", settings: settingsOf([], port) });
  const failed = await scope.next();
  assertStringIncludes(
    failed.type === "failed" ? failed.message : failed.type,
    `Cannot listen on 127.0.0.1:${port}: `,
  );
  scope.tell({ type: "shutdown" });
  assertEquals(await scope.next(), { type: "ended", drained: 0, cut: 0 });
});
