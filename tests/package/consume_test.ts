/**
 * The package as a stranger meets it: an empty folder, an empty cache, no configuration, and
 * `jsr:@eco/http` as the registry would offer it. What is tested here is what gets published.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { denoCommand, readUntil, runDenoToEnd } from "../tools/deno_process.ts";
import { makeStranger, readPackage } from "./stranger.ts";

Deno.test("a script in an empty folder serves a request with jsr:@eco/http/server", async () => {
  await using stranger = await makeStranger();
  await Deno.writeTextFile(
    `${stranger.folder}/hello.ts`,
    `import { listen } from "jsr:@eco/http/server";

    const server = listen("127.0.0.1", 0, (con, req) => {
      con.send("hello " + req.path);
    });
    console.log("port", (server.addr as Deno.NetAddr).port);
    await new Response(Deno.stdin.readable).arrayBuffer();
    await server.shutdown();
    console.log("done");
    `,
  );
  // With types checked, and no more rights than a server needs.
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--check=all", "--quiet", "--allow-net=127.0.0.1", "hello.ts"],
    cwd: stranger.folder,
    env: stranger.env,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  });
  await using child = command.spawn();
  const output = child.stdout.getReader();
  const [, port] = await readUntil(output, /port (\d+)\n/);
  const response = await fetch(`http://127.0.0.1:${port}/world?a=b`);
  assertEquals(response.status, 200);
  assertEquals(await response.text(), "hello /world");
  await child.stdin.close();
  await readUntil(output, /done\n/);
  assertEquals((await output.read()).done, true);
  assertEquals((await child.status).code, 0);
});

Deno.test("jsr:@eco/http exports what jsr:@eco/http/server does", async () => {
  await using stranger = await makeStranger();
  await Deno.writeTextFile(
    `${stranger.folder}/names.ts`,
    `import * as all from "jsr:@eco/http";
    import * as server from "jsr:@eco/http/server";

    const missing = Object.keys(server).filter((name) => !(name in all));
    console.log(JSON.stringify({ listen: typeof all.listen, missing }));
    `,
  );
  const { code, stdout, stderr } = await runDenoToEnd(["run", "--check=all", "names.ts"], {
    cwd: stranger.folder,
    env: stranger.env,
  });
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout), { listen: "function", missing: [] });
});

Deno.test("jsr:@eco/http/serve serves the folder it is run in", async () => {
  await using stranger = await makeStranger();
  await Deno.writeTextFile(`${stranger.folder}/index.html`, "<h1>A stranger's page</h1>\n");
  const args = ["run", "--quiet", "--allow-net", "--allow-read", "jsr:@eco/http/serve"];
  await using child = denoCommand([...args, ".", "--port", "0"], {
    cwd: stranger.folder,
    env: stranger.env,
  }).spawn();
  const complaints = new Response(child.stderr).text();
  const output = child.stdout.getReader();
  const [url] = await readUntil(output, /http:\/\/[\w.:]+\/?/);
  const response = await fetch(url);
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type") ?? "", /^text\/html\b/);
  assertEquals(await response.text(), "<h1>A stranger's page</h1>\n");

  child.kill("SIGTERM");
  while (!(await output.read()).done);
  assertEquals(await complaints, "");
  assertEquals((await child.status).code, 0);
});

Deno.test("the published package holds sources and documents, and no tests or tools", async () => {
  const files = [...(await readPackage()).files.keys()];
  for (const file of ["/mod.ts", "/deno.json", "/LICENSE", "/README.md"]) {
    assert(files.includes(file), file);
  }
  assertEquals(files.filter((file) => /^\/(tests|tools|bench|examples|\.)/.test(file)), []);
});
