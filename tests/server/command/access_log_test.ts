import { assertEquals, assertMatch } from "@std/assert";
import { AccessLog } from "../../../server/command/access_log.ts";
import { LineWriter } from "../../../server/command/line_writer.ts";
import type { LogEntry } from "../../../server/command/log_line.ts";

const ENTRY: LogEntry = {
  ...{ peer: "::1", timeMs: 0, method: "GET", rawPath: "/", minorVersion: 1 },
  ...{ status: 200, bytesSent: 5, completed: true, durationMs: 1 },
};

function recorder(): { lines: LineWriter; written: string[] } {
  const written: string[] = [];
  const lines = new LineWriter((bytes) => {
    written.push(...new TextDecoder().decode(bytes).split("\n").slice(0, -1));
    return Promise.resolve(bytes.length);
  }, () => {});
  return { lines, written };
}

Deno.test("AccessLog writes responses and refusals in its format", async () => {
  const { lines, written } = recorder();
  const common = new AccessLog("common", lines);
  const json = new AccessLog("json", lines);
  assertEquals([common.detailed, json.detailed], [false, true]);
  common.put(ENTRY);
  common.putRefusal({ peer: "::1", timeMs: 0, status: 400, reason: "why" });
  json.put(ENTRY);
  await json.flush();
  assertMatch(written[0]!, /^::1 - - \[.*\] "GET \/ HTTP\/1\.1" 200 5 1\.0ms$/);
  assertMatch(written[1]!, / 400 - refused: why$/);
  assertEquals(JSON.parse(written[2]!).status, 200);
});

Deno.test("AccessLog drops refusals, and nothing else, while it is full", async () => {
  const { lines, written } = recorder();
  const log = new AccessLog("common", lines);
  lines.put("x".repeat(1024 * 1024));
  assertEquals(log.full, true);
  log.putRefusal({ peer: "::1", timeMs: 0, status: 400, reason: "why" });
  log.put(ENTRY);
  await log.flush();
  assertEquals([log.full, written.length], [false, 2]);
});
