// What the get command ends with when things go wrong: curl's exit codes.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { ResetPeer } from "../conformance/client/reset_peer.ts";
import { makeCertificate } from "../peers/certificate.ts";
import { testWith } from "../peers/programs.ts";
import { listen } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { Source } from "./download/download_source.ts";
import { getArguments, runGet } from "./get_process.ts";
import { DEAD_PORT } from "./support/dialing.ts";

/** A peer that answers each connection's first bytes with `answer`, and closes. */
class Peer implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #served: Promise<void>;

  constructor(answer: string) {
    this.#served = this.#serve(new TextEncoder().encode(answer));
  }

  get host(): string {
    return `127.0.0.1:${this.#listener.addr.port}`;
  }

  async #serve(answer: Uint8Array): Promise<void> {
    for await (const conn of this.#listener) {
      await conn.read(new Uint8Array(4096));
      for (let at = 0; at < answer.length;) at += await conn.write(answer.subarray(at));
      conn.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#served;
  }
}

async function assertExit(args: string[], code: number, message: RegExp): Promise<void> {
  const outcome = await runGet(args);
  assertEquals(outcome.code, code, `${args.join(" ")}: ${outcome.stderr}`);
  assertMatch(outcome.stderr, message);
  assertMatch(outcome.stderr, /^error: [^\n]+\n$/);
}

const ANSWERS: [name: string, answer: string, code: number][] = [
  ["no response", "", 52],
  ["half a head", "HTTP/1.1 200 OK\r\nContent-", 56],
  ["a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", 18],
  ["chunks cut short", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", 18],
  ["what is not HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n", 8],
  ["a field that is none", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", 8],
  ["a chunk that is none", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 56],
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na", 56],
  ["a head without end", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`, 56],
  ["a coding that is broken", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nnot gzip", 61],
];

for (const [name, answer, code] of ANSWERS) {
  Deno.test(`get ends with ${code} on ${name}`, async () => {
    await using peer = new Peer(answer);
    await assertExit(["--compressed", peer.host, "-o", "/dev/null"], code, /^error: Cannot /);
  });
}

Deno.test("get ends with 7 when nobody listens, and with 6 when nobody has the name", async () => {
  await assertExit([`127.0.0.1:${DEAD_PORT}`], 7, /refused/);
  // RFC 6761 6.4: there is no such name.
  await assertExit(["http://nobody.invalid/"], 6, /nobody\.invalid/);
});

Deno.test("get ends with 5, 7 or 97 when there is no way through the proxy", async () => {
  await assertExit(["-x", `http://127.0.0.1:${DEAD_PORT}`, "https://a.test/"], 7, /proxy/);
  await assertExit(["-x", "http://nobody.invalid:3128", "http://a.test/"], 5, /nobody\.invalid/);
  await using peer = new Peer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  await assertExit(["-x", `http://${peer.host}`, "https://a.test/"], 97, /proxy .*403/);
});

Deno.test("get ends with 28 when --max-time passes", async () => {
  await using source = new Source("hello");
  source.stallAfter = 2;
  await assertExit(["-m", "0.2", source.url, "-o", "/dev/null"], 28, /0\.2 s/);
});

Deno.test("get ends with 23 when it cannot write, and says so before it asks", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  await assertExit(["-o", `${tree.root}/none/file`, source.url], 23, /there is no such folder/);
  await assertExit(["-o", tree.root, source.url], 23, /it is a folder/);
  assertEquals(source.asked, []);
  if (Deno.build.os === "linux") {
    await assertExit(["-o", "/dev/full", source.url], 23, /no space left on the device/);
  }
});

Deno.test({
  name: "get leaves the target as it was when the disk takes no more",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using tree = new TempTree();
    const file = tree.write("file", "content");
    await using source = new Source(new Uint8Array(4 * 1024 * 1024));
    // The signal that comes with the limit would end the process.
    const { code, stderr } = await new Deno.Command("sh", {
      args: [
        ...["-c", 'trap "" XFSZ; ulimit -f 1024; exec "$@"', "sh", Deno.execPath()],
        ...getArguments(["-o", file, source.url]),
      ],
      env: { NO_COLOR: "1", http_proxy: "" },
    }).output();
    assertEquals(
      new TextDecoder().decode(stderr),
      `error: Cannot write file "${file}": file too large\n`,
    );
    assertEquals([code, Deno.readTextFileSync(file)], [23, "content"]);
    assertEquals([...Deno.readDirSync(tree.root)].length, 1);
  },
});

Deno.test("get ends with 26 when there is nothing to send", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const none = `${tree.root}/none`;
  for (
    const args of [["-T", none], ["-d", `@${none}`], ["-F", `a=@${none}`], ["-F", `a=<${none}`]]
  ) {
    await assertExit([...args, source.url], 26, /No such file/i);
  }
  assertEquals(source.asked, []);
});

Deno.test("get ends with 56 when the peer resets the connection before it answers", async () => {
  await using peer = await ResetPeer.open((conn) => conn.reset());
  await assertExit([peer.url()], 56, /the connection was lost/);
});

Deno.test("get ends with 45 when it cannot connect from what --interface says", async () => {
  await using source = new Source("hello");
  // TEST-NET-1 of RFC 5737: no address of any machine.
  await assertExit(["--interface", "192.0.2.1", source.url], 45, /option "--interface": "192/);
  if (Deno.build.os === "linux" && Deno.uid() === 0) {
    await assertExit(
      ["--interface", "nosuchdev0", source.url],
      45,
      /"--interface" names no device/,
    );
  }
  assertEquals(source.asked, []);
});

Deno.test("get ends with 77 or 58 when certificates cannot be read", async () => {
  using tree = new TempTree();
  const none = `${tree.root}/none`;
  await assertExit(["--cacert", none, "https://a.test/"], 77, /--cacert.* there is no such file$/m);
  await assertExit(["-E", none, "https://a.test/"], 58, /--cert.* there is no such file$/m);
});

Deno.test("get ends with 5 on a proxy that is none, and never says its password", async () => {
  const { code, stderr } = await runGet(["-x", "ftp://user:secret@p/", "http://a.test/"]);
  assertEquals([code, stderr.includes("secret")], [5, false], stderr);
});

Deno.test("get says no password of a URL, whatever fails", async () => {
  using tree = new TempTree();
  await using source = new Source("hello");
  const url = source.url.replace("//", "//user:secret@");
  const wrong = "0".repeat(64);
  const file = `${tree.root}/file`;
  const bad = [
    ["--sha256", wrong, "-o", file, url],
    ["-C", "--sha256", wrong, "-o", file, url],
    ["-f", "-X", "DELETE", url],
    ["http://user:secret@127.0.0.1:1/"],
    ["http://user:secret@a b/"],
    ["http:/user:secret@a/"],
    ["ftp://user:secret@a/"],
    ["http://user:secret%zz@a/"],
  ];
  source.instead = (con, req) => {
    if (req.method === "DELETE") con.sendError(403);
    return req.method === "DELETE";
  };
  for (const args of bad) {
    const { code, stderr } = await runGet(args);
    assert(code > 0 && stderr.startsWith("error: Cannot "), stderr);
    assert(!stderr.includes("secret"), stderr);
  }
});

Deno.test("get ends with 35 when the peer speaks no TLS", async () => {
  await using peer = new Peer("HTTP/1.1 400 Bad Request\r\n\r\n");
  await assertExit([`https://${peer.host}/`], 35, /Cannot secure connection/);
});

testWith(
  ["openssl"],
  "get ends with 60 on a certificate that it does not trust, with 90 on another key than pinned",
  async () => {
    using files = await makeCertificate();
    const { cert, key } = files;
    await using server = listen(
      "127.0.0.1",
      0,
      { cert, key, onError: () => {} },
      (con) => con.send("hello"),
    );
    const url = `https://localhost:${(server.addr as Deno.NetAddr).port}/`;
    await assertExit([url], 60, /certificate/);
    assertEquals((await runGet(["-k", url])).stdout, "hello");
    assertEquals((await runGet(["--cacert", files.authority, url])).stdout, "hello");
    const pin = `sha256//${"A".repeat(43)}=`;
    await assertExit(["-k", "--pinnedpubkey", pin, url], 90, /pin/);
  },
);

Deno.test("get writes nothing of a server to the standard error that a terminal would obey", async () => {
  const ESCAPES = "No\u009b31m \u009d0;title\u009c";
  await using peer = new Peer(
    `HTTP/1.1 404 ${ESCAPES}\r\nX: \u009b2J\r\nContent-Length: 0\r\n\r\n`,
  );
  const { code, stderr } = await runGet(["-v", "-f", peer.host]);
  assertEquals(code, 22);
  assertMatch(stderr, /^< HTTP\/1\.1 404 No\\x9b31m \\x9d0;title\\x9c$/m);
  assertMatch(stderr, /^< X: \\x9b2J$/m);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f\x7f-\x9f]/.test(stderr), JSON.stringify(stderr));
});
