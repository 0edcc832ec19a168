// Programs of others that fetch files, against the serve command: curl and wget with ranges and conditions, git
// without a server of its own, and the clients of two package archives.

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { latin1Decode } from "../conformance/raw_client.ts";
import { ServeProcess } from "../server/serve_process.ts";
import { TempTree } from "../server/files/temp_tree.ts";
import { curl, type Finished, testWith } from "./programs.ts";

const LARGE = 3_000_000;
const large = Uint8Array.from({ length: LARGE }, (_, at) => at * 7 + (at >> 8));
const decoder = new TextDecoder();

/** Serves a folder from a process of its own. */
function serve(folder: string, ...args: string[]): Promise<ServeProcess> {
  return ServeProcess.start([folder, "--port", "0", ...args]);
}

/** Runs a program that has to succeed, without the settings of whoever runs the tests. */
async function succeed(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Finished> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    env: { LC_ALL: "C", no_proxy: "*", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const said = decoder.decode(stderr);
  assertEquals(code, 0, `${program} ${args.join(" ")}: ${said}`);
  return { code, stdout: decoder.decode(stdout), stderr: said, bytes: stdout };
}

testWith(["curl"], "curl gets ranges, resumes, and asks by tag and by date", async () => {
  using tree = new TempTree();
  tree.write("large.bin", large);
  await using server = await serve(tree.root);
  const url = `${server.url}large.bin`;
  const part = `${tree.top}/part`;
  const facts = ["-w", "%{http_code} %{size_download}"];

  Deno.writeFileSync(part, large.subarray(0, 1_000_000));
  const rest = await curl(["-C", "-", "-o", part, ...facts, url]);
  assertEquals(rest.stdout, `206 ${LARGE - 1_000_000}`);
  assertEquals(Deno.readFileSync(part), large);

  const several = await curl(["-D", "-", "-r", "0-9,2999990-", "-o", part, url]);
  assertStringIncludes(several.stdout, "HTTP/1.1 206 ");
  assertMatch(several.stdout, /^content-type: multipart\/byteranges; boundary=/im);
  const parts = latin1Decode(Deno.readFileSync(part));
  assertStringIncludes(parts, `Content-Range: bytes 0-9/${LARGE}\r\n\r\n`);
  assertStringIncludes(parts, `Content-Range: bytes 2999990-2999999/${LARGE}\r\n\r\n`);
  assertStringIncludes(parts, `\r\n\r\n${latin1Decode(large.subarray(-10))}\r\n--`);

  const beyond = await curl(["-r", `${LARGE}-`, "-o", "/dev/null", ...facts, url]);
  assertMatch(beyond.stdout, /^416 /);

  const tag = `${tree.top}/tag`;
  const first = await curl(["--etag-save", tag, "-o", part, ...facts, url]);
  const second = await curl(["--etag-compare", tag, "-o", part, ...facts, url]);
  assertEquals([first.stdout, second.stdout], [`200 ${LARGE}`, "304 0"]);
  const since = await curl(["-z", tree.root + "/large.bin", "-o", "/dev/null", ...facts, url]);
  assertEquals(since.stdout, "304 0");
});

testWith(["wget"], "wget resumes, keeps the time, and gets anew only what changed", async () => {
  using tree = new TempTree();
  const path = tree.write("large.bin", large);
  Deno.utimeSync(path, 1_700_000_000, 1_700_000_000);
  await using server = await serve(tree.root);
  const get = (...args: string[]) =>
    succeed("wget", ["--no-config", "--no-proxy", "-P", tree.outside, "-nv", "-S", ...args]);
  const url = `${server.url}large.bin`;
  const got = `${tree.outside}/large.bin`;

  Deno.writeFileSync(got, large.subarray(0, 123_456));
  const resumed = await get("-c", url);
  assertStringIncludes(resumed.stderr, `Content-Range: bytes 123456-${LARGE - 1}/${LARGE}`);
  assertEquals(Deno.readFileSync(got), large);
  assertEquals(Deno.statSync(got).mtime, new Date(1_700_000_000_000));

  assertStringIncludes((await get("-N", url)).stderr, "HTTP/1.1 304 ");
  Deno.writeTextFileSync(path, "changed");
  assertStringIncludes((await get("-N", url)).stderr, "HTTP/1.1 200 ");
  assertEquals(Deno.readTextFileSync(got), "changed");
});

testWith(
  ["git"],
  "git clones and fetches from a bare repository that is served as files",
  async () => {
    using tree = new TempTree();
    const git = (...args: string[]) =>
      succeed("git", [
        ...[
          "-c",
          "user.name=A",
          "-c",
          "user.email=a@example.test",
          "-c",
          "init.defaultBranch=main",
        ],
        ...args,
      ], { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_NOSYSTEM: "1", GIT_TERMINAL_PROMPT: "0" });
    const work = `${tree.outside}/work`;
    const bare = `${tree.root}/project.git`;
    const clone = `${tree.outside}/clone`;
    const commit = async (content: string): Promise<void> => {
      Deno.writeTextFileSync(`${work}/file.txt`, content);
      await git("-C", work, "add", ".");
      await git("-C", work, "commit", "-q", "-m", content);
    };
    const publish = async (): Promise<void> => {
      await git("-C", work, "push", "-q", bare, "main");
      // The list of what there is, for clients that cannot ask git.
      await git("-C", bare, "update-server-info");
    };
    await git("init", "-q", work);
    await git("init", "-q", "--bare", bare);
    await commit("one");
    await commit("two");
    await publish();
    await git("-C", bare, "gc", "-q");
    await using server = await serve(tree.root);

    await git("clone", "-q", `${server.url}project.git`, clone);
    assertEquals(Deno.readTextFileSync(`${clone}/file.txt`), "two");
    assertEquals((await git("-C", clone, "rev-list", "--count", "main")).stdout, "2\n");

    // Loose objects, beside the pack of before.
    await commit("three");
    await publish();
    await git("-C", clone, "pull", "-q", "--ff-only");
    assertEquals(Deno.readTextFileSync(`${clone}/file.txt`), "three");
    await git("-C", clone, "fsck", "--strict");
  },
);

testWith(
  ["apt"],
  "apt-get updates and downloads from an archive that is served as files",
  async () => {
    using tree = new TempTree();
    const debian = `${tree.outside}/package/DEBIAN`;
    Deno.mkdirSync(debian, { recursive: true });
    const control = "Package: eco-hello\nVersion: 1.0\nArchitecture: all\n" +
      "Maintainer: A <a@example.test>\nDescription: says nothing\n";
    Deno.writeTextFileSync(`${debian}/control`, control);
    const name = "eco-hello_1.0_all.deb";
    tree.folder("pool");
    const deb = `${tree.root}/pool/${name}`;
    await succeed("dpkg-deb", ["--root-owner-group", "-b", `${tree.outside}/package`, deb]);
    const bytes = Deno.readFileSync(deb);
    const sum = (it: string | Uint8Array): string => createHash("sha256").update(it).digest("hex");
    const packages = `${control}Filename: pool/${name}\nSize: ${bytes.length}\nSHA256: ${
      sum(bytes)
    }\n`;
    tree.write("dists/stable/main/binary-all/Packages", packages);
    const entry = `${sum(packages)} ${packages.length}`;
    tree.write(
      "dists/stable/Release",
      `Architectures: all\nComponents: main\nSHA256:\n ${entry} main/binary-all/Packages\n`,
    );
    // And a flat one, whose paths have a dot in them.
    tree.write("Packages", packages);
    tree.write("Release", `SHA256:\n ${entry} Packages\n`);

    await using server = await serve(tree.root);
    const apt = `${tree.top}/apt`;
    for (const it of ["state/lists/partial", "cache/archives/partial", "etc"]) {
      Deno.mkdirSync(`${apt}/${it}`, { recursive: true });
    }
    const listSource = (where: string): void =>
      Deno.writeTextFileSync(
        `${apt}/etc/sources.list`,
        `deb [trusted=yes] ${server.url} ${where}\n`,
      );
    listSource("stable main");
    Deno.writeTextFileSync(`${apt}/status`, "");
    const settings = {
      "Dir::State": `${apt}/state`,
      "Dir::State::status": `${apt}/status`,
      "Dir::Cache": `${apt}/cache`,
      "Dir::Etc": `${apt}/etc`,
      "Dir::Etc::sourceparts": "-",

      "Dir::Etc::parts": `${apt}/parts`,
      "APT::Architecture": "all",
      "Acquire::Languages": "none",

      "Acquire::http::Proxy": "false",
      "Acquire::Retries": "0",
      "APT::Sandbox::User": Deno.build.os === "linux" && Deno.uid() === 0 ? "root" : "",
    };
    const config = `${apt}/apt.conf`;
    Deno.writeTextFileSync(
      config,
      Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`).join(""),
    );
    const get = async (...args: string[]): Promise<string> => {
      const { code, stdout, stderr } = await new Deno.Command("apt-get", {
        args,
        cwd: tree.outside,
        env: { APT_CONFIG: config, LC_ALL: "C" },
        stdin: "null",
      }).output();
      const said = decoder.decode(stdout) + decoder.decode(stderr);
      assertEquals(code, 0, said);
      return said;
    };
    assertMatch(await get("update"), /^Get:\d+ \S+ stable\/main all Packages/m);
    // Asked again with the time of what it has.
    assertMatch(await get("update"), /^Hit:\d+ \S+ stable Release/m);
    await get("download", "eco-hello");
    assertEquals(Deno.readFileSync(`${tree.outside}/${name}`), bytes);
    listSource("./");
    assertMatch(await get("update"), /^Get:\d+ \S+ \.\/ Packages/m);
    Deno.removeSync(`${tree.outside}/${name}`);
    Deno.removeSync(`${apt}/cache/archives`, { recursive: true });
    await get("download", "eco-hello");
    assertEquals(Deno.readFileSync(`${tree.outside}/${name}`), bytes);
  },
);

testWith(["npm"], "npm installs from a registry that is served as files", async () => {
  using tree = new TempTree();
  await using server = await serve(tree.root);
  const made = `${tree.outside}/made`;
  Deno.mkdirSync(made);
  const description = { name: "eco-hello", version: "1.0.0", main: "index.js" };
  Deno.writeTextFileSync(`${made}/package.json`, JSON.stringify(description));
  Deno.writeTextFileSync(`${made}/index.js`, 'module.exports = "hello";\n');
  const npm = (...args: string[]) =>
    succeed("npm", [
      ...["--registry", server.url, "--cache", `${tree.top}/cache`, "--userconfig", "/dev/null"],
      ...["--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries", "0", ...args],
    ]);
  tree.folder("eco-hello/-");
  const packs = `${tree.root}/eco-hello/-`;
  const [pack] = JSON.parse(
    (await npm("pack", made, "--pack-destination", packs, "--json")).stdout,
  );
  // What a registry tells of a package; for a folder that is a file, its index.
  const dist = {
    tarball: `${server.url}eco-hello/-/${pack.filename}`,
    integrity: pack.integrity,
    shasum: pack.shasum,
  };
  tree.write(
    "eco-hello/index.html",
    JSON.stringify({
      name: "eco-hello",
      "dist-tags": { latest: "1.0.0" },
      versions: { "1.0.0": { ...description, dist } },
    }),
  );
  const project = `${tree.outside}/project`;
  Deno.mkdirSync(project);
  await npm("install", "--prefix", project, "eco-hello");
  const installed = `${project}/node_modules/eco-hello`;
  assertEquals(Deno.readTextFileSync(`${installed}/index.js`), 'module.exports = "hello";\n');
  const lock = JSON.parse(Deno.readTextFileSync(`${project}/package-lock.json`));
  assert(lock.packages["node_modules/eco-hello"].integrity === pack.integrity);
});
