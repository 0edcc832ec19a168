// curl against `listen`: what it sends, what it makes of the answers, and how it uses connections.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type Handler, listen, type ListenOptions, type Server } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { portOf } from "../server/raw_client.ts";
import { makeCertificate } from "./certificate.ts";
import { curl, testWith } from "./programs.ts";

const ONLY_CURL: ["curl"] = ["curl"];
/** What curl writes behind each body, on a line of its own. */
const FACTS = ["-w", "\n%{http_code} %{http_version} %{num_connects} %{size_upload}\n"];

function urlOf(server: Server, path = "/"): string {
  return `http://127.0.0.1:${portOf(server)}${path}`;
}

function serve(handler: Handler, options: ListenOptions = {}): Server {
  return listen("127.0.0.1", 0, options, handler);
}

const echo: Handler = async (con, req) => {
  con.addHeader("Content-Type", "text/plain");
  con.send(`${req.method} ${req.rawPath} HTTP/1.${req.minorVersion}\n`, await con.readBody());
};

const serveFile: Handler = (con, req) => con.serveFile(req);

/** Serves a folder. */
function serveTree(tree: TempTree, options: ListenOptions = {}): Server {
  return serve(serveFile, { docroot: tree.root, ...options });
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

testWith(ONLY_CURL, "curl gets and posts", async () => {
  await using server = serve(echo);
  const get = await curl([...FACTS, urlOf(server, "/a?b=c")]);
  assertEquals([get.code, get.stderr], [0, ""]);
  assertEquals(get.stdout, "GET /a?b=c HTTP/1.1\n\n200 1.1 1 0\n");
  const post = await curl([...FACTS, "-d", "x=1", urlOf(server)]);
  assertEquals(post.stdout, "POST / HTTP/1.1\nx=1\n200 1.1 1 3\n");
});

testWith(ONLY_CURL, "curl uses one connection for several URLs", async () => {
  await using server = serve(echo);
  const urls = ["/1", "/2", "/3"].map((path) => urlOf(server, path));
  const { stdout } = await curl(["-d", "body", ...FACTS, ...urls]);
  assertEquals(stdout.match(/^200.*$/gm), ["200 1.1 1 4", "200 1.1 0 4", "200 1.1 0 4"]);
  assertEquals([server.stats().accepted, server.stats().requests], [1, 3]);
});

testWith(
  ONLY_CURL,
  "curl goes on with its connection after errors that leave it whole",
  async () => {
    await using server = serve((con, req) => {
      if (req.path === "/404") con.sendError(404);
      else if (req.path === "/304") con.setStatus(304);
      else if (req.path === "/204") con.setStatus(204);
      else con.send("end");
    });
    const urls = ["/404", "/304", "/204", "/"].map((path) => urlOf(server, path));
    const { code, stdout } = await curl([...FACTS, ...urls]);
    assertEquals([code, stdout.match(/^\d{3} .*$/gm)?.length], [0, 4]);
    assertEquals(server.stats().accepted, 1);
  },
);

testWith(ONLY_CURL, "curl --http1.0 gets a response of unknown length to its end", async () => {
  await using server = serve(async (con, req) => {
    con.send("one ");
    await con.flush();
    con.send(`HTTP/1.${req.minorVersion}`);
  });
  const { code, stdout } = await curl(["--http1.0", "-i", urlOf(server)]);
  assertEquals(code, 0);
  assert(stdout.endsWith("\r\n\r\none HTTP/1.0"), stdout);
  assert(!/transfer-encoding/i.test(stdout), stdout);
});

testWith(ONLY_CURL, "curl --http1.0 keeps a connection on request", async () => {
  await using server = serve(echo);
  const { stdout } = await curl(
    [
      "--http1.0",
      "-H",
      "Connection: keep-alive",
      ...FACTS,
      urlOf(server, "/1"),
      urlOf(server, "/2"),
    ],
  );
  assertEquals(stdout.match(/^200.*$/gm)?.map((line) => line.split(" ")[2]), ["1", "0"]);
});

testWith(
  ["curl", "openssl"],
  "curl trusts a TLS server by its authority, and only so",
  async () => {
    using files = await makeCertificate();
    const { cert, key } = files;
    await using server = serve(echo, { cert, key });
    const url = `https://localhost:${portOf(server)}/tls`;
    const to = ["--resolve", `localhost:${portOf(server)}:127.0.0.1`];
    const trusted = await curl([...to, "--cacert", files.authority, ...FACTS, url, url]);
    assertEquals([trusted.code, trusted.stderr], [0, ""]);
    assertEquals(
      trusted.stdout.match(/^200.*$/gm)?.map((line) => line.split(" ")[2]),
      ["1", "0"],
    );
    // 60: the certificate cannot be authenticated.
    assertEquals((await curl([...to, url])).code, 60);
    assertEquals((await curl([...to, "--cacert", files.authority, url])).code, 0);
  },
);

testWith(["curl", "openssl"], "curl uploads and downloads megabytes over TLS", async () => {
  using files = await makeCertificate();
  using tree = new TempTree();
  const content = crypto.getRandomValues(new Uint8Array(65536));
  const large = new Uint8Array(8 * 1024 * 1024);
  for (let at = 0; at < large.length; at += content.length) large.set(content, at);
  const path = tree.write("large", large);
  const { cert, key } = files;
  await using server = serve(async (con) => {
    for (let piece; (piece = await con.readBody(65536)).length > 0;) {
      con.send(piece);
      await con.flush();
    }
  }, { cert, key });
  const { code, bytes } = await curl(
    ["-k", "-T", path, `https://127.0.0.1:${portOf(server)}/`],
  );
  assertEquals([code, await sha256(bytes)], [0, await sha256(large)]);
});

testWith(
  ONLY_CURL,
  "curl waits for 100 Continue no longer than the handler's first read",
  async () => {
    using tree = new TempTree();
    const path = tree.write("upload", "x".repeat(100_000));
    await using server = serve(async (con) => {
      con.send(String((await con.readBody()).length));
    });
    // Were there no 100, curl would wait for longer than it may run.
    const { code, stdout, stderr } = await curl(
      ["--expect100-timeout", "600", "-H", "Expect: 100-continue", "-v", "-T", path, urlOf(server)],
    );
    assertEquals([code, stdout], [0, "100000"], stderr);
    assertMatch(stderr, /< HTTP\/1\.1 100 Continue\r?\n/);
  },
);

testWith(ONLY_CURL, "curl is told 401 or 413 early, and never sends the body", async () => {
  using tree = new TempTree();
  const path = tree.write("upload", new Uint8Array(8 * 1024 * 1024));
  await using server = serve((con) => con.sendError(401), { maxBodyBytes: 9 * 1024 * 1024 });
  await using small = serve(echo, { maxBodyBytes: 1024 });
  for (const [url, status] of [[urlOf(server), 401], [urlOf(small), 413]] as const) {
    const { code, stdout } = await curl(
      [
        ...["--expect100-timeout", "600", "-H", "Expect: 100-continue"],
        ...["-o", "/dev/null", ...FACTS, "-T", path, url],
      ],
    );
    assertEquals([code, stdout], [0, `\n${status} 1.1 1 0\n`]);
  }
  assert(server.stats().bytesRead < 1024);
});

testWith(ONLY_CURL, "curl reads the answer to an upload that is refused on its way", async () => {
  using tree = new TempTree();
  const path = tree.write("upload", new Uint8Array(32 * 1024 * 1024));
  await using server = serve((con) => con.sendError(403, undefined, "no thanks"));
  const { stdout } = await curl(["-H", "Expect:", ...FACTS, "-T", path, urlOf(server)]);
  assertStringIncludes(stdout, "no thanks\n403 1.1 1 ");
});

testWith(ONLY_CURL, "curl uploads its standard input in chunks", async () => {
  await using server = serve(async (con, req) => {
    con.send(`${req.headers["transfer-encoding"]} ${(await con.readBody()).length}`);
  });
  const input = "0123456789".repeat(50_000);
  const { stdout } = await curl(["-T", "-", urlOf(server)], input);
  assertEquals(stdout, "chunked 500000");
});

testWith(ONLY_CURL, "curl -I sees the fields of GET and no body", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "hello");
  await using server = serveTree(tree);
  const { code, stdout } = await curl(["-I", urlOf(server, "/a.txt"), urlOf(server, "/a.txt")]);
  assertEquals([code, stdout.match(/^content-length: 5\r$/gim)?.length], [0, 2]);
  assertEquals(server.stats().accepted, 1);
});

testWith(ONLY_CURL, "curl -L follows the redirect of a folder to its index", async () => {
  using tree = new TempTree();
  tree.write("a folder/index.html", "<p>index");
  await using server = serveTree(tree);
  const { stdout } = await curl(
    ["-L", "-w", "\n%{num_redirects} %{url_effective}", urlOf(server, "/a%20folder?q")],
  );
  assertEquals(stdout, `<p>index\n1 ${urlOf(server, "/a%20folder/?q")}`);
});

testWith(ONLY_CURL, "curl -r gets ranges of a file", async () => {
  using tree = new TempTree();
  tree.write("a.txt", "0123456789");
  await using server = serveTree(tree);
  const url = urlOf(server, "/a.txt");
  const cases = [["0-3", "0123"], ["-3", "789"], ["7-", "789"], ["8-100", "89"], ["4-4", "4"]];
  for (const [range, expected] of cases) {
    const { stdout } = await curl(["-w", " %{http_code}", "-r", range!, url]);
    assertEquals(stdout, `${expected} 206`);
  }
  const beyond = await curl(["-o", "/dev/null", "-w", "%{http_code}", "-r", "10-", url]);
  assertEquals(beyond.stdout, "416");
});

testWith(ONLY_CURL, "curl -C - goes on with a download", async () => {
  using tree = new TempTree();
  const content = crypto.getRandomValues(new Uint8Array(60_000));
  tree.write("file", content);
  const partial = tree.writeOutside("partial");
  await Deno.writeFile(partial, content.subarray(0, 12_345));
  await using server = serveTree(tree);
  const { code, stdout } = await curl(
    ["-C", "-", "-o", partial, "-w", "%{http_code} %{size_download}", urlOf(server, "/file")],
  );
  assertEquals([code, stdout], [0, `206 ${60_000 - 12_345}`]);
  assertEquals(await Deno.readFile(partial), content);
});

testWith(ONLY_CURL, "curl -z gets a file only when it is newer", async () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "hello");
  await Deno.utime(path, new Date("2024-05-01T12:00:00Z"), new Date("2024-05-01T12:00:00Z"));
  await using server = serveTree(tree);
  const status = async (date: string): Promise<string> =>
    (await curl(["-w", " %{http_code}", "-z", date, urlOf(server, "/a.txt")])).stdout;
  assertEquals(await status("Wed, 01 May 2024 12:00:00 GMT"), " 304");
  assertEquals(await status("Wed, 01 Jan 2025 00:00:00 GMT"), " 304");
  assertEquals(await status("Wed, 01 May 2024 11:59:59 GMT"), "hello 200");
});

testWith(ONLY_CURL, "curl --etag-compare gets a file only when it has changed", async () => {
  using tree = new TempTree();
  const path = tree.write("a.txt", "hello");
  const etag = `${tree.outside}/etag`;
  await using server = serveTree(tree);
  const get = async (...args: string[]): Promise<string> =>
    (await curl(["-w", " %{http_code}", ...args, urlOf(server, "/a.txt")])).stdout;
  assertEquals(await get("--etag-save", etag), "hello 200");
  assertMatch(await Deno.readTextFile(etag), /^(W\/)?"[^"]+"\s*$/);
  assertEquals(await get("--etag-compare", etag), " 304");
  await Deno.writeTextFile(path, "changed");
  assertEquals(await get("--etag-compare", etag), "changed 200");
});

testWith(
  ONLY_CURL,
  "curl --compressed unpacks the .gz sibling, and others get the file",
  async () => {
    using tree = new TempTree();
    const plain = "<p>hello\n".repeat(1000);
    const packed = new Blob([plain]).stream().pipeThrough(new CompressionStream("gzip"));
    tree.write("a.html", plain);
    tree.write("a.html.gz", await new Response(packed).bytes());
    await using server = serveTree(tree, { gzip: true });
    const facts = ["-w", " %{size_download}", urlOf(server, "/a.html")];
    const size = Deno.statSync(`${tree.root}/a.html.gz`).size;
    assertEquals((await curl(["--compressed", ...facts])).stdout, `${plain} ${size}`);
    assertEquals((await curl(facts)).stdout, `${plain} ${plain.length}`);
  },
);

testWith(ONLY_CURL, "curl --unix-socket reaches a server on a unix socket", async () => {
  const folder = await Deno.makeTempDir({ prefix: "eco_http_unix_" });
  try {
    const path = `${folder}/socket`;
    await using _server = listen(0, { path }, echo);
    const { code, stdout } = await curl(
      ["--unix-socket", path, ...FACTS, "-d", "x", "http://localhost/1", "http://localhost/2"],
    );
    assertEquals(code, 0);
    assertEquals(
      stdout,
      "POST /1 HTTP/1.1\nx\n200 1.1 1 1\nPOST /2 HTTP/1.1\nx\n200 1.1 0 1\n",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

testWith(ONLY_CURL, "curl reads trailers behind a chunked body", async () => {
  await using server = serve((con) => {
    con.send("body");
    con.sendTrailers({ "X-Sum": "123" });
  });
  const { code, stdout } = await curl(["-i", urlOf(server), urlOf(server)]);
  assertEquals(code, 0);
  assertEquals(stdout.match(/\r\n\r\nbodyX-Sum: 123\r\n/g)?.length, 2, stdout);
  assertEquals(server.stats().accepted, 1);
});

testWith(ONLY_CURL, "curl shows early hints before the response", async () => {
  await using server = serve(async (con) => {
    await con.sendInformational(103, { Link: "</a.css>; rel=preload" });
    con.send("final");
  });
  const { stdout } = await curl(["-i", urlOf(server)]);
  assertMatch(
    stdout,
    /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*\r\n\r\nfinal$/,
  );
});

testWith(ONLY_CURL, "curl tells a response that is cut short from a whole one", async () => {
  await using server = listen("127.0.0.1", 0, { onError: () => {} }, async (con, req) => {
    if (req.path === "/length") con.addHeader("Content-Length", "10");
    con.send("short");
    await con.flush();
    throw new Error("on purpose");
  });
  // 18: transfer closed with outstanding data remaining.
  for (const path of ["/length", "/chunked"]) {
    const { code, stdout } = await curl([urlOf(server, path)]);
    assertEquals([code, stdout], [18, "short"]);
  }
});
