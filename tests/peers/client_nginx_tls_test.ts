// The client against nginx with TLS: authorities, names, and certificates of its own.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { Client, ConnectError, get, post, type RequestOptions } from "../../client/mod.ts";
import {
  type CertificateFiles,
  makeAnother,
  makeCertificate,
  makeSelfSigned,
} from "./certificate.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { testWith } from "./programs.ts";

const NEEDED: ["nginx", "openssl"] = ["nginx", "openssl"];

/** `/who` tells the version, the name that was asked for, and Host. */
const LOCATIONS = [
  'location /who { return 200 "$ssl_protocol $ssl_server_name $http_host"; }',
  "location /up/ { dav_methods PUT; create_full_put_path on; client_max_body_size 0; }",
];
const LINES = ["ssl_protocols TLSv1.2 TLSv1.3;", ...LOCATIONS];

function urlOf(nginx: Nginx, path = "/who", host = "localhost"): string {
  return `https://${host}:${nginx.tlsPort}${path}`;
}

async function refused(url: string, options: RequestOptions): Promise<ConnectError> {
  const error = await assertRejects(() => get(url, options), ConnectError);
  assertEquals(error.code, "tls");
  return error;
}

testWith(
  NEEDED,
  "an authority of one's own is trusted, by path and by text, and only then",
  async () => {
    using files = await makeCertificate();
    await using nginx = await startNginx({ lines: LINES, tls: { files } });
    const url = urlOf(nginx);
    const host = `localhost:${nginx.tlsPort}`;
    for (const ca of [files.authority, Deno.readTextFileSync(files.authority)]) {
      assertEquals((await get(url, { ca })).text(), `TLSv1.3 localhost ${host}`);
    }
    await refused(url, {});
    // The certificate has the address, too, and SNI is for names only (RFC 6066 3).
    const byAddress = await get(urlOf(nginx, "/who", "127.0.0.1"), { ca: files.authority });
    assertEquals(byAddress.text(), `TLSv1.3  127.0.0.1:${nginx.tlsPort}`);
  },
);

testWith(NEEDED, "megabytes go to nginx and back over TLS, on one connection", async () => {
  using files = await makeCertificate();
  await using nginx = await startNginx({ lines: LINES, tls: { files } });
  using client = new Client({ ca: files.authority });
  const bytes = Uint8Array.from({ length: 5_000_001 }, (_, i) => i * 7 >> 3);
  const put = await client.request("PUT", urlOf(nginx, "/up/file"), bytes);
  assertEquals(put.code, 201);
  const got = await client.get(urlOf(nginx, "/up/file"));
  assert(got.body!.every((byte, i) => byte === bytes[i]) && got.body!.length === bytes.length);
  assertEquals([got.connection.reused, client.stats().opened], [true, 1]);
  assert(put.timings.tls > 0);
  assertEquals(got.timings.tls, 0);
});

testWith(NEEDED, "insecure takes what nobody has signed, and only insecure does", async () => {
  using files = await makeCertificate();
  const certified = await makeSelfSigned(files);
  await using nginx = await startNginx({ lines: LINES, tls: { files, certified } });
  const url = urlOf(nginx);
  await refused(url, {});
  await refused(url, { ca: files.authority });
  const answer = await get(url, { insecure: true });
  assertEquals(answer.text(), `TLSv1.3 localhost localhost:${nginx.tlsPort}`);
  // A connection that was made insecurely does not serve those who are not.
  using client = new Client();
  assertEquals((await client.get(url, { insecure: true })).code, 200);
  assertEquals(client.stats().idle, 1);
  await assertRejects(() => client.get(url), ConnectError);
  assertEquals((await client.get(url, { insecure: true })).connection.reused, true);
});

testWith(NEEDED, "serverName is what is sent and verified in place of the host", async () => {
  using files = await makeCertificate();
  const certified = await makeAnother(files, "named", "DNS:named.test");
  await using nginx = await startNginx({ lines: LINES, tls: { files, certified } });
  const ca = files.authority;
  const error = await refused(urlOf(nginx), { ca });
  assert(error.message.includes("localhost"), error.message);
  const answer = await get(urlOf(nginx), { ca, serverName: "named.test" });
  assertEquals(answer.text(), `TLSv1.3 named.test localhost:${nginx.tlsPort}`);
  await refused(urlOf(nginx), { ca, serverName: "other.test" });
  // The same by name, dialed elsewhere.
  const url = `https://named.test:${nginx.tlsPort}/who`;
  const resolved = await get(url, {
    ca,
    resolve: { [`named.test:${nginx.tlsPort}`]: "127.0.0.1" },
  });
  assertEquals(resolved.text(), `TLSv1.3 named.test named.test:${nginx.tlsPort}`);
});

testWith(NEEDED, "nginx that wants a certificate of the client gets it", async () => {
  using files = await makeCertificate();
  const own = await makeAnother(files, "client", "DNS:client.test");
  await using nginx = await startNginx({ lines: LINES, tls: { files } });
  const url = `https://localhost:${nginx.strictPort}/who`;
  const ca = files.authority;
  const without = await get(url, { ca });
  assertEquals([without.code, without.headers["x-client"]], [400, undefined]);
  const texts = { cert: Deno.readTextFileSync(own.cert), key: Deno.readTextFileSync(own.key) };
  for (const certified of [own, texts]) {
    const answer = await get(url, { ca, ...certified });
    assertEquals([answer.code, answer.headers["x-client"]], [200, "CN=client.test"]);
  }
  // One of another authority is no better than none.
  using others = await makeCertificate();
  const foreign = await makeAnother(others, "client", "DNS:client.test");
  assertEquals((await get(url, { ca, ...foreign })).code, 400);
  await checkSharing(url, ca, own);
});

async function checkSharing(
  url: string,
  ca: string,
  own: { cert: string; key: string },
): Promise<void> {
  using client = new Client({ ca, ...own });
  const bytes = "x".repeat(300_000);
  assertEquals((await client.get(url)).connection.reused, false);
  assertEquals((await client.post(url, bytes)).connection.reused, true);
}

testWith(NEEDED, "what is no certificate is said to be none, before anything is sent", async () => {
  using files: CertificateFiles = await makeCertificate();
  await using nginx = await startNginx({ lines: LINES, tls: { files } });
  const url = urlOf(nginx);
  const flaws: [RequestOptions, string][] = [
    [{ ca: files.key }, '"ca": it holds no certificate'],
    [{ ca: `${files.folder}/none.pem` }, '"ca": No such file'],
    [{ cert: files.cert }, '"key": it is missing'],
    [{ key: files.key }, '"cert": it is missing'],
    [{ cert: files.key, key: files.cert }, '"cert": it holds no certificate'],
  ];
  for (const [options, says] of flaws) {
    await assertRejects(() => get(url, options), TypeError, says);
  }
});

testWith(NEEDED, "minTlsVersion refuses an old server", async () => {
  using files = await makeCertificate();
  const lines = ["ssl_protocols TLSv1.2;", ...LOCATIONS];
  await using nginx = await startNginx({ lines, tls: { files } });
  const ca = files.authority;
  assertEquals((await get(urlOf(nginx), { ca })).text().split(" ")[0], "TLSv1.2");
  await refused(urlOf(nginx), { ca, minTlsVersion: "1.3" });
});

testWith(NEEDED, "http to nginx's port for TLS, and the reverse, end in clear errors", async () => {
  using files = await makeCertificate();
  await using nginx = await startNginx({ lines: LINES, tls: { files } });
  const plain = await post(`http://localhost:${nginx.tlsPort}/who`, "x");
  assertEquals(plain.code, 400);
  await refused(nginx.url.replace("http:", "https:"), { ca: files.authority });
});
