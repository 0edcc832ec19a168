// What curl sends and what the client sends for the same wish, to the same server, side by side: the
// parts that should be equal are.

import { createHash } from "node:crypto";
import { assert, assertEquals } from "@std/assert";
import {
  bodyWithFile,
  Client,
  CookieJar,
  form,
  get,
  post,
  request,
  type RequestOptions,
} from "../../client/mod.ts";
import { fieldOf } from "../conformance/message_parser.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { curl, testWith } from "./programs.ts";
import { type Answer, type Recorded, Recorder } from "./recorder.ts";

const CURL: ["curl"] = ["curl"];

/** The part of a request that is compared. */
interface Compared {
  line: string;
  body: string;
  [field: string]: string | undefined;
}

function compared(recorded: Recorded, base: string, names: readonly string[]): Compared {
  const host = base.slice("http://".length);
  const part: Compared = {
    line: recorded.line.replace(host, "HOST"),
    body: withoutBoundary(recorded),
  };
  for (const name of names) part[name] = fieldOf(recorded, name)?.replace(host, "HOST");
  return part;
}

/** The body of a form with its boundary replaced, since that is anybody's choice. */
function withoutBoundary(recorded: Recorded): string {
  const boundary = /boundary=(\S+)$/.exec(fieldOf(recorded, "content-type") ?? "")?.[1];
  return boundary === undefined ? recorded.body : recorded.body.replaceAll(boundary, "BOUNDARY");
}

/** What framing, routing and credentials are made of; the rest is a client's taste. */
const ESSENTIAL = [
  ...["host", "content-length", "transfer-encoding", "authorization", "cookie", "range", "te"],
  ...["proxy-authorization", "if-none-match", "upgrade", "x-own"],
];

/** Lets both do it, and compares request by request. Returns what curl sent. */
async function compare(
  { args, ours, answer, names = ESSENTIAL }: {
    args: (base: string) => string[];
    ours: (base: string) => Promise<unknown>;
    answer?: Answer;
    names?: readonly string[];
  },
): Promise<Compared[]> {
  await using recorder = new Recorder(answer);
  const { base } = recorder;
  const { code, stderr } = await curl(args(base));
  assertEquals([code, stderr], [0, ""]);
  const theirs = recorder.take().map((it) => compared(it, base, names));
  await ours(base);
  assertEquals(recorder.take().map((it) => compared(it, base, names)), theirs);
  assert(theirs.length > 0);
  return theirs;
}

const TARGETS: [url: string, line: string][] = [
  ["", "GET / HTTP/1.1"],
  ["/", "GET / HTTP/1.1"],
  ["?a", "GET /?a HTTP/1.1"],
  ["/?", "GET /? HTTP/1.1"],
  ["/a?", "GET /a? HTTP/1.1"],
  ["/a?b=c&d=e?f/g#fragment", "GET /a?b=c&d=e?f/g HTTP/1.1"],
  ["/a#", "GET /a HTTP/1.1"],
  ["/a?#x", "GET /a? HTTP/1.1"],
  ["/a%20b%2Fc%2fd%C3%A9", "GET /a%20b%2Fc%2fd%C3%A9 HTTP/1.1"],
  ["/-._~!$&'()*+,;=:@/", "GET /-._~!$&'()*+,;=:@/ HTTP/1.1"],
  ["/a//b///", "GET /a//b/// HTTP/1.1"],
  ["/a/../b/./c/d/..", "GET /b/c/ HTTP/1.1"],
  ["/../../a", "GET /a HTTP/1.1"],
  ["/a?x=../y", "GET /a?x=../y HTTP/1.1"],
  ["/%zz%", "GET /%zz% HTTP/1.1"],
  ["/[1]?q=[2]|", "GET /[1]?q=[2]| HTTP/1.1"],
];

testWith(CURL, "the request target is that of curl, odd characters included", async () => {
  for (const [url, line] of TARGETS) {
    const [sent] = await compare({
      args: (base) => ["-g", base + url],
      ours: (base) => get(base + url),
    });
    assertEquals([sent!.line, sent!["host"]], [line, "HOST"]);
  }
});

const AUTH: [userinfo: string, args: string[], options: RequestOptions][] = [
  ["user:password@", [], {}],
  ["us%20er:p%40ss%3Aw%2Frd@", [], {}],
  ["user@", [], {}],
  ["user:@", [], {}],
  [":password@", [], {}],
  ["", ["-u", "user:pass:word"], { auth: { username: "user", password: "pass:word" } }],
  ["", ["-u", "caf\u00e9:\u20ac"], { auth: { username: "caf\u00e9", password: "\u20ac" } }],
  ["in:url@", ["-u", "user:option"], { auth: { username: "user", password: "option" } }],
  ["", ["--oauth2-bearer", "token"], { auth: { type: "bearer", token: "token" } }],
  ["user:x@", ["-H", "Authorization: Own it"], { headers: { Authorization: "Own it" } }],
];

testWith(CURL, "credentials are sent as curl does, from wherever they are", async () => {
  for (const [userinfo, args, options] of AUTH) {
    const urlOf = (base: string): string => base.replace("//", `//${userinfo}`);
    const [sent] = await compare({
      args: (base) => [...args, urlOf(base)],
      ours: (base) => get(urlOf(base), options),
    });
    assert(sent!["authorization"] !== undefined, userinfo + args);
  }
});

testWith(CURL, "methods and fields of one's own are those of curl", async () => {
  const own: [args: string[], method: string, headers: RequestOptions["headers"]][] = [
    [["-X", "PURGE"], "PURGE", {}],
    [["-I"], "HEAD", {}],
    [["-X", "DELETE"], "DELETE", {}],
    [["-X", "OPTIONS"], "OPTIONS", {}],
    [["-r", "10-19"], "GET", { Range: "bytes=10-19" }],
    [["-H", "Host: other.test:81"], "GET", { Host: "other.test:81" }],
    [["-H", 'If-None-Match: "a"'], "GET", { "If-None-Match": '"a"' }],
    [["-H", "X-Own: a,b ; c"], "GET", { "X-Own": "a,b ; c" }],
    [["-b", "a=1; b=2"], "GET", { Cookie: "a=1; b=2" }],
  ];
  for (const [args, method, headers] of own) {
    await compare({
      args: (base) => [...args, `${base}/path`],
      ours: (base) => request(method, `${base}/path`, undefined, { headers }),
    });
  }
});

testWith(CURL, "bodies are framed as curl does it", async () => {
  using tree = new TempTree();
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => i * 7);
  const path = tree.write("data.bin", bytes);
  const empty = tree.write("empty.bin", "");
  await compare({
    args: (base) => ["-d", "a=b+c&d=%C3%A9", base],
    ours: (base) => post(base, new URLSearchParams([["a", "b c"], ["d", "\u00e9"]])),
  });
  await compare({
    args: (base) => ["-d", "", base],
    ours: (base) => post(base, ""),
  });
  await compare({
    args: (base) => ["--data-binary", `@${path}`, base],
    ours: async (base) => await post(base, await bodyWithFile(path)),
  });
  const [put] = await compare({
    args: (base) => ["-T", path, base + "/name"],
    ours: async (base) => await request("PUT", base + "/name", await bodyWithFile(path)),
  });
  assertEquals([put!.line, put!["content-length"]], ["PUT /name HTTP/1.1", "100000"]);
  await compare({
    args: (base) => ["-T", empty, base + "/name"],
    ours: async (base) => await request("PUT", base + "/name", await bodyWithFile(empty)),
  });
  const [chunked] = await compare({
    args: (base) => ["-H", "Transfer-Encoding: chunked", "-T", path, base + "/name"],
    ours: (base) => request("PUT", base + "/name", new Blob([bytes]).stream()),
  });
  assertEquals([chunked!["transfer-encoding"], chunked!.body.length], ["chunked", 100_000]);
});

testWith(CURL, "forms have the shape of curl's, quotes in names included", async () => {
  using tree = new TempTree();
  const path = tree.write("a b.txt", "the file\n");
  const [sent] = await compare({
    args: (base) => [
      ...["-F", "name=value", "-F", "empty=", "-F", 'odd "name"=x'],
      ...["-F", `file=@${path};type=text/plain`],
      ...["-F", `other=@${path};type=image/png;filename=c"d.png`],
      base,
    ],
    ours: (base) =>
      post(
        base,
        form().add("name", "value").add("empty", "").add('odd "name"', "x")
          .addFile("file", path, { contentType: "text/plain" })
          .addFile("other", path, { contentType: "image/png", filename: 'c"d.png' }),
      ),
    names: ["host", "expect"],
  });
  assert(sent!.body.includes('filename="c%22d.png"'), sent!.body);
});

/** Redirects everything but `/end` there. */
function redirecting(code: number, location: (base: string) => string): Answer {
  return ({ line }, base) =>
    line.includes("/end") ? undefined : `HTTP/1.1 ${code} Found\r\nLocation: ${location(base)}`;
}

testWith(CURL, "redirects lead where curl goes", async () => {
  const locations: [location: string, target: string][] = [
    ["/end", "/end"],
    ["end", "/a/end"],
    ["../end?x", "/end?x"],
    ["//HOST/end", "/end"],
    ["http://HOST/end#other", "/end"],
    ["?end=/end", "/a/b?end=/end"],
    ["/end%20%2f", "/end%20%2f"],
    ["/end and more", "/end%20and%20more"],
  ];
  for (const code of [301, 302, 303, 307, 308]) {
    for (const [location, target] of locations) {
      const sent = await compare({
        args: (base) => ["-L", `${base}/a/b?c`],
        ours: (base) => get(`${base}/a/b?c`, { redirect: "follow" }),
        answer: redirecting(code, (base) => location.replace("HOST", base.slice(7))),
      });
      assertEquals(sent.map(({ line }) => line.split(" ")[1]), ["/a/b?c", target]);
    }
  }
});

testWith(CURL, "a redirected POST becomes a GET, or stays one, as with curl", async () => {
  for (const code of [301, 302, 303, 307, 308]) {
    const sent = await compare({
      args: (base) => ["-L", "-d", "a=b", `${base}/begin`],
      ours: (base) => post(`${base}/begin`, new URLSearchParams("a=b"), { redirect: "follow" }),
      answer: redirecting(code, () => "/end"),
    });
    const stays = code >= 307;
    assertEquals(sent.map(({ line, body }) => `${line.split(" ")[0]} ${body}`), [
      ...["POST a=b", stays ? "POST a=b" : "GET "],
    ]);
  }
});

testWith(CURL, "credentials stay at home when a redirect leads elsewhere", async () => {
  await using elsewhere = new Recorder();
  const sent = await compare({
    args: (base) => ["-L", "-u", "user:password", `${base}/begin`],
    ours: (base) =>
      get(`${base}/begin`, {
        redirect: "follow",
        auth: { username: "user", password: "password" },
      }),
    answer: redirecting(302, () => `${elsewhere.base}/end`),
  });
  assert(sent[0]!["authorization"] !== undefined);
  const there = elsewhere.take().map((it) => compared(it, elsewhere.base, ESSENTIAL));
  assertEquals(there.length, 2);
  assertEquals([there[0], there[0]!["authorization"]], [there[1], undefined]);
});

testWith(CURL, "cookies that a redirect sets are sent where curl's engine sends them", async () => {
  const sent = await compare({
    args: (base) => ["-L", "-b", "", `${base}/a/begin`],
    ours: (base) => get(`${base}/a/begin`, { redirect: "follow", cookies: new CookieJar() }),
    answer: ({ line }) =>
      line.includes("/end") ? undefined : [
        "HTTP/1.1 302 Found\r\nLocation: /a/end",
        "Set-Cookie: root=1; Path=/",
        "Set-Cookie: here=2",
        "Set-Cookie: deep=3; Path=/a/end/deeper",
        "Set-Cookie: secure=4; Secure; Path=/b",
        "Set-Cookie: other=5; Domain=other.test",
        "Set-Cookie: gone=6; Max-Age=0",
      ].join("\r\nX-Between: x\r\n"),
  });
  const cookies = sent[1]!["cookie"]!.split("; ").sort();
  assertEquals(cookies, ["here=2", "root=1"]);
});

testWith(CURL, "a proxy is asked as curl asks it, and its password is for it alone", async () => {
  const options = (base: string): string => base.replace("//", "//proxy:p%40ss@");
  const [sent] = await compare({
    args: (base) => ["--noproxy", "", "-x", options(base), "http://user:x@origin.test:81/a?b#c"],
    ours: (base) => get("http://user:x@origin.test:81/a?b#c", { proxy: options(base) }),
  });
  assertEquals([sent!.line, sent!["host"]], [
    "GET http://origin.test:81/a?b HTTP/1.1",
    "origin.test:81",
  ]);
  assert(sent!["proxy-authorization"] !== undefined);
});

testWith(CURL, "option resolve is curl's --resolve: Host stays", async () => {
  const port = (base: string): string => base.slice(base.lastIndexOf(":") + 1);
  const [sent] = await compare({
    args: (base) => [
      ...["--resolve", `named.test:${port(base)}:127.0.0.1`, `http://named.test:${port(base)}/`],
    ],
    ours: (base) =>
      get(`http://named.test:${port(base)}/`, {
        resolve: { [`named.test:${port(base)}`]: "127.0.0.1" },
      }),
  });
  assert(sent!["host"]!.startsWith("named.test:"));
});

const CHALLENGES = [
  'realm="here", nonce="abc", qop="auth", algorithm=MD5, opaque="def"',
  'realm="here", nonce="abc", qop="auth,auth-int", algorithm=SHA-256',
  'realm="here", nonce="abc"',
];

testWith(
  CURL,
  "digest answers a challenge with what curl would, but for its own nonce",
  async () => {
    for (const challenge of CHALLENGES) {
      await using recorder = new Recorder((it) =>
        fieldOf(it, "authorization") === undefined
          ? `HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest ${challenge}`
          : undefined
      );
      const url = `${recorder.base}/path?query`;
      assertEquals((await curl(["--digest", "-u", "user:pass", url])).code, 0);
      const theirs = recorder.take();
      using client = new Client();
      const auth = { type: "digest", username: "user", password: "pass" } as const;
      assertEquals((await client.get(url, { auth })).code, 200);
      const ours = recorder.take();
      assertEquals([ours.length, theirs.length], [2, 2]);
      assertEquals(fieldOf(ours[0]!, "authorization"), undefined);
      const [a, b] = [theirs, ours].map((it) => digestOf(it[1]!));
      // Each has chosen a nonce of its own, so that the responses differ: both are right.
      for (const parameters of [a!, b!]) {
        assertEquals(parameters["response"], expectedResponse(parameters, "GET", "/path?query"));
        parameters["cnonce"] &&= "chosen";
        delete parameters["response"];
      }
      // curl repeats no algorithm that is the default, and needs not to.
      assertEquals(b, { ...a, ...(b!["algorithm"] === "MD5" ? { algorithm: "MD5" } : {}) });
    }
  },
);

/** The parameters of a digest. */
function digestOf(recorded: Recorded): Record<string, string> {
  const value = fieldOf(recorded, "authorization")!;
  assert(value.startsWith("Digest "), value);
  const pairs = value.slice(7).matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries(
    Array.from(pairs, ([, name, quoted, token]) => [name, quoted ?? token!]),
  );
}

/** RFC 7616 3.4.1, and RFC 2069 where there is no qop. */
function expectedResponse(
  { nonce, nc, cnonce, qop, algorithm }: Record<string, string>,
  method: string,
  uri: string,
): string {
  const hash = (text: string): string =>
    createHash(algorithm === "SHA-256" ? "sha256" : "md5").update(text).digest("hex");
  const first = hash("user:here:pass");
  const second = hash(`${method}:${uri}`);
  return qop === undefined
    ? hash(`${first}:${nonce}:${second}`)
    : hash(`${first}:${nonce}:${nc}:${cnonce}:${qop}:${second}`);
}
