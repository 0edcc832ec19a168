import { assert, assertEquals, assertThrows } from "@std/assert";
import { HttpError, type ServerRequest } from "../../server/mod.ts";
import { serve } from "./serving.ts";

/** What `look` sees of the request that is sent. */
async function see<T>(request: string, look: (req: ServerRequest) => T): Promise<T> {
  const seen: T[] = [];
  await using it = await serve((_con, req) => {
    seen.push(look(req));
  });
  await it.client.send(request);
  const { status, body } = await it.client.readResponse();
  assertEquals(status, 200, body);
  return seen[0]!;
}

/** What `look` sees of a request for `target`. */
function seeTarget<T>(target: string, look: (req: ServerRequest) => T): Promise<T> {
  return see(`GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`, look);
}

Deno.test("req has method, version, paths and query", async () => {
  const facts = await see(
    "PATCH /caf%C3%A9/a%2Fb+c?x=1&y=a+b%21&x=2&z&=e HTTP/1.1\r\nHost: x\r\n\r\n",
    (req) => {
      const { method, majorVersion, minorVersion, rawPath, path, queryString, query } = req;
      return {
        method,
        majorVersion,
        minorVersion,
        rawPath,
        path,
        queryString,
        query: { ...query },
      };
    },
  );
  assertEquals(facts, {
    method: "PATCH",
    majorVersion: 1,
    minorVersion: 1,
    rawPath: "/caf%C3%A9/a%2Fb+c?x=1&y=a+b%21&x=2&z&=e",
    path: "/caf\u00e9/a/b+c",
    queryString: "x=1&y=a+b%21&x=2&z&=e",
    query: { x: "2", y: "a b!", z: "", "": "e" },
  });
});

Deno.test("req of HTTP/1.0 has minorVersion 0, and needs no Host", async () => {
  const [minorVersion, host] = await see(
    "GET / HTTP/1.0\r\n\r\n",
    (req) => [req.minorVersion, req.headers["host"]],
  );
  assertEquals([minorVersion, host], [0, undefined]);
});

Deno.test("req.method keeps its case", async () => {
  assertEquals(await see("get / HTTP/1.1\r\nHost: x\r\n\r\n", (req) => req.method), "get");
});

Deno.test("req.query has no prototype, so that no name is there already", async () => {
  const query = await seeTarget("/?__proto__=a&constructor=b", (req) => req.query);
  assertEquals(Object.getPrototypeOf(query), null);
  assertEquals(Object.entries(query), [["__proto__", "a"], ["constructor", "b"]]);
  assertEquals(Object.keys(await seeTarget("/", (req) => req.query)), []);
});

Deno.test("req.queryString is what follows the first question mark", async () => {
  const cases = { "/": "", "/?": "", "/a?b": "b", "/a?b?c": "b?c", "/%3F?x": "x" };
  for (const [target, queryString] of Object.entries(cases)) {
    assertEquals(await seeTarget(target, (req) => req.queryString), queryString, target);
  }
});

Deno.test("req.path throws with status 400 when an escape is malformed or no UTF-8", async () => {
  for (const target of ["/%", "/%4", "/%zz", "/%ff", "/a%C3"]) {
    const error = await seeTarget(
      target,
      (req) => assertThrows(() => req.path, HttpError, "Cannot decode path"),
    );
    assertEquals([error.code, error.status], ["bad_target", 400]);
  }
});

Deno.test("a handler that looks at a malformed path answers 400 by that", async () => {
  await using it = await serve((con, req) => con.send(req.path));
  assertEquals((await it.client.ask("GET /%zz")).status, 400);
  assertEquals(it.takeErrors().length, 1);
});

Deno.test("req.headers has lowercase names, and repeats joined", async () => {
  const headers = await see(
    "GET / HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nCookie: a=1\r\nx-a:  2\t\r\ncookie: b=2\r\n" +
      "__proto__: p\r\nX-Latin: caf\xe9\r\nX-Empty:\r\n\r\n",
    (req) => req.headers,
  );
  assertEquals(Object.getPrototypeOf(headers), null);
  assertEquals(Object.entries(headers), [
    ["host", "x"],
    ["x-a", "1, 2"],
    ["cookie", "a=1; b=2"],
    ["__proto__", "p"],
    ["x-latin", "caf\u00e9"],
    ["x-empty", ""],
  ]);
});

Deno.test("req.rawHeaders keeps order, case and repeats", async () => {
  assertEquals(
    await see(
      "GET / HTTP/1.1\r\nHOST: x\r\nX-A: 1\r\nB: 2\r\nx-a:3\r\n\r\n",
      (req) => req.rawHeaders,
    ),
    [["HOST", "x"], ["X-A", "1"], ["B", "2"], ["x-a", "3"]],
  );
});

Deno.test("a target in absolute form rules over Host", async () => {
  const seen = await see(
    "GET http://example.test:81/a?b HTTP/1.1\r\nHost: other\r\n\r\n",
    (req) => [req.rawPath, req.path, req.headers["host"], req.rawHeaders[0]?.[1]],
  );
  assertEquals(seen, ["/a?b", "/a", "example.test:81", "other"]);
});

Deno.test("an absolute target without a path means the root", async () => {
  for (const [target, rawPath] of [["http://x", "/"], ["http://x?a", "/?a"]] as const) {
    assertEquals(await seeTarget(target, (req) => req.rawPath), rawPath);
  }
});

Deno.test("OPTIONS * has the path *", async () => {
  const seen = await see("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", (req) => [req.rawPath, req.path]);
  assertEquals(seen, ["*", "*"]);
});

Deno.test("req may be kept: what follows on the connection does not change it", async () => {
  const requests: ServerRequest[] = [];
  await using it = await serve((_con, req) => {
    requests.push(req);
  });
  for (let i = 0; i < 3; i++) {
    await it.client.ask(`POST /path${i}?q=${i}`, [`X-Number: ${i}`], "x".repeat(5000));
  }
  assertEquals(
    requests.map((req) => [req.path, req.query["q"], req.headers["x-number"]]),
    [["/path0", "0", "0"], ["/path1", "1", "1"], ["/path2", "2", "2"]],
  );
  assert(requests[0]!.headers === requests[0]!.headers);
});

Deno.test("req of equal requests are not one object: changing one changes no other", async () => {
  const seen: string[] = [];
  await using it = await serve((_con, req) => {
    seen.push(JSON.stringify([req.headers, req.query, req.rawHeaders]));
    req.headers["x-added"] = "by the handler";
    req.query["added"] = "by the handler";
    req.rawHeaders.push(["X-Added", "by the handler"]);
  });
  for (let i = 0; i < 3; i++) await it.client.ask("GET /?a=b");
  assertEquals(seen, Array(3).fill(seen[0]));
  assert(!seen[0]!.includes("added"));
});
