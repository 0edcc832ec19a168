import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import {
  formatLogLine,
  formatRefusalLine,
  type LogEntry,
} from "../../../server/command/log_line.ts";

const ENTRY: LogEntry = {
  peer: "127.0.0.1",
  timeMs: Date.UTC(2026, 10, 1, 9, 5, 1, 999),
  method: "GET",
  rawPath: "/a%20b?c=d",
  minorVersion: 1,
  status: 200,
  bytesSent: 512,
  completed: true,
  durationMs: 1.4567,
};

Deno.test("formatLogLine() writes the common log format and the duration", () => {
  assertEquals(
    formatLogLine(ENTRY),
    '127.0.0.1 - - [01/Nov/2026:09:05:01 +0000] "GET /a%20b?c=d HTTP/1.1" 200 512 1.5ms',
  );
});

Deno.test("formatLogLine() tells each line's own time", () => {
  const times = [0, 999, 1000, 500, Date.UTC(2024, 1, 29, 23, 59, 59)];
  assertEquals(
    times.map((timeMs) => /\[.*\]/.exec(formatLogLine({ ...ENTRY, timeMs }))?.[0]),
    [
      "[01/Jan/1970:00:00:00 +0000]",
      "[01/Jan/1970:00:00:00 +0000]",
      "[01/Jan/1970:00:00:01 +0000]",
      "[01/Jan/1970:00:00:00 +0000]",
      "[29/Feb/2024:23:59:59 +0000]",
    ],
  );
});

Deno.test("formatLogLine() marks a response that was cut, and one that was never sent", () => {
  const cut = formatLogLine({ ...ENTRY, completed: false, bytesSent: 7 });
  assertMatch(cut, /" 200 7 1\.5ms cut$/);
  assertMatch(formatLogLine({ ...ENTRY, status: 0, bytesSent: 0 }), /" - 0 1\.5ms$/);
});

Deno.test("formatLogLine() tells HTTP/1.0 and a peer without an address", () => {
  assertMatch(
    formatLogLine({ ...ENTRY, minorVersion: 0, peer: "" }),
    /^- - - \[.*"GET \/a%20b\?c=d HTTP\/1\.0"/,
  );
});

Deno.test("formatLogLine() escapes what could forge a line or steer a terminal", () => {
  const rawPath = '/" 200 0\n10.0.0.1 \\ \x1b[2J\x7f\xff\0';
  assertMatch(
    formatLogLine({ ...ENTRY, rawPath }),
    / "GET \/\\x22\\x20200\\x200\\x0a10\.0\.0\.1\\x20\\x5c\\x20\\x1b\[2J\\x7f\\xff\\x00 HTTP\/1\.1" 200 /,
  );
});

Deno.test("formatLogLine() writes one line of six parts, whatever is asked for", () => {
  const latin1 = fc.array(fc.integer({ min: 0, max: 255 }))
    .map((codes) => String.fromCharCode(...codes));
  fc.assert(fc.property(latin1, latin1, (method, rawPath) => {
    const line = formatLogLine({ ...ENTRY, method, rawPath });
    assert(/^[\x20-\x7e]*$/.test(line), line);
    // Exactly one quoted part, of exactly three words.
    const match = /^\S+ - - \[[^\]"]+\] "([^"]*)" 200 512 1\.5ms$/.exec(line);
    const [writtenMethod, writtenPath, version, ...more] = match?.[1]?.split(" ") ?? [];
    assertEquals([unescape(writtenMethod), unescape(writtenPath)], [method, rawPath]);
    assertEquals([version, ...more], ["HTTP/1.1"]);
  }));
});

function unescape(text = ""): string {
  return text.replace(/\\x(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
}

Deno.test("formatRefusalLine() names peer, time and status of a request that was refused", () => {
  const timeMs = Date.UTC(2026, 10, 21, 9, 5, 1);
  assertEquals(
    formatRefusalLine({ peer: "127.0.0.1", timeMs, status: 400 }),
    '127.0.0.1 - - [21/Nov/2026:09:05:01 +0000] "-" 400 - refused',
  );
  assertEquals(
    formatRefusalLine({ peer: "", timeMs, status: 0 }),
    '- - - [21/Nov/2026:09:05:01 +0000] "-" - - refused',
  );
});
