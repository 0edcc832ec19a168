/**
 * The architecture as a test: who may import whom, where the outside world is touched, how long
 * a file may be, and that every source file has its tests. The lists below are the exceptions;
 * each entry says why, and one that is no longer needed fails as well.
 */
import { assert, assertEquals } from "@std/assert";
import { countLines, findCycle, listSources, scanFile, type SourceFile } from "./layering/scan.ts";

const ROOT = new URL("../", import.meta.url);
const CONFIG = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
const ENTRY_POINTS = Object.values<string>(CONFIG.exports).map((path) => path.slice(2));

const MAX_LINES = 400;

/** The folders of the library, and those that each may import besides itself. */
const LAYERS: Record<string, string[]> = {
  wire: [],
  multipart: ["wire"],
  client: ["wire", "multipart"],
  server: ["wire", "multipart"],
};

/** Folders besides the library, whose files only have a length to keep. */
const AROUND = ["bench", "examples", "tests", "tools"];

/** The only files that may use `Deno` as a value, or `node:` modules. */
const EDGES: Record<string, string> = {
  "client/command/arguments.ts": "node:util reads arguments",
  "client/command/file_options.ts": "makes folders, sets the time of a file",
  "client/command/input.ts": "reads files named in arguments, and the standard input",
  "client/command/pem_options.ts": "reads certificates and keys",
  "client/command/signals.ts": "listens to signals, and dies of them",
  "client/dial/connect_by_name.ts": "dials names by the runtime's resolver",
  "client/dial/dns/hosts_file.ts": "knows where the system keeps it",
  "client/dial/dns/message.ts": "dns-packet works on node:buffer",
  "client/dial/dns/network.ts": "node:dgram needs no unstable flag",
  "client/dial/dns/system_file.ts": "reads files of the system",
  "client/dial/dns/system_resolver.ts": "node:dns asks the system's resolver",
  "client/dial/linux/libc.ts": "calls the C library",
  "client/dial/net_permission.ts": "asks for permissions to use the network",
  "client/dial/node_tcp.ts": "node:net binds a local address, and takes a descriptor over",
  "client/dial/node_transport.ts": "node:stream and node:net name its types",
  "client/dial/tls/check_pem.ts": "node:crypto reads certificates and keys",
  "client/dial/tls/node_tls.ts": "node:tls has the options that the runtime ignores",
  "client/dial/tls/pem.ts": "reads certificates and keys",
  "client/dial/tls/runtime_tls.ts": "starts the runtime's TLS",
  "client/dial/transport_duplex.ts": "node:tls wants a stream of node:stream",
  "client/dial/unix.ts": "dials unix sockets",
  "client/download/checksum.ts": "node:crypto hashes piece by piece",
  "client/download/file_sink.ts": "writes files",
  "client/download/file_target.ts": "asks what is at a path, and renames",
  "client/download/part_file.ts": "opens and keeps the part of a file",
  "client/environment.ts": "reads the variables that name proxies",
  "client/file_body.ts": "opens files that are sent",
  "client/main.ts": "is a command",
  "client/rules/digest.ts": "node:crypto has MD5 and SHA-512/256, and hashes synchronously",
  "multipart/encode/file_part.ts": "looks at files that are sent, and reads them",
  "multipart/save/upload_folder.ts": "writes files of forms, and removes them",
  "server/bind.ts": "listens on sockets, reads certificates",
  "server/command/addresses.ts": "node:net has sets of addresses and networks",
  "server/command/auth.ts": "node:crypto hashes with a key, synchronously",
  "server/command/open_browser.ts": "runs the program that opens a browser",
  "server/command/password_hash.ts": "node:crypto hashes and compares in constant time",
  "server/command/reachable.ts": "asks for the addresses of the machine",
  "server/command/rights.ts": "asks for permissions",
  "server/command/sources.ts": "reads the environment, and files of options",
  "server/changes/look_inside.ts": "looks at all that is in a folder",
  "server/changes/partial_file.ts": "opens, locks and appends to files",
  "server/changes/place.ts": "gives files and folders their names, and removes them",
  "server/changes/sweep.ts": "looks for abandoned files",
  "server/files/folder_entries.ts": "reads folders",
  "server/command/run_command.ts": "writes to the standard output",
  "server/command/terminal.ts": "asks how wide the terminal is",
  "server/command/until_signal.ts": "listens to signals, and dies of them",
  "server/embedded/build_manifest.ts": "reads the files of a site when it is built",
  "server/embedded/embedded_site.ts":
    "looks at files of a site; node:crypto hashes them, once used",
  "server/embedded/stored_coding.ts": "node:zlib and node:crypto, when a site is built",
  "server/files/locate.ts": "asks the file system what a path is",
  "server/files/open_file.ts": "opens files that are served",
  "server/main.ts": "is a command",
  "server/send_file.ts": "opens files that are sent",
  "server/zip/may_read.ts": "opens files to see whether that is allowed",
  "server/websocket/library.ts": "node:http and node:zlib, which npm:ws works with",
  "wire/bytes.ts": "node:buffer turns bytes into latin1 several times faster than anything else",
  "wire/deadline.ts": "its timer must not keep a process alive",
  "wire/event_loop.ts": "node:timers tells when the event loop has turned",
  "wire/zlib_driver.ts": "node:zlib makes and undoes content codings",
};

/** What runs in browsers and in Node as well, of which it may need nothing but web standards. */
const ANYWHERE = "multipart/mod.ts";
/** The edges among its files: they must not use Deno before they are called, and say so without it. */
const ANYWHERE_EDGES: Record<string, string> = {
  "multipart/encode/file_part.ts": "addFile() throws a TypeError where there is no Deno",
  "multipart/save/upload_folder.ts": "saveFormData() throws a TypeError where there is no Deno",
};

/** What only the files of commands may import. */
const COMMANDS = /^(client|server)\/(main\.ts|command\/)/;
const COMMAND_PACKAGES = /^@std\/(cli|fmt)\b/;

/** Source files without a test file of their own. */
const WITHOUT_MIRROR: Record<string, string> = {
  "client/body_source.ts": "has only types",
  "client/command/get_arguments.ts": "has only types",
  "client/command/world.ts": "has only types",
  "client/mod.ts": "only exports what others define",
  "client/options.ts": "has only types",
  "client/dial/route_settings.ts": "has only types",
  "client/dial/transport.ts": "has only types",
  "multipart/mod.ts": "only exports what others define",
  "server/command/worker_messages.ts": "has only types",
  "server/files/file_source.ts": "has only types",
  "server/listing/rights.ts": "has only types",
  "server/listing/script/changes.ts": "is a script for browsers, in which tests/browser/ tries it",
  "server/listing/script/dialog.ts": "is a script for browsers, in which tests/browser/ tries it",
  "server/listing/script/listing.ts": "is a script for browsers, in which tests/browser/ tries it",
  "server/listing/script/resumable.ts":
    "is a script for browsers, in which tests/browser/ tries it",
  "server/listing/script/rows.ts": "is a script for browsers, in which tests/browser/ tries it",
  "server/listing/script/uploads.ts": "is a script for browsers, in which tests/browser/ tries it",
  "server/mod.ts": "only exports what others define",
};

const sources: SourceFile[] = [];
for (const path of ["mod.ts", ...await listAll(Object.keys(LAYERS))]) {
  sources.push(await scanFile(ROOT, path));
}

Deno.test("a layer imports only the layers below it", () => {
  const breaches: string[] = [];
  for (const { path, imports } of sources) {
    // The package's root module is above all layers.
    const allowed = path === "mod.ts" ? Object.keys(LAYERS) : [layer(path), ...LAYERS[layer(path)]];
    for (const target of imports) {
      if (!allowed.includes(layer(target))) breaches.push(`${path} imports ${target}`);
    }
  }
  assertEquals(breaches, []);
});

Deno.test("no files import each other in a cycle, types included", () => {
  assertEquals(findCycle(sources), undefined);
});

Deno.test("only entry points export what other modules export", () => {
  const barrels = sources.filter(({ path, reExports }) =>
    reExports && !ENTRY_POINTS.includes(path)
  );
  assertEquals(barrels.map(({ path }) => path), []);
});

Deno.test("only the files at the edges use Deno or node: modules", () => {
  const atEdge = sources.filter(({ usesDeno, packages }) => {
    return usesDeno || packages.some((it) => it.startsWith("node:"));
  });
  assertEquals(atEdge.map(({ path }) => path).sort(), Object.keys(EDGES).sort());
});

Deno.test(`${ANYWHERE} needs no node: modules, and Deno only in functions that say so`, () => {
  const closure = closureOf(ANYWHERE);
  const ofNode = closure.filter(({ packages }) => packages.some((it) => it.startsWith("node:")));
  assertEquals(ofNode.map(({ path }) => path), []);
  const ofDeno = closure.filter(({ usesDeno }) => usesDeno);
  assertEquals(ofDeno.map(({ path }) => path).sort(), Object.keys(ANYWHERE_EDGES).sort());
});

Deno.test("packages are imported by the names that deno.json maps", () => {
  const mapped = Object.keys(CONFIG.imports);
  const unmapped: string[] = [];
  for (const { path, packages } of sources) {
    for (const name of packages) {
      if (name.startsWith("node:") || mapped.some((it) => `${name}/`.startsWith(`${it}/`))) {
        continue;
      }
      unmapped.push(`${path} imports ${name}`);
    }
  }
  assertEquals(unmapped, []);
});

Deno.test("only commands import what reads arguments and colours a terminal", () => {
  const users = sources.filter(({ packages }) => packages.some((it) => COMMAND_PACKAGES.test(it)));
  assertEquals(users.map(({ path }) => path).filter((path) => !COMMANDS.test(path)), []);
});

Deno.test(`no file is longer than ${MAX_LINES} lines`, async () => {
  const long: string[] = [];
  for (const path of ["mod.ts", ...await listAll([...Object.keys(LAYERS), ...AROUND])]) {
    const lines = countLines(await Deno.readTextFile(new URL(path, ROOT)));
    if (lines > MAX_LINES) long.push(`${path} has ${lines} lines`);
  }
  assertEquals(long, []);
});

Deno.test("every source file has a test file in the same place below tests/", async () => {
  const tests = await listSources(ROOT, "tests/");
  const untested = sources.map(({ path }) => path)
    .filter((path) => path !== "mod.ts")
    .filter((path) => !tests.includes(`tests/${path.replace(/\.ts$/, "_test.ts")}`));
  assertEquals(untested, Object.keys(WITHOUT_MIRROR).sort());
});

Deno.test("the published package holds every layer and nothing around it", () => {
  const include: string[] = CONFIG.publish.include;
  for (const folder of Object.keys(LAYERS)) assert(include.includes(`${folder}/**/*.ts`), folder);
  for (const folder of AROUND) assert(!include.some((it) => it.startsWith(folder)), folder);
});

/** A file and all that it imports, directly or not. */
function closureOf(path: string): SourceFile[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const paths = new Set([path]);
  for (const reached of paths) for (const it of byPath.get(reached)!.imports) paths.add(it);
  return [...paths].map((it) => byPath.get(it)!);
}

/** The layer that a path belongs to: its first folder. */
function layer(path: string): string {
  return path.slice(0, path.indexOf("/"));
}

/** The TypeScript files of the folders named, as far as these exist. */
async function listAll(folders: string[]): Promise<string[]> {
  const paths: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(ROOT)) {
    if (isDirectory && folders.includes(name)) paths.push(...await listSources(ROOT, `${name}/`));
  }
  return paths.sort();
}
