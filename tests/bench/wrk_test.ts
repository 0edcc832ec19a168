import { assertEquals, assertThrows } from "@std/assert";
import { parseWrk, wrkFault, type WrkReport } from "../../bench/wrk.ts";

const GOOD = `Running 2s test @ http://127.0.0.1:18080/hello
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   186.46us   95.76us   1.95ms   85.17%
    Req/Sec   209.49k    43.36k  283.58k    76.19%
  437385 requests in 2.10s, 63.40MB read
Requests/sec: 208250.61
Transfer/sec:     30.19MB
`;

const BAD = GOOD.replace(
  "Requests/sec",
  `  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 391321
Requests/sec`,
);

const NO_ERRORS = { connect: 0, read: 0, write: 0, timeout: 0 };

Deno.test("parseWrk() reads count, rate and bytes, and no errors where none are reported", () => {
  assertEquals(parseWrk(GOOD), {
    requests: 437385,
    rate: 208250.61,
    bytes: 63.40 * 1024 * 1024,
    badStatuses: 0,
    socketErrors: NO_ERRORS,
  });
});

Deno.test("parseWrk() reads socket errors and bad statuses", () => {
  const report = parseWrk(BAD);
  assertEquals(report.badStatuses, 391321);
  assertEquals(report.socketErrors, { connect: 1, read: 2, write: 3, timeout: 4 });
  assertEquals(report.rate, 208250.61);
});

Deno.test("parseWrk() knows every unit of bytes", () => {
  const bytes = (text: string) => parseWrk(GOOD.replace("63.40MB", text)).bytes;
  assertEquals(bytes("512.00B"), 512);
  assertEquals(bytes("1.50KB"), 1536);
  assertEquals(bytes("2.00GB"), 2 * 1024 ** 3);
});

Deno.test("parseWrk() refuses a text without the counts", () => {
  assertThrows(() => parseWrk("unable to connect"), Error, "Cannot read the report of wrk");
  assertThrows(() => parseWrk(GOOD.replace("Requests/sec:", "")), Error, "Cannot read");
});

Deno.test("wrkFault() passes a run of complete answers", () => {
  assertEquals(wrkFault(report({ requests: 1000, bytes: 1000 * 1180 }), 1024), undefined);
});

Deno.test("wrkFault() names what makes a run worthless", () => {
  assertEquals(wrkFault(report({ requests: 0 }), 5), "no answers");
  assertEquals(wrkFault(report({ badStatuses: 3 }), 5), "3 answers were errors");
  assertEquals(
    wrkFault(report({ socketErrors: { ...NO_ERRORS, read: 7, timeout: 1 } }), 5),
    "socket errors: read 7, timeout 1",
  );
  assertEquals(
    wrkFault(report({ requests: 10, bytes: 5000 }), 1024),
    "received 5000 bytes in 10 answers of 1024",
  );
});

function report(fields: Partial<WrkReport>): WrkReport {
  return {
    requests: 100,
    rate: 50,
    bytes: 100_000,
    badStatuses: 0,
    socketErrors: NO_ERRORS,
    ...fields,
  };
}
