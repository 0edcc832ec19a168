// The client against Node's http and https servers.

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  Client,
  ClosedError,
  ConnectError,
  get,
  type InformationalResponse,
  post,
  request,
} from "../../client/mod.ts";
import { Event } from "../conformance/waiting.ts";
import { makeAnother, makeCertificate } from "./certificate.ts";
import { startNode } from "./node_server.ts";
import { testWith } from "./programs.ts";

const NODE: ["node"] = ["node"];
const MIB = 1024 * 1024;

testWith(NODE, "chunks of Node arrive with their trailers", async () => {
  await using node = await startNode(`
    const server = http.createServer((req, res) => {
      res.setHeader("Trailer", "X-Sum, X-Latin");
      for (let i = 0; i < 1000; i++) res.write("piece " + i + "\\n");
      res.addTrailers({ "X-Sum": "1000", "X-Latin": "caf\\u00e9" });
      res.end();
    });`);
  using client = new Client();
  for (const reused of [false, true]) {
    const response = await client.get(node.url);
    assertEquals(response.headers["transfer-encoding"], "chunked");
    assertEquals(response.text(), Array.from({ length: 1000 }, (_, i) => `piece ${i}\n`).join(""));
    assertEquals({ ...response.trailers }, { "x-sum": "1000", "x-latin": "caf\u00e9" });
    assertEquals(response.connection.reused, reused);
  }
});

testWith(NODE, "Node reads chunks of ours with their trailers", async () => {
  await using node = await startNode(`
    const server = http.createServer(async (req, res) => {
      const body = await readAll(req);
      res.end(JSON.stringify([body.length, req.headers["transfer-encoding"], req.trailers]));
    });`);
  const body = new Blob([new Uint8Array(300_000)]).stream();
  const response = await post(node.url, body, { trailers: { "X-Sum": "300000" } });
  assertEquals(response.json(), [300_000, "chunked", { "x-sum": "300000" }]);
});

testWith(NODE, "early hints of Node are told before the answer, in order", async () => {
  await using node = await startNode(`
    const server = http.createServer((req, res) => {
      res.writeProcessing();
      res.writeEarlyHints({ link: ["</a.css>; rel=preload", "</b.js>; rel=preload"], "x-n": "1" });
      res.writeEarlyHints({ link: "</c.css>; rel=preload" });
      res.end("after");
    });`);
  using client = new Client();
  const seen: InformationalResponse[] = [];
  const response = await client.get(node.url, { onInformational: (hint) => seen.push(hint) });
  assertEquals([response.code, response.text()], [200, "after"]);
  assertEquals(seen.map(({ code, status, headers }) => [code, status, { ...headers }]), [
    [102, "Processing", {}],
    [103, "Early Hints", { link: "</a.css>; rel=preload, </b.js>; rel=preload", "x-n": "1" }],
    [103, "Early Hints", { link: "</c.css>; rel=preload" }],
  ]);
  // Who does not listen is not disturbed.
  assertEquals((await client.get(node.url)).connection.reused, true);
});

testWith(NODE, "Node's checkContinue decides about the body", async () => {
  await using node = await startNode(`
    const server = http.createServer((req, res) => res.end("no expectation"));
    server.on("checkContinue", async (req, res) => {
      if (req.url === "/refused") return res.writeHead(417, { Connection: "close" }).end("no");
      res.writeContinue();
      res.end(String((await readAll(req)).length));
    });`);
  const body = new Uint8Array(MIB);
  const codes: number[] = [];
  const options = {
    expectContinue: true,
    onInformational: ({ code }: InformationalResponse) => codes.push(code),
  };
  const taken = await post(`${node.url}/taken`, body, options);
  assertEquals([taken.text(), codes], [String(MIB), [100]]);
  assertEquals((await post(`${node.url}/none`, body)).text(), "no expectation");
});

testWith(NODE, "an early 413 of Node stops an upload that would not end", async () => {
  await using node = await startNode(`
    const server = http.createServer((req, res) => {
      res.writeHead(413, { Connection: "close" });
      res.end("too much"); // and nothing of the body is read
    });`);
  const piece = new Uint8Array(65536);
  const stopped = new Event("the source is told that nobody wants more");
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      while (true) yield piece;
    } finally {
      stopped.happen();
    }
  }
  const response = await post(node.url, endless());
  assertEquals([response.code, response.text()], [413, "too much"]);
  await stopped.wait();
});

testWith(
  ["node", "openssl"],
  "Node's https server asks for a certificate, and sees ours",
  async () => {
    using files = await makeCertificate();
    const own = await makeAnother(files, "client", "DNS:client.test");
    await using node = await startNode(
      `const server = https.createServer({ ...tls, requestCert: true, rejectUnauthorized: true },
      async (req, res) => {
        const size = (await readAll(req)).length;
        res.end(req.socket.getPeerCertificate().subject.CN + " " + size);
      });`,
      files,
    );
    const ca = files.authority;
    using client = new Client({ ca, ...own });
    assertEquals((await client.get(node.url)).text(), "client.test 0");
    const large = await client.post(node.url, new Uint8Array(2 * MIB));
    assertEquals([large.text(), large.connection.reused], [`client.test ${2 * MIB}`, true]);
    // In TLS 1.3 the refusal arrives after the handshake, where the answer should be.
    const error = await assertRejects(() => get(node.url, { ca }));
    assert(error instanceof ConnectError || error instanceof ClosedError, String(error));
  },
);

testWith(NODE, "decode undoes every coding that Node knows, alone and stacked", async () => {
  await using node = await startNode(`
    const encode = {
      gzip: zlib.gzipSync, deflate: zlib.deflateSync, raw: zlib.deflateRawSync,
      br: (bytes) => zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
      zstd: zlib.zstdCompressSync,
    };
    const text = Array.from({ length: 100_000 }, (_, i) => "word " + i * 7919).join();
    const server = http.createServer((req, res) => {
      const codings = req.url.slice(1).split(",");
      if (codings.some((it) => encode[it] === undefined)) return res.writeHead(501).end();
      let body = Buffer.from(text);
      for (const coding of codings) body = encode[coding](body);
      res.setHeader("Content-Encoding", codings.join(", ").replace("raw", "deflate"));
      res.setHeader("X-Accept", req.headers["accept-encoding"]);
      res.setHeader("X-Digest", createHash("sha256").update(text).digest("hex"));
      res.end(body);
    });`);
  using client = new Client({ decode: true });
  let decoded = 0;
  for (
    const path of ["gzip", "deflate", "raw", "br", "zstd", "gzip,br", "br,gzip", "deflate,gzip"]
  ) {
    const response = await client.get(`${node.url}/${path}`);
    // Node has zstd since its version 22.15.
    if (response.code === 501 && path === "zstd") continue;
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", response.body!)).toHex();
    assertEquals(digest, response.headers["x-digest"], path);
    assertEquals(response.headers["x-accept"], "gzip, br, zstd, deflate");
    decoded++;
  }
  assert(decoded >= 7);
  assertEquals(client.stats().opened, 1);
});

testWith(NODE, "Node's Keep-Alive shortens how long a client keeps the connection", async () => {
  await using node = await startNode(`
    const server = http.createServer((req, res) => {
      if (req.url === "/brief") res.setHeader("Keep-Alive", "timeout=1");
      req.socket.on("end", () => say(req.url));
      res.end("x");
    });
    server.keepAliveTimeout = 0; // it never closes by itself`);
  using told = new Client({ keepAlive: 600 });
  using free = new Client({ keepAlive: 600 });
  for (const reused of [false, true]) {
    assertEquals((await told.get(`${node.url}/brief`)).connection.reused, reused);
    assertEquals((await free.get(`${node.url}/long`)).connection.reused, reused);
  }
  assertEquals(told.stats().idle, 1);
  await node.says(/brief/);
  assertEquals([told.stats().idle, free.stats().idle], [0, 1]);
});

testWith(NODE, "a close that Node announces after a while is heeded, too", async () => {
  await using node = await startNode(`
    let requests = 0;
    const server = http.createServer((req, res) => {
      if (++requests === 3) res.setHeader("Connection", "close");
      res.end(String(requests));
    });`);
  using client = new Client();
  const reused: boolean[] = [];
  for (let i = 0; i < 5; i++) reused.push((await client.get(node.url)).connection.reused);
  assertEquals(reused, [false, true, true, false, true]);
});

/** Closes behind each answer without a word about it: the client finds out when it tries. */
const CLOSING = (pauseMs: number): string => `
  let executed = 0;
  const server = http.createServer(async (req, res) => {
    await readAll(req);
    if (req.method === "POST") executed++;
    res.setHeader("X-Executed", String(executed));
    const close = () => req.socket.destroy();
    res.on("finish", () => ${pauseMs} === 0 ? close() : setTimeout(close, ${pauseMs}));
    res.end("answer");
  });`;
const ROUNDS = 20;

/** With a pause, requests are sent at all moments around the one when the server closes. */
async function pause(pauseMs: number, round: number): Promise<void> {
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs - 6 + round % 10));
}

for (const pauseMs of [0, 20]) {
  const when = pauseMs === 0 ? "right after" : `${pauseMs} ms after`;

  testWith(NODE, `GETs all succeed at a Node server that closes ${when} each answer`, async () => {
    await using node = await startNode(CLOSING(pauseMs));
    using client = new Client();
    for (let i = 0; i < ROUNDS; i++) {
      assertEquals((await client.get(node.url)).text(), "answer");
      await pause(pauseMs, i);
    }
  });

  testWith(NODE, `POSTs run at most once where Node closes ${when} each answer`, async () => {
    await using node = await startNode(CLOSING(pauseMs));
    using client = new Client();
    let answered = 0;
    let failed = 0;
    for (let i = 0; i < ROUNDS; i++) {
      try {
        const response = await client.post(node.url, "body");
        answered++;
        const executed = Number(response.headers["x-executed"]);
        // Those that failed may have been executed, but none of them twice.
        assert(executed >= answered && executed <= answered + failed, `${executed} of ${answered}`);
      } catch (error) {
        assert(error instanceof ClosedError, String(error));
        assertEquals(error.reused, true);
        failed++;
      }
      await pause(pauseMs, i);
    }
    assert(answered > 0);
  });
}

testWith(NODE, "a body of Node that breaks off is an error, whatever its framing", async () => {
  await using node = await startNode(`
    const server = http.createServer((req, res) => {
      if (req.url === "/length") res.setHeader("Content-Length", "100");
      res.write("only this");
      setImmediate(() => req.socket.end());
    });`);
  for (const path of ["/length", "/chunks"]) {
    const error = await assertRejects(() => get(node.url + path), ClosedError);
    assertEquals([error.phase, error.received], ["body", 9]);
  }
});

testWith(NODE, "Node sees methods, repeated fields and latin1 as they were given", async () => {
  await using node = await startNode(`
    const server = http.createServer(async (req, res) => {
      const body = (await readAll(req)).toString();
      res.end(JSON.stringify([req.method, req.url, req.rawHeaders, body]));
    });`);
  const headers: [string, string][] = [["X-Twice", "a"], ["x-twice", "b"], [
    "X-Latin",
    "caf\u00e9",
  ]];
  const response = await request("PROPFIND", `${node.url}/a%20b?c=d&e`, "text", { headers });
  assertEquals(response.json(), ["PROPFIND", "/a%20b?c=d&e", [
    ...["Host", `127.0.0.1:${node.port}`, "User-Agent", "eco-http/0.1", "Accept", "*/*"],
    ...["Content-Type", "text/plain;charset=UTF-8"],
    ...["X-Twice", "a", "x-twice", "b", "X-Latin", "caf\u00e9"],
    ...["Content-Length", "4", "Connection", "close"],
  ], "text"]);
});
