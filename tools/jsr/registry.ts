/**
 * A package registry on loopback that speaks the protocol deno reads `jsr:` packages with:
 * `meta.json` lists the versions of a package, `<version>_meta.json` its exports and a manifest of
 * sizes and checksums, and each file has its own address. Read-only, in memory, for development.
 * One set of packages has one address, so that what deno caches by address is never stale.
 */

/** One version of a package as the registry offers it. */
export interface RegistryPackage {
  /** Scope and name: `@std/path`. */
  name: string;
  version: string;
  /** From export name (`.`, `./posix`) to file (`./posix/mod.js`). */
  exports: Record<string, string>;
  /** From path with a leading slash to content. */
  files: Map<string, Uint8Array<ArrayBuffer>>;
}

/** A registry that is being served. */
export interface Registry {
  /** What `JSR_URL` must be set to. */
  url: string;
  /** Resolves when the port is free again. */
  close(): Promise<void>;
}

const CONTENT_TYPES: Record<string, string> = {
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  ts: "text/typescript",
};

/** Serves `packages` on 127.0.0.1 until closed. */
export async function serveRegistry(packages: RegistryPackage[]): Promise<Registry> {
  const documents = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const it of packages) await addDocuments(documents, it);
  const id = await fingerprint(documents);
  const root = `/${id}`;

  const handler = (request: Request): Response => {
    const { pathname } = new URL(request.url);
    const body = pathname.startsWith(`${root}/`)
      ? documents.get(decodeURIComponent(pathname.slice(root.length)))
      : undefined;
    if (body === undefined) return new Response("Not found", { status: 404 });
    const extension = pathname.slice(pathname.lastIndexOf(".") + 1);
    const type = CONTENT_TYPES[extension] ?? "application/octet-stream";
    return new Response(body, { headers: { "content-type": type } });
  };
  const server = listenNear(preferredPort(id), handler);
  return {
    url: `http://127.0.0.1:${server.addr.port}${root}/`,
    close: () => server.shutdown(),
  };
}

/** Puts what the registry answers for one package, each under its path. */
async function addDocuments(
  documents: Map<string, Uint8Array<ArrayBuffer>>,
  { name, version, exports, files }: RegistryPackage,
): Promise<void> {
  const manifest: Record<string, { size: number; checksum: string }> = {};
  for (const [path, content] of files) {
    manifest[path] = { size: content.length, checksum: `sha256-${await sha256(content)}` };
    documents.set(`/${name}/${version}${path}`, content);
  }
  const [scope, bare] = name.slice(1).split("/");
  const meta = { scope, name: bare, latest: version, versions: { [version]: {} } };
  documents.set(`/${name}/meta.json`, encodeJson(meta));
  documents.set(`/${name}/${version}_meta.json`, encodeJson({ manifest, exports }));
}

/** A short digest of everything offered. */
async function fingerprint(documents: Map<string, Uint8Array<ArrayBuffer>>): Promise<string> {
  const lines: string[] = [];
  for (const [path, content] of documents) lines.push(`${path} ${await sha256(content)}`);
  const all = await sha256(new TextEncoder().encode(lines.sort().join("\n")));
  return all.slice(0, 16);
}

/** The port where these packages were served last time, most likely; below the ephemeral ones. */
function preferredPort(id: string): number {
  return 20_000 + Number.parseInt(id.slice(0, 8), 16) % 12_000;
}

/** Listens on `port`, or on any other one when it is taken. */
function listenNear(
  port: number,
  handler: (request: Request) => Response,
): Deno.HttpServer<Deno.NetAddr> {
  const options = { hostname: "127.0.0.1", onListen: (): void => {} };
  try {
    return Deno.serve({ ...options, port }, handler);
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    return Deno.serve({ ...options, port: 0 }, handler);
  }
}

function encodeJson(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

async function sha256(content: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
}
