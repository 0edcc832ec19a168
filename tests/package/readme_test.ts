/**
 * The scripts of the README that `deno test --doc` could not run, each in a stranger's folder: those that
 * serve until they are stopped, as written but for the port, must answer; those that ask a server in the
 * wide world are given one here. The README's other examples are tested as documentation.
 */
import { assert, assertEquals } from "@std/assert";
import { freePort } from "../free_port.ts";
import { denoCommand, ROOT } from "../tools/deno_process.ts";
import { makeStranger, type Stranger } from "./stranger.ts";

const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** The scripts under their headings. */
const SCRIPTS = [...README.matchAll(/^#+ (.+)\n|^```ts ignore\n([^]*?)^```/gm)]
  .reduce<{ heading: string; scripts: [string, string][] }>((found, [, heading, script]) => {
    if (heading !== undefined) return { ...found, heading };
    return { ...found, scripts: [...found.scripts, [found.heading, script]] };
  }, { heading: "", scripts: [] }).scripts;

const SERVING = SCRIPTS.filter(([, script]) => /listen\(8080,|^(?:Deno\.)?serve\(/m.test(script));
const ASKING = SCRIPTS.filter(([, script]) => /(https|wss):\/\/example\.com\//.test(script));

Deno.test("every script of the README serves, or asks", () => {
  assert(SERVING.length > 0 && ASKING.length > 0);
  assertEquals(SERVING.length + ASKING.length, SCRIPTS.length);
});

// One stranger for all, whose types are checked at once.
Deno.test("the scripts of the README do what they say", async (t) => {
  await using stranger = await makeStranger();
  const { folder } = stranger;
  await Deno.mkdir(`${folder}/public`);
  await Deno.writeTextFile(`${folder}/public/index.html`, "<h1>hello</h1>\n");
  for (const name of ["disk.img", "a.jpg"]) await Deno.writeTextFile(`${folder}/${name}`, CONTENT);
  await t.step("they have no wrong types", async () => {
    const names = SCRIPTS.map((_, index) => `checked_${index}.ts`);
    for (const [index, name] of names.entries()) {
      await Deno.writeTextFile(`${folder}/${name}`, SCRIPTS[index]![1]);
    }
    const options = { cwd: folder, env: stranger.env };
    const { code, stderr } = await denoCommand(["check", "--all", ...names], options).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
  });
  for (const [heading, script] of SERVING) {
    await t.step(`the one under "${heading}" answers`, () => assertServes(stranger, script));
  }
  for (const [heading, script] of ASKING) {
    await t.step(`the one under "${heading}" runs to its end`, () => assertEnds(stranger, script));
  }
});

const RUN = ["run", "--no-check", "--quiet", "--no-prompt", "--allow-net", "--allow-read"];

async function assertServes({ folder, env }: Stranger, script: string): Promise<void> {
  const port = freePort();
  await Deno.writeTextFile(
    `${folder}/script.ts`,
    script.replace("listen(8080,", `listen("127.0.0.1", ${port},`)
      .replace(
        /^(?:Deno\.)?serve\(/m,
        `$&{ hostname: "127.0.0.1", port: ${port}, onListen() {} },`,
      ),
  );
  const readsForm = /parseMultipart|readFormData/.test(script);
  const args = [...RUN, ...(readsForm ? ["--allow-write=."] : []), "script.ts"];
  await using child = denoCommand(args, { cwd: folder, env }).spawn();
  const printed = Promise.all([child.stdout, child.stderr].map((it) => new Response(it).text()));
  const ended = child.status.then(() => true);

  const request = readsForm ? { method: "POST", body: exampleForm() } : {};
  const response = await fetchOnceUp(`http://127.0.0.1:${port}/`, request, ended);
  const body = await response.text();
  // A script that reads a body may refuse a GET.
  assertEquals(response.status, script.includes(`"POST"`) ? 405 : 200);
  assertEquals(body === "", response.status === 405);

  child.kill("SIGTERM");
  assertEquals(await printed, [script.includes("console.log") ? "title Sunset\n" : "", ""]);
  await child.status;
}

async function assertEnds({ folder, env }: Stranger, script: string): Promise<void> {
  const asked: string[] = [];
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    asked.push(request.method);
    return answer(request);
  });
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(CONTENT));
  await Deno.writeTextFile(
    `${folder}/script.ts`,
    script.replaceAll("https://example.com", `http://127.0.0.1:${server.addr.port}`)
      .replaceAll("wss://example.com", `ws://127.0.0.1:${server.addr.port}`)
      .replace("…64 hex digits…", new Uint8Array(digest).toHex()),
  );
  const args = [...RUN, "--allow-write", "script.ts"];
  const { code, stdout, stderr } = await denoCommand(args, { cwd: folder, env }).output();
  assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  assertEquals(stdout.length > 0, script.includes("console.log"));
  const methods = /\b(post|request\("PUT")/.test(script) ? ["POST", "PUT"] : ["GET"];
  for (const method of methods) assert(asked.includes(method), method);
}

/** What the files and answers hold. */
const CONTENT = "[1, 2, 3]\n";

/** Answers what the scripts ask for. */
async function answer(request: Request): Promise<Response> {
  if (request.headers.has("upgrade")) return Deno.upgradeWebSocket(request).response;
  await request.arrayBuffer();
  return new Response(CONTENT, { headers: { "Content-Type": "application/json" } });
}

/** What the scripts that read forms are sent. */
function exampleForm(): FormData {
  const form = new FormData();
  form.append("title", "Sunset");
  form.append("photo", new File([CONTENT], "sunset.jpg"));
  return form;
}

/** Fetches `url` as soon as somebody listens there; gives up when `ended` resolves. */
async function fetchOnceUp(
  url: string,
  request: RequestInit,
  ended: Promise<boolean>,
): Promise<Response> {
  while (true) {
    try {
      return await fetch(url, request);
    } catch (error) {
      const pause = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => pause.resolve(false), 20);
      const over = await Promise.race([ended, pause.promise]);
      clearTimeout(timer);
      if (over) throw error;
    }
  }
}
