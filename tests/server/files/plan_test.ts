import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Plan, planFile, type Representation } from "../../../server/files/plan.ts";

const NOW = Date.UTC(2026, 0, 1);
const MTIME = Date.UTC(1994, 10, 6, 8, 49, 37, 500);
const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
const FILE: Representation = { name: "a/page.html", size: 1000, mtimeMs: MTIME, varies: false };
const ETAG = `"3e8-${MTIME.toString(16)}"`;
const PACKED: Representation = { ...FILE, size: 300, coding: "gzip", varies: true };
const PACKED_ETAG = `"12c-${MTIME.toString(16)}-gzip"`;

type Headers = Record<string, string>;

function get(headers: Headers = {}, file = FILE, now = NOW): Plan {
  return planFile("GET", headers, file, now);
}

function fieldsOf(plan: Plan): Headers {
  const fields = Object.fromEntries(plan.fields);
  assertEquals(Object.keys(fields).length, plan.fields.length, "a field is there twice");
  return fields;
}

Deno.test("planFile() sends a whole file with its fields", () => {
  const plan = get();
  assertEquals([plan.status, plan.offset, plan.count], [200, 0, 1000]);
  assertEquals(fieldsOf(plan), {
    "Content-Type": "text/html; charset=UTF-8",
    "Content-Length": "1000",
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "ETag": ETAG,
    "Last-Modified": DATE,
  });
});

Deno.test("planFile() sends a range with the fields of the whole", () => {
  const plan = get({ range: "bytes=10-19" });
  assertEquals([plan.status, plan.offset, plan.count], [206, 10, 10]);
  assertEquals(fieldsOf(plan), {
    ...fieldsOf(get()),
    "Content-Length": "10",
    "Content-Range": "bytes 10-19/1000",
  });
});

Deno.test("planFile() clamps ranges and takes suffixes", () => {
  const cases: [string, number, number, string][] = [
    ["bytes=0-0", 0, 1, "bytes 0-0/1000"],
    ["bytes=990-5000", 990, 10, "bytes 990-999/1000"],
    ["bytes=990-", 990, 10, "bytes 990-999/1000"],
    ["bytes=-10", 990, 10, "bytes 990-999/1000"],
    ["bytes=-5000", 0, 1000, "bytes 0-999/1000"],
    ["bytes=0-", 0, 1000, "bytes 0-999/1000"],
  ];
  for (const [range, offset, count, contentRange] of cases) {
    const plan = get({ range });
    assertEquals([plan.status, plan.offset, plan.count], [206, offset, count], range);
    assertEquals(fieldsOf(plan)["Content-Range"], contentRange);
    assertEquals(fieldsOf(plan)["Content-Length"], String(count));
  }
});

Deno.test("planFile() ignores ranges that are malformed, several or of other units", () => {
  for (
    const range of ["xbytes=0-3", "hello", "bytes=5-2", "bytes=0-1,2-3", "items=0-3", "bytes=-"]
  ) {
    assertEquals(get({ range }), get(), range);
  }
});

Deno.test("planFile() answers 416 with the size when no byte is in the range", () => {
  for (const range of ["bytes=1000-", "bytes=-0", "bytes=5000-6000"]) {
    const plan = get({ range });
    assertEquals([plan.status, plan.count], [416, 0], range);
    assertEquals(fieldsOf(plan), { "Content-Range": "bytes */1000" });
  }
});

Deno.test("planFile() lets a range count only while If-Range holds", () => {
  const cases: [string, 200 | 206][] = [
    [ETAG, 206],
    [`W/${ETAG}`, 200],
    ['"stale"', 200],
    [DATE, 206],
    ["Sun, 06 Nov 1994 08:49:38 GMT", 200],
    ["nonsense", 200],
  ];
  for (const [ifRange, status] of cases) {
    assertEquals(get({ range: "bytes=0-9", "if-range": ifRange }).status, status, ifRange);
    // A range that would not be satisfiable is no matter either, then.
    const beyond = get({ range: "bytes=1000-", "if-range": ifRange });
    assertEquals(beyond.status, status === 206 ? 416 : 200, ifRange);
  }
  assertEquals(get({ "if-range": '"stale"' }).status, 200);
});

Deno.test("planFile() takes the date of If-Range only when the file was at rest for a second", () => {
  const headers = { range: "bytes=0-9", "if-range": DATE };
  assertEquals(get(headers, FILE, MTIME + 499).status, 200);
  assertEquals(get(headers, FILE, MTIME + 500).status, 206);
});

Deno.test("planFile() answers 304 with ETag alone", () => {
  const requests: Headers[] = [{ "if-none-match": ETAG }, { "if-modified-since": DATE }];
  for (const headers of requests) {
    const plan = get(headers);
    assertEquals([plan.status, plan.count], [304, 0]);
    assertEquals(fieldsOf(plan), { "ETag": ETAG });
    assertEquals(planFile("HEAD", headers, FILE, NOW), plan);
  }
});

Deno.test("planFile() decides preconditions before ranges", () => {
  assertEquals(get({ "if-none-match": ETAG, range: "bytes=0-9" }).status, 304);
  assertEquals(get({ "if-none-match": ETAG, range: "bytes=5000-" }).status, 304);
  assertEquals(get({ "if-none-match": '"x"', range: "bytes=0-9" }).status, 206);
  assertEquals(get({ "if-modified-since": DATE, range: "bytes=0-9" }).status, 304);
});

Deno.test("planFile() answers HEAD like GET, without a body and without ranges", () => {
  for (const headers of [{}, { range: "bytes=0-9" }, { range: "bytes=5000-" }]) {
    const plan = planFile("HEAD", headers, FILE, NOW);
    assertEquals(plan, { ...get(), count: 0 });
    assertEquals(fieldsOf(plan)["Content-Length"], "1000");
  }
});

Deno.test("planFile() describes the compressed sibling as a representation of its own", () => {
  const plan = get({}, PACKED);
  assertEquals([plan.status, plan.count], [200, 300]);
  assertEquals(fieldsOf(plan), {
    "Content-Type": "text/html; charset=UTF-8",
    "Content-Length": "300",
    "Content-Encoding": "gzip",
    "Accept-Ranges": "bytes",
    "X-Content-Type-Options": "nosniff",
    "ETag": PACKED_ETAG,
    "Last-Modified": DATE,
    "Vary": "Accept-Encoding",
  });
  assertEquals(get({ "if-none-match": ETAG }, PACKED).status, 200);
  assertEquals(get({ range: "bytes=0-9", "if-range": ETAG }, PACKED).status, 200);
  const part = get({ range: "bytes=-10", "if-range": PACKED_ETAG }, PACKED);
  assertEquals([part.status, part.offset, part.count], [206, 290, 10]);
  assertEquals(fieldsOf(part)["Content-Range"], "bytes 290-299/300");
});

Deno.test("planFile() sends Vary with every status when the form depends on the client", () => {
  for (const file of [PACKED, { ...FILE, varies: true }]) {
    const etag = file === PACKED ? PACKED_ETAG : ETAG;
    const requests: Headers[] = [{}, { range: "bytes=0-9" }, { range: "bytes=5000-" }, {
      "if-none-match": etag,
    }];
    const plans = requests.map((headers) => get(headers, file));
    assertEquals(plans.map((plan) => plan.status), [200, 206, 416, 304]);
    for (const plan of plans) assertEquals(fieldsOf(plan)["Vary"], "Accept-Encoding");
  }
});

Deno.test("planFile() has no body to send of an empty file", () => {
  const empty = { ...FILE, size: 0 };
  const plan = get({}, empty);
  assertEquals([plan.status, plan.count], [200, 0]);
  assertEquals(fieldsOf(plan)["Content-Length"], "0");
  assertEquals(get({ range: "bytes=0-" }, empty).status, 416);
  assertEquals(get({ range: "bytes=-5" }, empty), plan);
  assertEquals(fieldsOf(get({ range: "bytes=-0" }, empty))["Content-Range"], "bytes */0");
});

Deno.test("planFile() never dates a file later than the response", () => {
  const early = Date.UTC(1994, 0, 1, 0, 0, 5);
  const plan = get({}, FILE, early);
  assertEquals(fieldsOf(plan)["Last-Modified"], "Sat, 01 Jan 1994 00:00:05 GMT");
  // What was sent as Last-Modified must not match a file that changes in the future.
  const since = { "if-modified-since": "Sat, 01 Jan 1994 00:00:05 GMT" };
  assertEquals(get(since, FILE, early + 10_000).status, 200);
  const range = { range: "bytes=0-9", "if-range": "Sat, 01 Jan 1994 00:00:05 GMT" };
  assertEquals(get(range, FILE, early + 10_000).status, 200);
});

Deno.test("planFile() sends no validators of a file without a time", () => {
  const file = { ...FILE, mtimeMs: null };
  const fields = fieldsOf(get({}, file));
  assertEquals([fields["ETag"], fields["Last-Modified"]], [undefined, undefined]);
  assertEquals(get({ "if-modified-since": DATE }, file).status, 200);
  assertEquals(get({ range: "bytes=0-9", "if-range": DATE }, file).status, 200);
  assertEquals(get({ range: "bytes=0-9" }, file).status, 206);
});

Deno.test("planFile() keeps offset, count and Content-Length together for any request", () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(ETAG, `W/${ETAG}`, "*", DATE, "bytes=0-9", "bytes=-0", "bytes=-5", "bytes=7-"),
  );
  const names = ["range", "if-range", "if-none-match", "if-modified-since"];
  const headers = fc.dictionary(fc.constantFrom(...names), value);
  const size = fc.oneof(fc.nat({ max: 12 }), fc.maxSafeNat());
  fc.assert(
    fc.property(headers, size, fc.constantFrom("GET", "HEAD"), (sent, size, method) => {
      const plan = planFile(method as "GET" | "HEAD", sent, { ...FILE, size }, NOW);
      const fields = fieldsOf(plan);
      assert([200, 206, 304, 416].includes(plan.status));
      assert(plan.offset >= 0 && plan.offset + plan.count <= size);
      const announced = fields["Content-Length"];
      if (plan.status === 200) assertEquals(announced, String(size));
      if (plan.status === 206) assertEquals(announced, String(plan.count));
      if (plan.status > 206) assertEquals([announced, plan.count], [undefined, 0]);
      if (method === "HEAD") assertEquals([plan.count, plan.offset], [0, 0]);
      else if (plan.status === 200) assertEquals(plan.count, size);
      assertEquals("Content-Range" in fields, plan.status === 206 || plan.status === 416);
    }),
    { numRuns: 1000 },
  );
});
