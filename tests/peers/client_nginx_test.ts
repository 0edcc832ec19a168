// The client against nginx, without TLS.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client, download, get, HttpError, post, request } from "../../client/mod.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { testWith } from "./programs.ts";

const NGINX: ["nginx"] = ["nginx"];
const MIB = 1024 * 1024;

/** Bytes that differ from place to place. */
function pattern(size: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4));
  let word = seed;
  for (let i = 0; i < words.length; i++) {
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    words[i] = word;
  }
  return new Uint8Array(words.buffer, 0, size);
}

/** Puts a file where nginx serves it. */
function put(nginx: Nginx, name: string, content: string | Uint8Array): void {
  if (typeof content === "string") Deno.writeTextFileSync(`${nginx.root}/${name}`, content);
  else Deno.writeFileSync(`${nginx.root}/${name}`, content);
}

testWith(NGINX, "get() reads a file of nginx, and its fields", async () => {
  await using nginx = await startNginx();
  put(nginx, "small.txt", "hello\n");
  const response = await get(`${nginx.url}/small.txt`);
  assertEquals([response.code, response.status, response.text()], [200, "OK", "hello\n"]);
  assertEquals(response.headers["content-type"], "text/plain");
  assertEquals(response.headers["content-length"], "6");
  assertEquals(response.connection.reused, false);
  const missing = await get(`${nginx.url}/none`);
  assertEquals([missing.code, missing.status], [404, "Not Found"]);
});

testWith(NGINX, "a large file of nginx arrives as it is, in memory and in a file", async () => {
  await using nginx = await startNginx();
  const bytes = pattern(8 * MIB + 7);
  put(nginx, "large.bin", bytes);
  const inMemory = await get(`${nginx.url}/large.bin`);
  // Compared by hand: a difference would print megabytes.
  assert(isSame(inMemory.body!, bytes));
  const path = `${nginx.folder}/copy`;
  const inFile = await get(`${nginx.url}/large.bin`, { bodyToFile: path });
  assertEquals(inFile.body, undefined);
  assert(isSame(Deno.readFileSync(path), bytes));
});

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

testWith(NGINX, "a client uses its connection to nginx again, as long as nginx wants", async () => {
  await using nginx = await startNginx({ lines: ["keepalive_requests 3;"] });
  put(nginx, "small.txt", "hello\n");
  using client = new Client();
  const seen: [connection: string, reused: boolean, says: string][] = [];
  for (let i = 0; i < 5; i++) {
    const { headers, connection } = await client.get(`${nginx.url}/small.txt`);
    const [, requests] = headers["x-connection"]!.split(" ");
    seen.push([requests!, connection.reused, headers["connection"]!]);
  }
  assertEquals(seen, [
    ["1", false, "keep-alive"],
    ["2", true, "keep-alive"],
    ["3", true, "close"],
    ["1", false, "keep-alive"],
    ["2", true, "keep-alive"],
  ]);
  assertEquals(client.stats().opened, 2);
});

testWith(NGINX, "32 requests at a time share connections to nginx", async () => {
  await using nginx = await startNginx();
  put(nginx, "small.txt", "hello\n");
  using client = new Client({ maxPerOrigin: 8 });
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => client.get(`${nginx.url}/small.txt`)),
  );
  assertEquals(new Set(answers.map((it) => it.text())), new Set(["hello\n"]));
  assertEquals(client.stats().opened, 8);
  assertEquals(client.stats().idle, 8);
});

testWith(NGINX, "one-shot requests leave no connection, and say so", async () => {
  await using nginx = await startNginx({ lines: ["add_header X-Asked $http_connection;"] });
  put(nginx, "small.txt", "hello\n");
  const first = await get(`${nginx.url}/small.txt`);
  assertEquals([first.headers["x-asked"], first.headers["connection"]], ["close", "close"]);
});

testWith(NGINX, "HEAD, 304 and 204 have no body, and leave the connection usable", async () => {
  await using nginx = await startNginx({ lines: ["location /empty { return 204; }"] });
  put(nginx, "small.txt", "hello\n");
  using client = new Client();
  const url = `${nginx.url}/small.txt`;
  const head = await client.request("HEAD", url);
  assertEquals([head.code, head.headers["content-length"], head.text()], [200, "6", ""]);
  const tag = { "If-None-Match": head.headers["etag"]! };
  const unchanged = await client.get(url, { headers: tag });
  assertEquals([unchanged.code, unchanged.status, unchanged.text()], [304, "Not Modified", ""]);
  const empty = await client.get(`${nginx.url}/empty`);
  assertEquals([empty.code, empty.text()], [204, ""]);
  const whole = await client.get(url, { headers: { "If-None-Match": '"other"' } });
  assertEquals([whole.code, whole.text(), client.stats().opened], [200, "hello\n", 1]);
});

testWith(NGINX, "decode undoes the gzip of nginx, and without it the bytes stay", async () => {
  await using nginx = await startNginx({
    lines: ["gzip on;", "gzip_min_length 1;", "gzip_types text/plain;"],
  });
  const text = "the same again and again. ".repeat(20_000);
  put(nginx, "long.txt", text);
  using client = new Client();
  const decoded = await client.get(`${nginx.url}/long.txt`, { decode: true });
  assertEquals(decoded.rawHeaders.find(([name]) => name === "Content-Encoding")?.[1], "gzip");
  assert(decoded.text() === text);
  const plain = await client.get(`${nginx.url}/long.txt`);
  assertEquals(plain.headers["content-encoding"], undefined);
  assert(plain.text() === text);
  const coded = await client.get(`${nginx.url}/long.txt`, {
    headers: { "Accept-Encoding": "gzip" },
  });
  assertEquals(coded.body!.subarray(0, 2), Uint8Array.of(0x1f, 0x8b));
  assert(coded.body!.length < text.length / 10);
  assertEquals(client.stats().opened, 1);
});

testWith(NGINX, "fields of 30 KB pass, and those beyond maxHeadBytes do not", async () => {
  const lines = [`set $long "${"x".repeat(3000)}";`];
  for (let i = 0; i < 10; i++) lines.push(`add_header X-Long-${i} "$long";`);
  await using nginx = await startNginx({ lines });
  put(nginx, "small.txt", "hello\n");
  const response = await get(`${nginx.url}/small.txt`);
  assertEquals(response.headers["x-long-9"], "x".repeat(3000));
  const error = await assertRejects(
    () => get(`${nginx.url}/small.txt`, { maxHeadBytes: 20_000 }),
    HttpError,
  );
  assertEquals(error.code, "limit");
});

testWith(NGINX, "a download from nginx goes on where it was broken off", async () => {
  await using nginx = await startNginx();
  const bytes = pattern(16 * MIB);
  put(nginx, "large.bin", bytes);
  const path = `${nginx.folder}/copy`;
  const url = `${nginx.url}/large.bin`;
  await breakOff(url, path);
  const { size, resumed, response } = await download(url, path, {
    resume: true,
    sha256: new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex(),
  });
  assertEquals([size, response.code, response.headers["content-range"]], [
    bytes.length,
    206,
    `bytes ${resumed}-${bytes.length - 1}/${bytes.length}`,
  ]);
  assert(resumed >= MIB && resumed < bytes.length, `${resumed}`);
  assert(isSame(Deno.readFileSync(path), bytes));
  assertEquals(namesIn(nginx.folder, "copy"), ["copy"]);
});

testWith(NGINX, "a download of a file that has changed meanwhile starts over", async () => {
  await using nginx = await startNginx();
  put(nginx, "large.bin", pattern(16 * MIB));
  const path = `${nginx.folder}/copy`;
  const url = `${nginx.url}/large.bin`;
  await breakOff(url, path);
  const changed = pattern(16 * MIB + 1, 2);
  put(nginx, "large.bin", changed);
  const { size, resumed, response } = await download(url, path, { resume: true });
  assertEquals([size, resumed, response.code], [changed.length, 0, 200]);
  assert(isSame(Deno.readFileSync(path), changed));
});

/** Leaves a download behind that has its first MiB at least. */
async function breakOff(url: string, path: string): Promise<void> {
  const breaking = new AbortController();
  const reason = new Error("broken off");
  const broken = await assertRejects(() =>
    download(url, path, {
      resume: true,
      signal: breaking.signal,
      onProgress({ bytes }) {
        if (bytes > MIB) breaking.abort(reason);
      },
    })
  );
  assertEquals(broken, reason);
  assertEquals(namesIn(path.slice(0, path.lastIndexOf("/")), "copy"), [
    "copy.part",
    "copy.part.json",
  ]);
}

function namesIn(folder: string, start: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.startsWith(start) || name.startsWith(`.${start}`)).sort();
}

testWith(NGINX, "redirects of nginx are delivered, followed or refused", async () => {
  await using nginx = await startNginx({
    lines: [
      "location = /there { return 302 /small.txt; }",
      "location = /far { return 301 http://$server_addr:$server_port/there; }",
      "location = /round { return 307 /round; }",
    ],
  });
  put(nginx, "small.txt", "hello\n");
  using client = new Client();
  const given = await client.get(`${nginx.url}/there`);
  assertEquals([given.code, given.headers["location"]], [302, `${nginx.url}/small.txt`]);
  const followed = await client.get(`${nginx.url}/far`, { redirect: "follow" });
  assertEquals([followed.code, followed.text(), followed.url, followed.redirects], [
    200,
    "hello\n",
    `${nginx.url}/small.txt`,
    [`${nginx.url}/far`, `${nginx.url}/there`],
  ]);
  for (
    const [path, options] of [
      ["/there", { redirect: "error" }],
      ["/round", { redirect: "follow" }],
    ] as const
  ) {
    const error = await assertRejects(() => client.get(nginx.url + path, options), HttpError);
    assertEquals(error.code, "redirect");
  }
});

testWith(NGINX, "basic credentials reach nginx from the option and from the URL", async () => {
  await using nginx = await startNginx({
    lines: ["auth_basic here;", `auth_basic_user_file users;`],
  });
  put(nginx, "small.txt", "hello\n");
  await Deno.writeTextFile(`${nginx.folder}/users`, "us er:{PLAIN}pass word\n");
  const url = `${nginx.url}/small.txt`;
  const refused = await get(url);
  assertEquals([refused.code, refused.headers["www-authenticate"]], [401, 'Basic realm="here"']);
  const auth = { username: "us er", password: "pass word" };
  assertEquals((await get(url, { auth })).code, 200);
  assertEquals((await get(url.replace("//", "//us%20er:pass%20word@"))).code, 200);
  assertEquals((await get(url, { auth: { ...auth, password: "other" } })).code, 401);
});

const UPLOADS = [
  "location /up/ { dav_methods PUT DELETE; create_full_put_path on; client_max_body_size 0; }",
  "location /tight/ { dav_methods PUT; client_max_body_size 1k; }",
];

testWith(NGINX, "nginx stores what is put, in memory, from a stream and in chunks", async () => {
  await using nginx = await startNginx({ lines: UPLOADS });
  const bytes = pattern(3 * MIB + 1);
  using client = new Client();
  const bodies = [bytes, new Blob([bytes]), new Blob([bytes]).stream()];
  for (const [i, body] of bodies.entries()) {
    const { code } = await client.request("PUT", `${nginx.url}/up/${i}`, body);
    assertEquals(code, 201);
    assert(isSame(Deno.readFileSync(`${nginx.root}/up/${i}`), bytes));
  }
  assertEquals((await client.request("DELETE", `${nginx.url}/up/0`)).code, 204);
  assertEquals(client.stats().opened, 1);
});

testWith(NGINX, "nginx continues what waits for 100, and the answer follows", async () => {
  await using nginx = await startNginx({ lines: UPLOADS });
  const codes: number[] = [];
  const answer = await request("PUT", `${nginx.url}/up/file`, pattern(MIB), {
    expectContinue: true,
    onInformational: ({ code }) => codes.push(code),
  });
  assertEquals([answer.code, codes], [201, [100]]);
  assertEquals(Deno.statSync(`${nginx.root}/up/file`).size, MIB);
});

testWith(NGINX, "a body that waits for 100 is not sent when nginx refuses it", async () => {
  await using nginx = await startNginx({ lines: UPLOADS });
  let sent = 0;
  const answer = await request("PUT", `${nginx.url}/tight/file`, pattern(MIB), {
    expectContinue: true,
    onProgress: ({ direction, bytes }) => {
      if (direction === "up") sent = bytes;
    },
  });
  assertEquals([answer.code, sent], [413, 0]);
});

testWith(
  NGINX,
  "a 413 of nginx to a body of 50 MB is delivered, not lost in the upload",
  async () => {
    await using nginx = await startNginx({ lines: UPLOADS });
    const SIZE = 50 * MIB;
    for (const body of [new Uint8Array(SIZE), new Blob([new Uint8Array(SIZE)]).stream()]) {
      // How much of the body it reads before it answers is up to nginx.
      const answer = await request("PUT", `${nginx.url}/tight/file`, body);
      assertEquals([answer.code, answer.status], [413, "Request Entity Too Large"]);
      assert(answer.text().includes("413"));
    }
  },
);

testWith(NGINX, "nginx answers over its unix socket", async () => {
  await using nginx = await startNginx({ lines: ["location /host { return 200 $http_host; }"] });
  put(nginx, "small.txt", "hello\n");
  using client = new Client({ unix: nginx.unix });
  const host = await client.get("http://named.test:81/host");
  assertEquals(host.text(), "named.test:81");
  assertEquals(host.connection.remoteAddr, { transport: "unix", path: nginx.unix });
  const file = await client.get("http://named.test:81/small.txt");
  assertEquals([file.text(), file.connection.reused], ["hello\n", true]);
});

testWith(NGINX, "nginx refuses POST to a file, and a bodiless POST has a length", async () => {
  await using nginx = await startNginx({
    lines: ["location /length { return 200 [$http_content_length]; }"],
  });
  put(nginx, "small.txt", "hello\n");
  assertEquals((await post(`${nginx.url}/small.txt`, "x")).code, 405);
  assertEquals((await post(`${nginx.url}/length`)).text(), "[0]");
  assertEquals((await get(`${nginx.url}/length`)).text(), "[]");
});
