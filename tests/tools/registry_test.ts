import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { type RegistryPackage, serveRegistry } from "../../tools/jsr/registry.ts";

const CONTENT = "export const a = 1;\n";

function makePackage(content = CONTENT): RegistryPackage {
  return {
    name: "@scope/name",
    version: "1.2.3",
    exports: { ".": "./mod.ts" },
    files: new Map([["/mod.ts", new TextEncoder().encode(content)]]),
  };
}

Deno.test("the registry lists versions, exports and a manifest that matches the files", async () => {
  const registry = await serveRegistry([makePackage()]);
  const meta = await (await fetch(`${registry.url}@scope/name/meta.json`)).json();
  assertEquals(meta.latest, "1.2.3");
  assertEquals(Object.keys(meta.versions), ["1.2.3"]);

  const version = await (await fetch(`${registry.url}@scope/name/1.2.3_meta.json`)).json();
  assertEquals(version.exports, { ".": "./mod.ts" });

  const response = await fetch(`${registry.url}@scope/name/1.2.3/mod.ts`);
  assertEquals(response.headers.get("content-type"), "text/typescript");
  const bytes = await response.bytes();
  assertEquals(new TextDecoder().decode(bytes), CONTENT);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assertEquals(version.manifest, {
    "/mod.ts": { size: bytes.length, checksum: `sha256-${digest}` },
  });
  await registry.close();
});

Deno.test("the registry answers 404 for what it does not offer", async () => {
  const registry = await serveRegistry([makePackage()]);
  const { origin } = new URL(registry.url);
  const wrong = [
    `${registry.url}@scope/other/meta.json`,
    `${registry.url}@scope/name/1.2.4_meta.json`,
    `${registry.url}@scope/name/1.2.3/other.ts`,
    `${origin}/@scope/name/meta.json`,
    `${origin}/`,
  ];
  for (const url of wrong) {
    const response = await fetch(url);
    await response.body?.cancel();
    assertEquals(response.status, 404, url);
  }
  await registry.close();
});

Deno.test("the same packages have the same path, others have another", async () => {
  const one = await serveRegistry([makePackage()]);
  const two = await serveRegistry([makePackage()]);
  const other = await serveRegistry([makePackage("export const a = 2;\n")]);
  const [path, samePath, otherPath] = [one, two, other].map(({ url }) => new URL(url).pathname);
  assertEquals(path, samePath);
  assertNotEquals(path, otherPath);
  // Two at once need two ports.
  assertNotEquals(one.url, two.url);
  for (const registry of [one, two, other]) await registry.close();
});

Deno.test("the registry listens on loopback alone, and no longer once closed", async () => {
  const registry = await serveRegistry([makePackage()]);
  const { hostname, port } = new URL(registry.url);
  assertEquals(hostname, "127.0.0.1");
  await registry.close();
  const refused = await Deno.connect({ hostname, port: Number(port) }).then(
    (conn) => {
      conn.close();
      return false;
    },
    (error) => error instanceof Deno.errors.ConnectionRefused,
  );
  assert(refused);
});
