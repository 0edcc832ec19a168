// The ways of the get command to a server: what its options do to the connection.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { listen } from "../../server/mod.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { runGet } from "./get_process.ts";

/** A server that tells what it was asked for, and as which host. */
function serve() {
  return listen("127.0.0.1", 0, (con, req) => con.send(`${req.rawPath} ${req.headers.host}`));
}

function portOf(server: { addr: Deno.Addr }): number {
  return (server.addr as Deno.NetAddr).port;
}

Deno.test("get --resolve goes to the address given", async () => {
  await using server = serve();
  const port = portOf(server);
  const url = `http://nobody.invalid:${port}/a`;
  const { stdout, stderr } = await runGet(["--resolve", `nobody.invalid:${port}:127.0.0.1`, url]);
  assertEquals([stdout, stderr], [`/a nobody.invalid:${port}`, ""]);
});

Deno.test({
  name: "get --unix-socket goes to the socket",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    using tree = new TempTree();
    const path = `${tree.root}/socket`;
    await using _server = listen(
      0,
      { path },
      (con, req) => con.send(`${req.path} ${req.headers.host}`),
    );
    const { stdout, stderr } = await runGet(["--unix-socket", path, "http://a.test/b"]);
    assertEquals([stdout, stderr], ["/b a.test", ""]);
  },
});

Deno.test("get -x and http_proxy ask a proxy with the whole URL, but for --noproxy", async () => {
  await using proxy = listen("127.0.0.1", 0, (con) => con.send("from the proxy"));
  await using server = serve();
  const url = `http://127.0.0.1:${portOf(server)}/a`;
  const through = `http://127.0.0.1:${portOf(proxy)}`;
  assertEquals((await runGet(["-x", through, url])).stdout, "from the proxy");
  const env = { http_proxy: through };
  assertEquals((await runGet([url], { env })).stdout, "from the proxy");
  const direct = `/a 127.0.0.1:${portOf(server)}`;
  for (const list of ["*", "127.0.0.1", "10.0.0.0/8,127.0.0.0/8"]) {
    assertEquals((await runGet(["--noproxy", list, url], { env })).stdout, direct);
    assertEquals((await runGet(["-x", through, "--noproxy", list, url])).stdout, direct);
  }
  assertEquals((await runGet(["-x", "", url], { env })).stdout, direct);
  assertEquals(
    (await runGet(["-x", through, "--noproxy", "a.test", url])).stdout,
    "from the proxy",
  );
});

Deno.test("get -x, -U and --noproxy need no right to the environment", async () => {
  await using proxy = listen("127.0.0.1", 0, (con, req) => {
    con.send(String(req.headers["proxy-authorization"]));
  });
  await using server = serve();
  const url = `http://127.0.0.1:${portOf(server)}/a`;
  const args = ["-x", `http://127.0.0.1:${portOf(proxy)}`, "-U", "me:secret", url];
  const rights = ["--allow-net"];
  assertEquals(await runGet(args, { rights }), {
    ...{ code: 0, stdout: `Basic ${btoa("me:secret")}`, stderr: "" },
  });
  assertEquals(await runGet(["--noproxy", "127.0.0.1", ...args], { rights }), {
    ...{ code: 0, stdout: `/a 127.0.0.1:${portOf(server)}`, stderr: "" },
  });
});

Deno.test("get --interface takes an address to connect from", async () => {
  await using server = listen("127.0.0.1", 0, (con) => con.send(con.remoteAddr().ipaddr));
  const url = `http://127.0.0.1:${portOf(server)}/`;
  const { stdout, stderr } = await runGet(["--interface", "127.0.0.9", url]);
  assertEquals([stdout, stderr], ["127.0.0.9", ""]);
});

Deno.test("get --compressed asks for codings and undoes them", async () => {
  await using server = listen("127.0.0.1", 0, async (con, req) => {
    if (!req.headers["accept-encoding"]?.includes("gzip")) return con.send("plain");
    const zipped = new Blob(["unzipped"]).stream().pipeThrough(new CompressionStream("gzip"));
    con.addHeader("Content-Encoding", "gzip");
    con.send(await new Response(zipped).bytes());
  });
  const url = `http://127.0.0.1:${portOf(server)}/`;
  assertEquals((await runGet(["--compressed", url])).stdout, "unzipped");
  assertEquals((await runGet([url])).stdout, "plain");
});

Deno.test("get --retry repeats what may be repeated", async () => {
  let requests = 0;
  await using server = listen("127.0.0.1", 0, (con) => {
    if (++requests % 2 === 1) return con.sendError(503);
    con.send("hello");
  });
  const url = `http://127.0.0.1:${portOf(server)}/`;
  assertEquals((await runGet(["--retry", "1", url])).stdout, "hello");
  assertEquals(requests, 2);
  assertEquals((await runGet(["-f", url])).code, 22);
  assertEquals(requests, 3);
});

Deno.test("get --digest answers the server's challenge", async () => {
  await using server = listen("127.0.0.1", 0, (con, req) => {
    const { authorization } = req.headers;
    if (authorization?.startsWith("Digest ")) return con.send(authorization);
    con.addHeader("WWW-Authenticate", 'Digest realm="a", qop="auth", nonce="n", algorithm=SHA-256');
    con.sendError(401);
  });
  const url = `http://127.0.0.1:${portOf(server)}/`;
  const { stdout } = await runGet(["--digest", "-u", "user:pass", url]);
  assertStringIncludes(stdout, 'username="user"');
  assertEquals(stdout.includes("pass"), false);
});
