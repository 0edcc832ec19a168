// What the tests of serveFiles() ask, of what folder, and in what ways: of a server, or of a handler itself.

import { assertEquals } from "@std/assert";
import { latin1Decode } from "../conformance/raw_client.ts";
import { RawClient } from "../conformance/support.ts";
import { TempTree } from "./files/temp_tree.ts";

export const LARGE = 140_000;
const large = Uint8Array.from({ length: LARGE }, (_, at) => at * 7 + (at >> 8));

/** What is served in most tests. */
export function exampleTree(): TempTree {
  const tree = new TempTree();
  tree.write("index.html", "<h1>top</h1>");
  tree.write("a.txt", "0123456789");
  tree.write("empty.txt", "");
  tree.write("large.bin", large);
  tree.write("sub/index.html", "<h1>sub</h1>");
  tree.write("sub/with space.txt", "space");
  tree.write("ü/x.css", "a{}");
  tree.write("packed.js", "as it is");
  tree.write("packed.js.gz", "packed");
  tree.write(".env", "secret");
  tree.write(".well-known/security.txt", "Contact: a");
  tree.folder("bare");
  tree.writeOutside("secret.txt", "secret");
  tree.link("out", "../outside/secret.txt");
  return tree;
}

/** An answer, without what the servers add. */
export interface Answer {
  status: number;
  fields: Record<string, string>;
  body: string;
}

/** What is up to a server: whether it says that nothing follows, too. */
function isOfServer([name, value]: readonly [string, string]): boolean {
  return ["date", "connection"].includes(name) || (name === "content-length" && value === "0");
}

export type Ask = (method: string, target: string, fields: string[]) => Promise<Answer>;

/** Parts with a boundary that is always the same, in the place of one that nobody knows before. */
function withFixedBoundary({ status, fields, body }: Answer): Answer {
  const type = fields["content-type"] ?? "";
  const boundary = /^multipart\/byteranges; boundary=([\w-]+)$/.exec(type)?.[1];
  if (boundary === undefined) return { status, fields, body };
  const fixed = type.replace(boundary, "LIMIT");
  return {
    status,
    fields: { ...fields, "content-type": fixed },
    body: body.replaceAll(boundary, "LIMIT"),
  };
}

/** A long body by its length and a sum, so that a difference does not print all of it. */
function brief(body: string): string {
  if (body.length < 1000) return body;
  let sum = 0;
  for (let at = 0; at < body.length; at++) sum = (Math.imul(sum, 31) + body.charCodeAt(at)) | 0;
  return `${body.length} characters, sum ${sum}`;
}

function shown(answer: Answer): Answer {
  const { body, ...others } = withFixedBoundary(answer);
  return { ...others, body: brief(body) };
}

/** Asks a server on a port, a connection a request. */
export function asking(port: number): Ask {
  return async (method, target, fields) => {
    using client = new RawClient(await Deno.connect({ hostname: "127.0.0.1", port }));
    const lines = [`${method} ${target} HTTP/1.1`, "Host: localhost", "Connection: close"];
    await client.send([...lines, ...fields, "", ""].join("\r\n"));
    const response = await client.read(method);
    const kept = response.fields.map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter((field) => !isOfServer(field)).sort();
    // What an answer varies by may be said line by line; anything else is said once.
    const varies = kept.filter(([name]) => name === "vary").map(([, value]) => value);
    const others = kept.filter(([name]) => name !== "vary");
    assertEquals(new Set(others.map(([name]) => name)).size, others.length, "a field came twice");
    const sent = Object.fromEntries(others);
    if (varies.length > 0) sent["vary"] = varies.join(", ");
    const { status, body } = response;
    return shown({ status, fields: sent, body });
  };
}

/** Asks a handler without any server. */
export function calling(handler: (request: Request) => Promise<Response>): Ask {
  return async (method, target, fields) => {
    const headers = fields.map((line): [string, string] => {
      const [name, value] = line.split(/: (.*)/s);
      return [name!, value!];
    });
    const response = await handler(
      new Request(`http://localhost${target}`, { method, headers }),
    );
    const body = latin1Decode(await response.bytes());
    const kept = [...response.headers].filter((field) => !isOfServer(field));
    return shown({ status: response.status, fields: Object.fromEntries(kept), body });
  };
}

/** A request of the table: target, fields, method. */
export type Row = [target: string, fields?: string[], method?: string];

/** What is asked; `{etag}` stands for that of a.txt. */
export const ROWS: Row[] = [
  ["/"],
  ["/?x=1"],
  ["/index.html"],
  ["/a.txt"],
  ["/a.txt?/../x"],
  ["/%61.txt"],
  ["/empty.txt"],
  ["/large.bin"],
  ["/sub"],
  ["/sub?x=1&y=/"],
  ["/sub/"],
  ["/sub/with%20space.txt"],
  ["/%C3%BC"],
  ["/%c3%bc/x.css"],
  ["/bare"],
  ["/bare/"],
  ["/packed.js"],
  ["/packed.js", ["Accept-Encoding: gzip"]],
  ["/packed.js", ["Accept-Encoding: gzip;q=0"]],
  ["/packed.js", ["Accept-Encoding: br", "Accept-Encoding: gzip"]],
  ["/packed.js", ["Accept-Encoding: gzip", "Range: bytes=-3"]],
  ["/.well-known/security.txt"],
  // Conditions and ranges.
  ["/a.txt", ["If-None-Match: {etag}"]],
  ["/a.txt", ['If-None-Match: "x", W/{etag}']],
  ["/a.txt", ["If-None-Match: *"]],
  ["/a.txt", ['If-None-Match: "x"']],
  ["/a.txt", ["If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT"]],
  ["/a.txt", ["If-Modified-Since: Fri, 01 Jan 2010 00:00:00 GMT"]],
  ["/a.txt", ["Range: bytes=2-4"]],
  ["/a.txt", ["Range: bytes=2-4", "If-Range: {etag}"]],
  ["/a.txt", ["Range: bytes=2-4", 'If-Range: "x"']],
  ["/a.txt", ["Range: bytes=10-"]],
  ["/a.txt", ["Range: bytes=0-1,3-4"]],
  ["/a.txt", ["Range: bytes=0-1,2-4"]],
  ["/a.txt", ["Range: bytes=0-1", "Range: bytes=3-4"]],
  ["/a.txt", ["If-Match: {etag}"]],
  ["/a.txt", ['If-Match: "x"']],
  ["/a.txt", ["If-Match: W/{etag}"]],
  ["/a.txt", ["If-Match: *", "If-None-Match: {etag}"]],
  ["/a.txt", ["If-Unmodified-Since: Fri, 01 Jan 2100 00:00:00 GMT"]],
  ["/a.txt", ["If-Unmodified-Since: Fri, 01 Jan 2010 00:00:00 GMT"]],
  ["/missing", ["If-Match: *"]],
  ["/a.txt", ["Range: lines=1-2"]],
  ["/empty.txt", ["Range: bytes=0-"]],
  ["/large.bin", ["Range: bytes=10-20"]],
  ["/large.bin", ["Range: bytes=100-"]],
  ["/large.bin", ["Range: bytes=-70000"]],
  ["/large.bin", [`Range: bytes=0-${LARGE - 2}`]],
  ["/large.bin", ["Range: bytes=0-9, 100-119, -5"]],
  ["/large.bin", ["Range: bytes=90000-, 0-69999"]],
  // What is not served.
  ["/missing"],
  ["/a.txt/"],
  ["/a.txt/x"],
  ["/.env"],
  ["/sub/.env"],
  ["/out"],
  ["/%zz"],
  ["/%ff"],
  ["/%00"],
  ["/a.txt%00.html"],
  ["/sub%2findex.html"],
  ["/sub%5cindex.html"],
  ["//a.txt"],
  ["//localhost/a.txt"],
  ["/sub//index.html"],
  [`/${"x".repeat(300)}`],
  // Methods.
  ["/a.txt", ["Content-Length: 0"], "POST"],
  ["/missing", [], "DELETE"],
  ["/a.txt", [], "OPTIONS"],
  ["/a.txt", [], "BREW"],
];

/** What URLs of the standard resolve, but not every server: never may it be found. */
export const TRAVERSALS: string[] = [
  "/../outside/secret.txt",
  "/%2e%2e/outside/secret.txt",
  "/%2E%2E/outside/secret.txt",
  "/.%2e/outside/secret.txt",
  "/..%2foutside%2fsecret.txt",
  "/..%5coutside%5csecret.txt",
  "/..\\outside\\secret.txt",
  "/sub/../../outside/secret.txt",
  "/sub/%2e%2e/%2e%2e/outside/secret.txt",
  "/sub/./../../outside/secret.txt",
  "/sub/..",
  "/%2e/a.txt",
  "/.",
  "/..",
  "/%252e%252e/outside/secret.txt",
  "/%c0%ae%c0%ae/outside/secret.txt",
  "/....//outside/secret.txt",
  "/.%00./outside/secret.txt",
];
