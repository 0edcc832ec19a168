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

const HOSTILE: Partial<LogEntry> = {
  user: 'mé "x"',
  host: "a\x7f",
  referer: 'http://x/" 200\n',
  userAgent: "Moz\\illa (X; \x1b[2J\xff)",
};

Deno.test("formatLogLine() names the user, in one word", () => {
  assertMatch(formatLogLine({ ...ENTRY, user: "me" }), /^127\.0\.0\.1 - me \[/);
  assertMatch(formatLogLine({ ...ENTRY, ...HOSTILE }), / - m\\xc3\\xa9\\x20\\x22x\\x22 \[/);
});

Deno.test("formatLogLine() writes the combined format as others do", () => {
  const entry = { ...ENTRY, referer: "http://x/", userAgent: "Mozilla/5.0 (X11)" };
  assertEquals(
    formatLogLine(entry, "combined"),
    '127.0.0.1 - - [01/Nov/2026:09:05:01 +0000] "GET /a%20b?c=d HTTP/1.1" 200 512 "http://x/" "Mozilla/5.0 (X11)"',
  );
  assertMatch(formatLogLine(ENTRY, "combined"), / 200 512 "-" "-"$/);
  assertMatch(
    formatLogLine({ ...ENTRY, ...HOSTILE }, "combined"),
    / "http:\/\/x\/\\x22 200\\x0a" "Moz\\x5cilla \(X; \\x1b\[2J\\xff\)"$/,
  );
});

Deno.test("formatLogLine() writes an object in JSON with all that is known", () => {
  const entry = { ...ENTRY, user: "me", scheme: "https", host: "h", referer: "r", userAgent: "u" };
  assertEquals(JSON.parse(formatLogLine(entry, "json")), {
    ...{
      time: "2026-11-01T09:05:01.999Z",
      peer: "127.0.0.1",
      user: "me",
      scheme: "https",
      host: "h",
    },
    ...{ method: "GET", target: "/a%20b?c=d", version: "HTTP/1.1", status: 200, bytesSent: 512 },
    ...{ completed: true, durationMs: 1.457, referer: "r", userAgent: "u" },
  });
  const { user, scheme } = JSON.parse(formatLogLine(ENTRY, "json"));
  assertEquals([user, scheme], [undefined, undefined]);
});

Deno.test("formatLogLine() writes JSON in visible ASCII on one line, and loses nothing", () => {
  const line = formatLogLine({ ...ENTRY, ...HOSTILE, rawPath: "/\x80\u2028\x9b\0" }, "json");
  assertMatch(line, /^[\x20-\x7e]*$/);
  const { user, host, referer, userAgent, target } = JSON.parse(line);
  assertEquals({ user, host, referer, userAgent }, HOSTILE as Record<string, string>);
  assertEquals(target, "/\x80\u2028\x9b\0");
});

Deno.test("formatRefusalLine() keeps to the format", () => {
  const entry = { peer: "::1", timeMs: 0, status: 400, reason: 'Cannot read: "\x1b"\n\u2028' };
  assertEquals(
    formatRefusalLine(entry),
    '::1 - - [01/Jan/1970:00:00:00 +0000] "-" 400 - refused: Cannot read: \\x22\\x1b\\x22\\x0a\\xe2\\x80\\xa8',
  );
  assertEquals(
    formatRefusalLine(entry, "combined"),
    '::1 - - [01/Jan/1970:00:00:00 +0000] "-" 400 - "-" "-"',
  );
  assertEquals(JSON.parse(formatRefusalLine(entry, "json")), {
    ...{ time: "1970-01-01T00:00:00.000Z", peer: "::1", status: 400, refused: true },
    reason: entry.reason,
  });
});
