import { assert, assertEquals, assertMatch } from "@std/assert";
import type { RawResponse } from "../raw_client.ts";
import { HASH, LOGIN, visit } from "./visit.ts";

function fields({ headers }: RawResponse, ...names: string[]): (string | undefined)[] {
  return names.map((name) => headers[name]);
}

Deno.test("a site serves files, lists folders and offers them as zip", () =>
  visit([], async ({ client }) => {
    assertEquals((await client.ask("GET /a.txt")).body, "hello");
    const page = await client.ask("GET /");
    assertEquals([page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
    const json = await client.ask("GET /", ["Accept: application/json"]);
    const names = JSON.parse(json.body).entries.map(({ name }: { name: string }) => name);
    assertEquals(names, ["sub", "a.txt"]);
    const zip = await client.ask("GET /sub/?zip");
    assertEquals(fields(zip, "content-type", "content-length"), [
      "application/zip",
      String(zip.body.length),
    ]);
    assert(zip.body.includes("below"));
    assertEquals((await client.ask("HEAD /?zip")).headers["content-type"], "application/zip");
  }));

Deno.test("a site neither lists nor packs what it was told not to, and changes nothing by default", () =>
  visit(["--no-listing"], async ({ client }) => {
    for (const it of ["GET /", "GET /sub/?zip", "HEAD /?zip"]) {
      assertEquals((await client.ask(it)).status, 404, it);
    }
    for (const it of ["PUT /c.txt", "POST /", "DELETE /a.txt", "MKCOL /d", "MOVE /a.txt"]) {
      const { status, headers } = await client.ask(it);
      assertEquals([status, headers["allow"]], [405, "GET, HEAD, OPTIONS"], it);
    }
    assertEquals((await client.ask("HEAD /a.txt?upload=1")).headers["content-length"], "5");
  }));

Deno.test("a site takes uploads, and edits, as far as the rights go", () =>
  visit(["--upload"], async ({ client, tree }) => {
    assertEquals((await client.ask("PUT /c.txt", [], "new")).status, 201);
    assertEquals(Deno.readTextFileSync(`${tree.root}/c.txt`), "new");
    assertEquals((await client.ask("PUT /c.txt", [], "again")).status, 409);
    const refused = await client.ask("DELETE /c.txt");
    assertEquals([refused.status, refused.headers["allow"]], [
      405,
      "GET, HEAD, OPTIONS, POST, PUT",
    ]);
    const { status, headers } = await client.ask("OPTIONS /c.txt");
    assertEquals([status, headers["allow"]], [204, "GET, HEAD, OPTIONS, POST, PUT"]);
    assertEquals((await client.ask("HEAD /c.txt?upload=unknown")).status, 404);
    assertEquals((await client.ask("PUT /%2e%2e/c.txt", [], "new")).status, 400);
    assertEquals((await client.ask("OPTIONS *")).status, 204);
  }));

Deno.test("a site asks for passwords before all else, and serves who knows one", () =>
  visit(["--auth", `me:${HASH}`, "--upload"], async ({ client, log }) => {
    for (const login of [[], ["Authorization: Basic bWU6d3Jvbmc="], ["Authorization: Bearer x"]]) {
      for (const it of ["GET /a.txt", "GET /", "GET /?zip", "PUT /x", "OPTIONS /", "GET /none"]) {
        const { status, headers } = await client.ask(it, login);
        const challenge = 'Basic realm="Restricted files", charset="UTF-8"';
        assertEquals([status, headers["www-authenticate"]], [401, challenge], it);
      }
    }
    assertEquals((await client.ask("GET /a.txt", [LOGIN])).body, "hello");
    assertEquals((await client.ask("GET /a.txt", [LOGIN])).body, "hello");
    assertEquals((await client.ask("GET /none", [LOGIN])).status, 404);
    const entries = await log.take(21);
    const users = entries.map(({ user, status }) => `${user} ${status}`);
    assertEquals(users.slice(-4), ["undefined 401", "me 200", "me 200", "me 404"]);
  }));

Deno.test("on this machine alone, changes are only for who asks for it by its own names", async () => {
  const request = "PUT /new.txt HTTP/1.1\r\nHost: rebound.example\r\nContent-Length: 1\r\n\r\nx";
  for (const [args, status] of [[[], 421], [["--trust-proxy"], 201]] as const) {
    await visit(["--upload", ...args], async ({ client }) => {
      await client.send(request);
      const answer = await client.readResponse("PUT");
      assertEquals(answer.status, status);
      if (status === 421) {
        const why = 'Cannot use PUT: "rebound.example" is no name of this machine';
        assertEquals(answer.body.trim(), why);
      }
    });
  }
});

Deno.test("a site lets no page of another site read, and answers no preflight, by default", () =>
  visit([], async ({ client }) => {
    const cross = ["Origin: https://a.example", "Access-Control-Request-Method: GET"];
    for (const it of ["GET /a.txt", "OPTIONS /a.txt"]) {
      const { headers } = await client.ask(it, cross);
      assertEquals(Object.keys(headers).filter((name) => name.startsWith("access-")), [], it);
    }
  }));

Deno.test("a site with --cors lets any page read, also what went wrong", () =>
  visit(["--cors", "--auth", `me:${HASH}`], async ({ client }) => {
    const origin = "Origin: https://a.example";
    const preflight = await client.ask("OPTIONS /a.txt", [
      ...[origin, "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: range"],
    ]);
    const ALLOW = "access-control-allow-";
    assertEquals(
      [preflight.status, ...fields(preflight, `${ALLOW}origin`, `${ALLOW}headers`)],
      [204, "*", "range"],
    );
    for (const [path, status] of [["/a.txt", 200], ["/none", 404], ["/sub", 301]] as const) {
      const response = await client.ask(`GET ${path}`, [origin, LOGIN]);
      assertEquals([response.status, ...fields(response, `${ALLOW}origin`)], [status, "*"]);
      assertEquals(fields(response, `${ALLOW}credentials`), [undefined]);
    }
    assertEquals((await client.ask("GET /a.txt", [origin])).headers[`${ALLOW}origin`], "*");
  }));

Deno.test("a site with origins tells caches that it depends on who asks", () =>
  visit(["--cors=https://a.example", "--precompressed"], async ({ client }) => {
    const allowed = async (origin: string[], it = "GET /a.txt") => {
      const response = await client.ask(it, origin);
      return fields(response, "access-control-allow-origin", "vary");
    };
    assertEquals(await allowed(["Origin: https://a.example"]), [
      "https://a.example",
      "Origin, Accept-Encoding",
    ]);
    assertEquals(await allowed(["Origin: https://b.example"]), [
      undefined,
      "Origin, Accept-Encoding",
    ]);
    assertEquals(await allowed([]), [undefined, "Origin, Accept-Encoding"]);
    assertEquals(await allowed([], "GET /none"), [undefined, "Origin, Accept"]);
    assertEquals(await allowed([], "GET /"), [undefined, "Origin, Accept"]);
    assertEquals(await allowed([], "GET /?zip"), [undefined, "Origin"]);
    const preflight = ["Origin: https://b.example", "Access-Control-Request-Method: GET"];
    assertEquals(
      (await client.ask("OPTIONS /", preflight)).headers["access-control-allow-methods"],
      undefined,
    );
  }));

Deno.test("a site below a prefix knows only what is below it", () =>
  visit(["--prefix", "/files", "--upload", "--edit"], async ({ client }) => {
    assertEquals((await client.ask("GET /files/a.txt?q")).body, "hello");
    for (const it of ["/a.txt", "/filesa.txt", "/", "/Files/a.txt"]) {
      assertEquals((await client.ask(`GET ${it}`)).status, 404, it);
    }
    const location = async (path: string) => (await client.ask(`GET ${path}`)).headers["location"];
    assertEquals(await location("/files?q=1"), "/files/?q=1");
    assertEquals(await location("/files/sub?q=1"), "/files/sub/?q=1");
    assertEquals((await client.ask("PUT /files/c.txt", [], "new")).status, 201);
    const move = await client.ask("MOVE /files/c.txt", ["Destination: /files/sub/d.txt"]);
    assertEquals(move.status, 201);
    assertEquals((await client.ask("GET /files/sub/d.txt")).body, "new");
    assertEquals((await client.ask("PUT /c.txt", [], "new")).status, 404);
    assertEquals(
      (await client.ask("GET /files/sub/?zip")).headers["content-type"],
      "application/zip",
    );
  }));

Deno.test("a site tells its health without a password, without a line, and beside the prefix", () =>
  visit(
    ["--health", "--prefix", "/files", "--auth", `me:${HASH}`],
    async ({ client, site, log }) => {
      assertEquals((await client.ask("GET /healthz")).body, "ok\n");
      assertEquals((await client.ask("HEAD /healthz?a")).status, 200);
      site.draining = true;
      const { status, body } = await client.ask("GET /healthz");
      assertEquals([status, body], [503, "draining\n"]);
      assertEquals((await client.ask("GET /files/healthz", [LOGIN])).status, 404);
      const paths = (await log.take(1)).map(({ rawPath }) => rawPath);
      assertEquals(paths, ["/files/healthz"]);
    },
  ));

Deno.test("a site sends its fields with every answer", () =>
  visit(["--header", "X-Frame-Options: DENY", "--cache", "*.txt=no-cache"], async ({ client }) => {
    for (const it of ["GET /a.txt", "HEAD /a.txt", "GET /none", "GET /", "PUT /x", "GET /sub"]) {
      assertEquals((await client.ask(it)).headers["x-frame-options"], "DENY", it);
    }
    const { headers } = await client.ask("GET /a.txt");
    assertEquals(headers["cache-control"], "no-cache");
    const same = await client.ask("GET /a.txt", [`If-None-Match: ${headers["etag"]}`]);
    assertEquals([same.status, ...fields(same, "x-frame-options")], [304, "DENY"]);
  }));

Deno.test("a site sends a policy of its owner, and its own pages keep theirs", () =>
  visit(
    ["--header", "Content-Security-Policy: default-src 'self'", "--header", "Content-Language: de"],
    async ({ client }) => {
      const ours = "content-security-policy";
      const file = await client.ask("GET /a.txt");
      assertEquals(fields(file, ours, "content-language"), ["default-src 'self'", "de"]);
      for (const it of ["GET /", "GET /none"]) {
        const { headers } = await client.ask(it, ["Accept: text/html"]);
        assertMatch(headers[ours]!, /^default-src 'none'/, it);
      }
    },
  ));

Deno.test("a site logs who asked behind a proxy that is trusted, and what was really sent", () =>
  visit(["--trust-proxy"], async ({ client, log }) => {
    await client.ask("GET /a.txt?q", [
      ...["X-Forwarded-For: 6.6.6.6, 1.2.3.4", "X-Forwarded-Proto: https"],
      ...["Referer: http://r/", "User-Agent: u"],
    ]);
    await client.ask("HEAD /a.txt");
    const [first, second] = await log.take(2);
    const { timeMs, durationMs, ...others } = first!;
    assert(Math.abs(Date.now() - timeMs) < 60_000 && durationMs >= 0);
    assertEquals(others, {
      ...{ peer: "1.2.3.4", scheme: "https", user: undefined, method: "GET", rawPath: "/a.txt?q" },
      ...{ minorVersion: 1, status: 200, bytesSent: 5, completed: true },
      ...{ host: "localhost", referer: "http://r/", userAgent: "u" },
    });
    assertEquals([second!.peer, second!.bytesSent], ["127.0.0.1", 0]);
  }));

Deno.test("a site believes no proxy unless told to", () =>
  visit(["--trust-proxy=10.0.0.0/8"], async ({ client, log }) => {
    await client.ask("GET /a.txt", ["X-Forwarded-For: 1.2.3.4"]);
    const [entry] = await log.take(1);
    assertEquals([entry!.peer, entry!.scheme], ["127.0.0.1", undefined]);
  }));

Deno.test("the listing of a site offers what its visitors may do", () =>
  visit(["--upload", "--no-zip"], async ({ client }) => {
    const json = await client.ask("GET /", ["Accept: application/json"]);
    const { rights } = JSON.parse(json.body);
    assertEquals([rights.upload, rights.edit, rights.zip], [true, false, false]);
    assertMatch(
      (await client.ask("GET /")).headers["content-security-policy"]!,
      /default-src 'none'/,
    );
  }));
