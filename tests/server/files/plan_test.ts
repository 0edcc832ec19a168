import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Field, Representation } from "../../../server/files/file_source.ts";
import { joinPieces } from "../../../server/files/open_file.ts";
import { type Plan, planFile } from "../../../server/files/plan.ts";

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

Deno.test("planFile() ignores ranges that are malformed or of other units", () => {
  for (const range of ["xbytes=0-3", "hello", "bytes=5-2", "items=0-3", "bytes=-"]) {
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

Deno.test("planFile() sends several ranges as multipart/byteranges", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, at) => 65 + at % 26);
  const plan = get({ range: "bytes=500-501, 0-2" });
  const { "Content-Type": type, ...others } = fieldsOf(plan);
  const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(type!)![1]!;
  const body = joinPieces(plan.pieces!, bytes);
  assertEquals([plan.status, plan.count], [206, body.length]);
  const { "Content-Type": _, ...whole } = fieldsOf(get());
  assertEquals(others, { ...whole, "Content-Length": String(body.length) });
  assertEquals(
    new TextDecoder().decode(body),
    `--${boundary}\r\nContent-Type: text/html; charset=UTF-8\r\n` +
      `Content-Range: bytes 500-501/1000\r\n\r\nGH\r\n` +
      `--${boundary}\r\nContent-Type: text/html; charset=UTF-8\r\n` +
      `Content-Range: bytes 0-2/1000\r\n\r\nABC\r\n--${boundary}--\r\n`,
  );
  assertEquals(planFile("HEAD", { range: "bytes=500-501, 0-2" }, FILE, NOW), {
    ...get(),
    count: 0,
  });
});

Deno.test("planFile() sends the whole where parts would be longer, or are those of a coding", () => {
  assertEquals(get({ range: "bytes=0-499, 501-999" }), get());
  const large = { ...PACKED, size: 100_000 };
  assertEquals(get({ range: "bytes=0-9, 20-29" }, large), get({}, large));
  assertEquals(get({ range: "bytes=0-9, 5-29" }, large).count, 30);
});

Deno.test("planFile() answers 412 to conditions that fail, without a body", () => {
  const cases: Headers[] = [
    { "if-match": '"x"' },
    { "if-match": `W/${ETAG}` },
    { "if-unmodified-since": "Sun, 06 Nov 1994 08:49:36 GMT", "if-none-match": ETAG },
  ];
  for (const headers of cases) {
    for (const method of ["GET", "HEAD"] as const) {
      const plan = planFile(method, headers, FILE, NOW);
      assertEquals(plan, { status: 412, fields: [], offset: 0, count: 0 });
    }
    const varying = planFile("GET", headers, { ...FILE, varies: true }, NOW);
    assertEquals(varying.fields, [["Vary", "Accept-Encoding"]]);
  }
  assertEquals(get({ "if-match": ETAG, "if-unmodified-since": "garbage" }), get());
});

const MADE: Representation = { ...FILE, compress: "br", varies: true };

Deno.test("planFile() compresses on the way with a weak tag, without length and ranges", () => {
  const plan = get({}, MADE);
  assertEquals([plan.status, plan.count, plan.compress], [200, Infinity, "br"]);
  assertEquals(fieldsOf(plan), {
    "Content-Type": "text/html; charset=UTF-8",
    "Content-Encoding": "br",
    "X-Content-Type-Options": "nosniff",
    "ETag": `W/${ETAG.slice(0, -1)}-br"`,
    "Last-Modified": DATE,
    "Vary": "Accept-Encoding",
  });
  const head = planFile("HEAD", {}, MADE, NOW);
  assertEquals([head.status, head.count, head.compress], [200, 0, undefined]);
  assertEquals(head.fields, plan.fields);
  const empty = get({}, { ...MADE, size: 0 });
  assertEquals([empty.count, fieldsOf(empty)["Content-Encoding"]], [0, undefined]);
});

Deno.test("planFile() knows again what was compressed on the way", () => {
  const etag = fieldsOf(get({}, MADE))["ETag"]!;
  const plan = get({ "if-none-match": etag }, MADE);
  assertEquals([plan.status, fieldsOf(plan)], [304, { "ETag": etag, "Vary": "Accept-Encoding" }]);
  assertEquals(get({ "if-none-match": ETAG }, MADE).status, 200);
  // A weak tag is never strongly equal.
  assertEquals(get({ "if-match": etag }, MADE).status, 412);
});

Deno.test("planFile() never compresses where a range is asked for: ranges are those of the file", () => {
  const identity = { ...FILE, varies: true };
  for (const range of ["bytes=0-9", "bytes=0-9, 20-29", "bytes=5000-", "hello"]) {
    const plan = get({ range }, MADE);
    assertEquals([plan.compress, fieldsOf(plan)["Content-Encoding"]], [undefined, undefined]);
    assertEquals(plan.status, get({ range }, identity).status);
  }
  const part = get({ range: "bytes=0-9", "if-range": ETAG }, MADE);
  assertEquals([part.status, fieldsOf(part)["ETag"], fieldsOf(part)["Vary"]], [
    206,
    ETAG,
    "Accept-Encoding",
  ]);
  const stale = get({ range: "bytes=0-9", "if-range": fieldsOf(get({}, MADE))["ETag"] }, MADE);
  assertEquals([stale.status, stale.count], [200, 1000]);
  // To HEAD ranges are nothing, and it is answered as GET would be without one.
  assertEquals(planFile("HEAD", { range: "bytes=0-9" }, MADE, NOW).fields, get({}, MADE).fields);
});

Deno.test("planFile() takes an entity tag and a media type that are given", () => {
  const given = { ...FILE, mtimeMs: null, etag: '"abc"', mediaType: "text/x-own" };
  const fields = fieldsOf(get({}, given));
  assertEquals([fields["ETag"], fields["Content-Type"], fields["Last-Modified"]], [
    '"abc"',
    "text/x-own",
    undefined,
  ]);
  assertEquals(get({ "if-none-match": '"abc"' }, given).status, 304);
  const made = fieldsOf(get({}, { ...given, compress: "zstd" }));
  assertEquals([made["ETag"], made["Content-Encoding"]], ['W/"abc-zstd"', "zstd"]);
});

Deno.test("planFile() sends a page for what is not there whole, whatever is asked of it", () => {
  const page: Representation = { ...FILE, status: 404, varies: true, fields: [["X-A", "b"]] };
  const fields = {
    "Content-Type": "text/html; charset=UTF-8",
    "Content-Length": "1000",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept-Encoding",
    "X-A": "b",
  };
  const requests: Headers[] = [{}, { "if-none-match": "*" }, { range: "bytes=0-9" }, {
    "if-match": '"x"',
  }];
  for (const headers of requests) {
    const plan = get(headers, page);
    assertEquals([plan.status, plan.offset, plan.count], [404, 0, 1000]);
    assertEquals(fieldsOf(plan), fields);
    assertEquals(planFile("HEAD", headers, page, NOW), { ...plan, count: 0 });
  }
  const packed = get({ range: "bytes=0-9" }, { ...page, compress: "gzip" });
  assertEquals([packed.status, packed.compress], [404, "gzip"]);
});

Deno.test("planFile() adds the fields of the folder to 200, 206 and 304 alone", () => {
  const own: Field[] = [["Cache-Control", "no-cache"], ["x-content-type-options", "other"]];
  const file = { ...FILE, fields: own };
  const requests: Headers[] = [{}, { range: "bytes=0-9" }, { "if-none-match": ETAG }];
  for (const headers of requests) {
    const plan = get(headers, file);
    const names = plan.fields.map(([name]) => name.toLowerCase());
    assertEquals(new Set(names).size, names.length);
    for (const field of own) {
      assert(plan.fields.some((it) => it[0] === field[0] && it[1] === field[1]), field[0]);
    }
  }
  const refused: Headers[] = [{ range: "bytes=5000-" }, { "if-match": '"x"' }];
  for (const headers of refused) {
    assertEquals(get(headers, file), get(headers));
  }
});

Deno.test("planFile() never lets a folder's fields say what is not true, and varies by all", () => {
  const names = ["Content-Type", "content-length", "Content-Range", "Content-Encoding", "ETag"];
  const file = { ...FILE, fields: names.map((name): Field => [name, "1"]) };
  const several = fieldsOf(get({ range: "bytes=0-9, 500-509" }, file));
  assert(several["Content-Type"]!.startsWith("multipart/byteranges; boundary="));
  assertEquals(get({}, file), get());
  assertEquals(get({ "if-none-match": ETAG }, { ...FILE, fields: [["ETag", '"x"']] }).fields, [
    ["ETag", ETAG],
  ]);
  const cases: [string, boolean, string][] = [
    ["Origin", false, "Origin"],
    ["Origin", true, "Origin, Accept-Encoding"],
    ["origin, accept-encoding", true, "origin, accept-encoding"],
    ["*", true, "*"],
    ["X-Accept-Encoding", true, "X-Accept-Encoding, Accept-Encoding"],
  ];
  for (const [vary, varies, expected] of cases) {
    const plan = get({}, { ...FILE, varies, fields: [["vary", vary]] });
    const found = plan.fields.filter(([name]) => name.toLowerCase() === "vary");
    assertEquals(found.map(([, value]) => value), [expected]);
  }
});

Deno.test("planFile() keeps offset, count and Content-Length together for any request", () => {
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom(ETAG, `W/${ETAG}`, "*", DATE, "bytes=0-9", "bytes=-0", "bytes=-5", "bytes=7-"),
    fc.constantFrom("bytes=0-1,5-", "bytes=9-9, 1-1", "bytes=0-0,900-901"),
  );
  const names = ["range", "if-range", "if-none-match", "if-modified-since"]
    .concat("if-match", "if-unmodified-since");
  const headers = fc.dictionary(fc.constantFrom(...names), value);
  const size = fc.oneof(fc.nat({ max: 12 }), fc.nat({ max: 2000 }), fc.maxSafeNat());
  fc.assert(
    fc.property(headers, size, fc.constantFrom("GET", "HEAD"), (sent, size, method) => {
      const plan = planFile(method as "GET" | "HEAD", sent, { ...FILE, size }, NOW);
      const fields = fieldsOf(plan);
      assert([200, 206, 304, 412, 416].includes(plan.status));
      assert(plan.offset >= 0 && plan.offset + plan.count <= size);
      assertEquals(
        plan.pieces !== undefined,
        fields["Content-Type"]?.startsWith("multipart/") ?? false,
      );
      const announced = fields["Content-Length"];
      if (plan.status === 200) assertEquals(announced, String(size));
      if (plan.status === 206) assertEquals(announced, String(plan.count));
      if (plan.status > 206) assertEquals([announced, plan.count], [undefined, 0]);
      if (method === "HEAD") assertEquals([plan.count, plan.offset], [0, 0]);
      else if (plan.status === 200) assertEquals(plan.count, size);
      const isPart = plan.status === 206 && plan.pieces === undefined;
      assertEquals("Content-Range" in fields, isPart || plan.status === 416);
    }),
    { numRuns: 1000 },
  );
});
