import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  type CurrentRepresentation,
  evaluatePreconditions,
  type Verdict,
} from "../../../server/files/conditional.ts";
import table from "./conditional_cases.json" with { type: "json" };

interface Case {
  name: string;
  rfc: string;
  level: string;
  request: { method: string; headers: Record<string, string> };
  representation:
    | { etag?: string; lastModified?: string; size?: number; contentType?: string }
    | null;
  now: string;
  expect: { status: number; ranges?: [first: number, last: number][] };
}

const CASES = table.cases as unknown as Case[];

function currentOf({ representation }: Case): CurrentRepresentation | undefined {
  if (representation === null) return undefined;
  const { lastModified, ...others } = representation;
  return lastModified === undefined
    ? others
    : { ...others, lastModified: Date.parse(lastModified) };
}

/** A verdict as the table has it. */
function show(verdict: Verdict): Case["expect"] {
  if (verdict.status !== 206) return { status: verdict.status };
  return {
    status: 206,
    ranges: verdict.ranges.map(({ offset, count }) => [offset, offset + count - 1]),
  };
}

Deno.test(`evaluatePreconditions() decides ${CASES.length} cases as the table says`, () => {
  const names = new Set<string>();
  for (const it of CASES) {
    assert(!names.has(it.name), `"${it.name}" is there twice`);
    names.add(it.name);
    assert(/^9110 \d+(?:\.\d+)*$/.test(it.rfc), it.name);
    assert(["must", "should", "choice"].includes(it.level), it.name);
    const nowMs = Date.parse(it.now);
    const { method, headers } = it.request;
    assertEquals(show(evaluatePreconditions(it.request, currentOf(it), nowMs)), it.expect, it.name);
    // As the fields of a standard Request, and of one without a prototype.
    for (const fields of [new Headers(headers), Object.assign(Object.create(null), headers)]) {
      const verdict = evaluatePreconditions({ method, headers: fields }, currentOf(it), nowMs);
      assertEquals(show(verdict), it.expect, it.name);
    }
  }
});

Deno.test("the table has every status, method, field and level", () => {
  const all = (pick: (it: Case) => string[]) => [...new Set(CASES.flatMap(pick))].sort();
  assertEquals(all((it) => [String(it.expect.status)]), ["200", "206", "304", "412", "416"]);
  assertEquals(all((it) => [it.level]), ["choice", "must", "should"]);
  assertEquals(all((it) => Object.keys(it.request.headers)), [
    "if-match",
    "if-modified-since",
    "if-none-match",
    "if-range",
    "if-unmodified-since",
    "range",
  ]);
  const methods = all((it) => [it.request.method]);
  for (const method of ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"]) {
    assert(methods.includes(method), method);
  }
});

Deno.test("evaluatePreconditions() takes a standard Request, and the present time", () => {
  const request = new Request("http://a/", { headers: { range: "bytes=2-" } });
  const current = { size: 10, lastModified: Date.now() };
  assertEquals(evaluatePreconditions(request, current), {
    status: 206,
    ranges: [{ offset: 2, count: 8 }],
  });
  // What changed just now may change again without another date.
  request.headers.set("if-range", new Date(current.lastModified).toUTCString());
  assertEquals(evaluatePreconditions(request, current), { status: 200 });
});

Deno.test("evaluatePreconditions() refuses what cannot be there", () => {
  const check = (current: CurrentRepresentation) =>
    evaluatePreconditions({ method: "GET", headers: {} }, current);
  for (const etag of ["v1", "", '"v1', 'w/"v1"', '"a b"', '"v1", "v2"', "*"]) {
    assertThrows(() => check({ etag }), TypeError, "is not an entity tag");
  }
  for (const size of [-1, 0.5, NaN, Infinity]) {
    assertThrows(
      () => check({ size }),
      RangeError,
      `Cannot evaluate preconditions: size is ${size}`,
    );
  }
  for (const lastModified of [NaN, Infinity]) {
    assertThrows(() => check({ lastModified }), RangeError, "lastModified is");
  }
});

Deno.test("evaluatePreconditions() has a verdict that fits the method, whatever the fields", () => {
  const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('"v1"', 'W/"v1"', '"v2"', "*", DATE, "bytes=0-9", "bytes=-5", "bytes=0-0,5-5"),
  );
  const name = fc.constantFrom(...new Set(CASES.flatMap((it) => Object.keys(it.request.headers))));
  const current = fc.option(
    fc.record({
      etag: fc.constantFrom('"v1"', 'W/"v1"'),
      lastModified: fc.constantFrom(Date.parse(DATE), Date.parse(DATE) + 5000),
      size: fc.nat({ max: 2000 }),
    }, { requiredKeys: [] }),
    { nil: undefined },
  );
  const method = fc.constantFrom("GET", "HEAD", "PUT", "DELETE");
  fc.assert(
    fc.property(method, fc.dictionary(name, value), current, (method, headers, current) => {
      const { status } = evaluatePreconditions({ method, headers }, current);
      const possible = {
        GET: [200, 206, 304, 412, 416],
        HEAD: [200, 304, 412],
        PUT: [200, 412],
        DELETE: [200, 412],
      };
      assert(possible[method as keyof typeof possible].includes(status), String(status));
      if (current === undefined) assert(status === 200 || "if-match" in headers);
    }),
    { numRuns: 2000 },
  );
});
