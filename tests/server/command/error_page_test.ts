import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  answerError,
  ERROR_POLICY,
  ERROR_STYLE,
  WithErrorPages,
} from "../../../server/command/error_page.ts";
import { Folder } from "../../../server/files/folder.ts";
import { serveFile } from "../../../server/files/serve_file.ts";
import { contentSecurityPolicy } from "../../../server/listing/policy.ts";
import type { Handler } from "../../../server/mod.ts";
import { type RawResponse, valueOf } from "../../conformance/response_parser.ts";
import { TempTree } from "../files/temp_tree.ts";
import { get, serveAll } from "../served.ts";

const BROWSER = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

function serving(docroot: string): Handler {
  const folder = new Folder({ docroot });
  return async (con, req) => {
    await serveFile(new WithErrorPages(con, req.headers), req, folder);
  };
}

async function ask(handler: Handler, request: string): Promise<RawResponse> {
  await using served = await serveAll([request], handler);
  const [response] = served.responses(request.slice(0, request.indexOf(" ")));
  return response!;
}

Deno.test("browsers get a page that says what is wrong, others a line", async () => {
  using tree = new TempTree();
  tree.write("a", "12345");
  const handler = serving(tree.root);
  const cases: [request: string, status: string][] = [
    [get("/none", "@"), "404 Not Found"],
    [get("/%00", "@"), "400 Bad Request"],
    [get("/a", "@", "Range: bytes=9-"), "416 Range Not Satisfiable"],
    [get("/a", "@").replace("GET", "POST"), "405 Method Not Allowed"],
  ];
  for (const [request, title] of cases) {
    const page = await ask(handler, request.replace("@", BROWSER));
    assertEquals([page.status, page.framing], [Number.parseInt(title), "length"]);
    assertEquals(valueOf(page, "content-type"), "text/html; charset=utf-8");
    assertEquals(valueOf(page, "content-security-policy"), ERROR_POLICY);
    assertEquals(valueOf(page, "vary"), "Accept");
    assertStringIncludes(page.body, `<h1>${title}</h1>\n<p>`);
    for (const accept of ["X: y", "Accept: */*", "Accept: text/html;q=0, */*", "Accept: é"]) {
      const line = await ask(handler, request.replace("@", accept));
      assertEquals([line.status, line.body], [page.status, `${title}\n`]);
      assertEquals(valueOf(line, "content-type"), "text/plain; charset=utf-8");
    }
  }
});

Deno.test("what the file says of itself stays, and HEAD has no body", async () => {
  using tree = new TempTree();
  tree.write("a", "12345");
  const handler = serving(tree.root);
  const range = await ask(handler, get("/a", BROWSER, "Range: bytes=9-"));
  assertEquals(valueOf(range, "content-range"), "bytes */5");
  assertEquals(
    valueOf(await ask(handler, get("/a").replace("GET", "PUT")), "allow")?.slice(0, 3),
    "GET",
  );
  const head = await ask(handler, get("/none", BROWSER).replace("GET", "HEAD"));
  assertEquals([head.status, head.body], [404, ""]);
  const whole = await ask(handler, get("/a", BROWSER));
  assertEquals([whole.status, whole.body, valueOf(whole, "vary")], [200, "12345", undefined]);
});

Deno.test("the policy of the page allows its style, and nothing else", async () => {
  const rules = (await contentSecurityPolicy(ERROR_STYLE, "")).split("; ");
  const style = rules.find((rule) => rule.startsWith("style-src"))!;
  assertEquals(ERROR_POLICY.split("; ").slice(0, 2), ["default-src 'none'", style]);
});

Deno.test("a status of which nothing more is known has its name", async () => {
  const response = await ask((con, req) => answerError(con, req.headers, 418), get("/", BROWSER));
  assertMatch(response.body, /<h1>418 [^<]+<\/h1>\n<\/main>/);
});
