import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Client } from "../../client/client.ts";
import { get } from "../../client/one_shot.ts";
import type { RequestOptions } from "../../client/options.ts";
import { listen } from "../../server/mod.ts";
import { answer, fieldOf, Peer } from "../conformance/client/peer.ts";
import { portOf } from "../server/raw_client.ts";
import { socketsTo, testOnLinux } from "./support/socket_options.ts";

/** A peer that says what it was asked. */
function echo(): Peer {
  return new Peer((conn) => conn.serve((it) => answer(`${it.method} ${it.target} ${it.body}`)));
}

Deno.test("request(), get() and post() are the same request with other defaults", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false });
  const says = async (response: Promise<{ text(): string }>) => (await response).text();
  assertEquals(await says(client.request("PUT", peer.url("/a"), "x")), "PUT /a x");
  assertEquals(await says(client.request("DELETE", new URL(peer.url("/b")))), "DELETE /b ");
  assertEquals(await says(client.request("GET", peer.url("/c"), null, {})), "GET /c ");
  assertEquals(await says(client.get(peer.url("/d"), { headers: {} })), "GET /d ");
  assertEquals(await says(client.post(peer.url("/e"), "y", {})), "POST /e y");
  assertEquals(await says(client.post(peer.url("/f"))), "POST /f ");
  const { requests, opened, idle } = client.stats();
  assertEquals([requests, opened, idle], [6, 1, 1]);
});

Deno.test("download() goes over the client's connections", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false });
  const folder = await Deno.makeTempDir({ prefix: "eco_http_client_" });
  try {
    await client.get(peer.url());
    await client.download(peer.url("/file"), `${folder}/file`);
    assertEquals(await Deno.readTextFile(`${folder}/file`), "GET /file ");
    assertEquals(client.stats().opened, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a client refuses wrong options when it is made", () => {
  assertThrows(() => new Client({ timeout: -1 }), RangeError, '"timeout"');
  assertThrows(() => new Client({ nothing: 1 } as never), TypeError, '"nothing"');
});

Deno.test("options that are no object are refused, by every call", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false });
  for (const wrong of [5, null, "timeout", new Map([["timeout", 1]]), AbortSignal.timeout(1e6)]) {
    const options = wrong as never;
    assertThrows(() => new Client(options), TypeError, "Cannot use options: they are ");
    const calls = [
      () => client.get(peer.url(), options),
      () => client.post(peer.url(), "x", options),
      () => client.request("PUT", peer.url(), "x", options),
      () => client.download(peer.url(), "/no/such/folder/file", options),
    ];
    for (const call of calls) await assertRejects(call, TypeError, "Cannot use options: they are ");
  }
  assertEquals(peer.executed.length, 0);
});

Deno.test("header fields come from any iterable, and empty ones leave the client's own out", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false, headers: { "User-Agent": [], "X-A": "1" } });
  const folder = await Deno.makeTempDir({ prefix: "eco_http_client_" });
  try {
    await client.get(peer.url(), { headers: new Map([["X-B", "2"]]) });
    const headers = new Map<string, string[]>([["X-B", ["2"]], ["X-A", []]]);
    await client.download(peer.url(), `${folder}/file`, { headers });
    const fields = ["user-agent", "x-a", "x-b"];
    assertEquals(peer.executed.map((it) => fields.map((name) => fieldOf(it, name))), [
      [undefined, "1", "2"],
      [undefined, undefined, "2"],
    ]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what is left out stays left out after a redirect", async () => {
  await using peer = new Peer((conn) =>
    conn.serve((it) => it.target === "/" ? answer("", "Location: /b\r\n", "302 X") : answer("b"))
  );
  using client = new Client({ proxy: false });
  await client.get(peer.url(), { redirect: "follow", headers: { "User-Agent": [], Accept: [] } });
  assertEquals(peer.executed.length, 2);
  for (const it of peer.executed) {
    assertEquals([fieldOf(it, "user-agent"), fieldOf(it, "accept")], [undefined, undefined]);
  }
});

Deno.test("the user of a URL goes along within its origin, and nobody gets to see it", async () => {
  await using other = echo();
  await using peer: Peer = new Peer((conn) =>
    conn.serve(({ target }) => {
      if (target === "/c") return answer("no JSON");
      const locations: Record<string, string> = { "/": "/b", "/b": peer.url("/c") };
      const location = locations[target] ?? other.url("/d");
      return answer("", `Location: ${location}\r\n`, "302 X");
    })
  );
  using client = new Client({ proxy: false });
  const seen: string[] = [];
  const options: RequestOptions = {
    redirect: "follow",
    allowAddress: (_address, _port, url) => seen.push(url.href) > 0,
  };
  const withUser = (path: string) => peer.url(path).replace("//", "//user:secret@");
  const response = await client.get(withUser("/"), options);
  const basic = `Basic ${btoa("user:secret")}`;
  assertEquals(peer.executed.map((it) => fieldOf(it, "authorization")), [basic, basic, basic]);
  assertEquals([response.url, response.redirects], [peer.url("/c"), [
    peer.url("/"),
    peer.url("/b"),
  ]]);
  assertEquals(seen.filter((url) => url.includes("secret")), []);
  assertThrows(() => response.json(), SyntaxError, `"${peer.url("/c")}"`);

  assertEquals((await client.get(withUser("/elsewhere"), options)).text(), "GET /d ");
  assertEquals(other.executed.map((it) => fieldOf(it, "authorization")), [undefined]);
});

Deno.test("what an object of the caller's says cannot become a line of the head", async () => {
  await using peer = echo();
  using client = new Client({ proxy: false });
  const cookies = { cookieHeader: () => "a=b\r\nX: 1", store: () => {} } as never;
  await assertRejects(
    () => client.get(peer.url(), { cookies }),
    TypeError,
    'value of header "Cookie" has a control character',
  );
  assertEquals(peer.executed.length, 0);
});

Deno.test("sock() without a connection is a TypeError", () => {
  using client = new Client();
  assertThrows(() => client.sock(), TypeError, "the client is not connected");
});

Deno.test("close(), using and await using end a client", async () => {
  await using peer = echo();
  const ends: ((client: Client) => void | Promise<void>)[] = [
    (client) => client.close(),
    (client) => client[Symbol.dispose](),
    (client) => client[Symbol.asyncDispose](),
  ];
  for (const end of ends) {
    const client = new Client({ proxy: false });
    await client.get(peer.url());
    assertEquals(client.stats().connections, 1);
    await end(client);
    client.close();
    assertEquals(client.stats().connections, 0);
    await assertRejects(() => client.get(peer.url()), TypeError, "the client is closed");
  }
});

testOnLinux(
  ["mark", "device"],
  "mark and device are those of the socket of a request",
  async () => {
    const seen: unknown[] = [];
    await using server = listen("127.0.0.1", 0, (con) => {
      seen.push(...socketsTo(portOf(server)).map(({ mark, device }) => [mark, device]));
      con.send("ok");
    });
    const url = `http://127.0.0.1:${portOf(server)}/`;
    assertEquals((await get(url, { mark: 77, device: "lo" })).text(), "ok");
    using client = new Client({ mark: 78 });
    for (let i = 0; i < 2; i++) assertEquals((await client.get(url)).text(), "ok");
    assertEquals(seen, [[77, "lo"], [78, ""], [78, ""]]);
  },
);
