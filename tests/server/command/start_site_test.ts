import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseArguments } from "../../../server/command/arguments.ts";
import { LineWriter } from "../../../server/command/line_writer.ts";
import { OptionValues } from "../../../server/command/option_values.ts";
import { resolveSettings, type ServeSettings } from "../../../server/command/settings.ts";
import { startSite } from "../../../server/command/start_site.ts";
import { TempTree } from "../files/temp_tree.ts";
import { RawClient } from "../raw_client.ts";

function settingsOf(args: string[]): ServeSettings {
  return resolveSettings(new OptionValues(parseArguments(["--port", "0", ...args])));
}

function recorder(): { lines: LineWriter; written: string[] } {
  const written: string[] = [];
  const lines = new LineWriter((bytes) => {
    written.push(...new TextDecoder().decode(bytes).split("\n").slice(0, -1));
    return Promise.resolve(bytes.length);
  }, () => {});
  return { lines, written };
}

Deno.test("startSite() serves, and logs what is served and what is refused", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  const { lines, written } = recorder();
  const { server } = startSite(settingsOf([tree.root, "--log", "combined"]), lines);
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /a.txt", ["User-Agent: me"])).body, "hello");
  await client.send("GET /\0 HTTP/1.1\r\n\r\n");
  assertEquals((await client.readResponse()).status, 400);
  await server.shutdown();
  await lines.flush();
  assertEquals(written.length, 2);
  assertMatch(written[0]!, /"GET \/a\.txt HTTP\/1\.1" 200 5 "-" "me"$/);
  assertMatch(written[1]!, /^127\.0\.0\.1 - - \[.*\] "-" 400 - "-" "-"$/);
});

Deno.test("startSite() writes no line when there is no log", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  const { lines, written } = recorder();
  const { server, site } = startSite(settingsOf([tree.root, "--quiet"]), lines);
  using client = await RawClient.connect(server);
  assertEquals((await client.ask("GET /a.txt")).body, "hello");
  await server.shutdown();
  await lines.flush();
  assertEquals([site.log, written], [undefined, []]);
});

Deno.test("startSite() says what it cannot listen on", () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { lines } = recorder();
  assertThrows(
    () => startSite({ ...settingsOf([]), port }, lines),
    Error,
    `Cannot listen on 127.0.0.1:${port}: `,
  );
});
