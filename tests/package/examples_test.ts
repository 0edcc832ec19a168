/**
 * The application of `examples/` in the three ways of its README, each as real processes: on `serve`, under
 * `deno serve --parallel`, and as two instances behind nginx. They give the same answers to the same requests.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { within } from "../conformance/waiting.ts";
import { ChildProgram, type ProgramOptions } from "../peers/child_program.ts";
import { PlacedProgram } from "../peers/placed_program.ts";
import { testWith } from "../peers/programs.ts";
import { ROOT } from "../tools/deno_process.ts";

const EXAMPLES = new URL("examples/", ROOT);

/** A program of `examples/`, run by this deno in the repository. */
function denoProgram(...args: string[]): ProgramOptions {
  return {
    program: Deno.execPath(),
    args,
    cwd: ROOT,
    env: { DENO_JOBS: "2" },
    ready: /Listening on (http:\/\/127\.0\.0\.1:(\d+))/i,
  };
}

/** One instance on `serve`. */
function startInstance(): Promise<ChildProgram> {
  const rights = ["--no-prompt", "--allow-net=127.0.0.1", "--allow-read"];
  return ChildProgram.start(denoProgram("run", "--quiet", ...rights, "examples/serve.ts", "0"));
}

/**
 * `deno serve`, whose threads need a port that they can share. With several of them it often does not hear the first
 * SIGTERM (Deno 2.9.6), so it is not asked.
 */
function startDenoServe(): Promise<PlacedProgram> {
  return PlacedProgram.start("deno_serve", 1, (_folder, [port]) => {
    const place = ["--host", "127.0.0.1", "--port", String(port)];
    const args = ["serve", "--parallel", "--allow-read", ...place, "examples/app.ts"];
    return { ...denoProgram(...args), endWith: "SIGKILL" };
  });
}

/** nginx as the example configures it, but for the ports. */
function startNginx(instances: readonly string[]): Promise<PlacedProgram> {
  return PlacedProgram.start("examples", 1, async (folder, [port]) => {
    const ports: Record<string, string> = {
      8000: String(port),
      8001: instances[0]!,
      8002: instances[1]!,
    };
    const config = (await Deno.readTextFile(new URL("nginx.conf", EXAMPLES)))
      .replace(/(?<=127\.0\.0\.1:)\d+/g, (name) => ports[name]!);
    // The workers of root would be somebody who may not enter the folder.
    const user = Deno.uid() === 0 ? "user root;\n" : "";
    await Deno.writeTextFile(`${folder}/nginx.conf`, user + config);
    return {
      program: "/usr/sbin/nginx",
      args: ["-p", folder, "-e", "stderr", "-c", `${folder}/nginx.conf`],
      ready: /start worker process \d/,
    };
  });
}

/** What is asked: path, and how. */
type Row = [path: string, init?: () => RequestInit];

function form(): FormData {
  const data = new FormData();
  data.append("name", "Ünï");
  data.append("photo", new File(["x".repeat(100_000)], "a.jpg"));
  return data;
}

const ROWS: Row[] = [
  ["/"],
  ["/", () => ({ method: "HEAD" })],
  ["/health"],
  ["/api/hello"],
  ["/api/hello?name=%C3%9C%26b"],
  ["/form", () => ({ method: "POST", body: form() })],
  ["/form", () => ({ method: "POST", body: new URLSearchParams({ name: "a b" }) })],
  ["/static"],
  ["/static/"],
  ["/static/style.css"],
  ["/static/style.css", () => ({ headers: { Range: "bytes=5-9" } })],
  ["/static/style.css", () => ({ headers: { "If-None-Match": "*" } })],
  ["/static/style.css", () => ({ method: "POST", body: "x" })],
  ["/static/%2e%2e%2fapp.ts"],
  ["/none"],
  ["/api/hello", () => ({ method: "DELETE" })],
];

/** Fields that are the application's; the others are up to the servers on the way. */
const FIELDS = [
  "accept-ranges",
  "allow",
  "cache-control",
  "content-range",
  "content-type",
  "etag",
  "last-modified",
  "location",
  "x-content-type-options",
];

/** All answers of one way to run it, in a form to compare. */
async function answers(url: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [path, init] of ROWS) {
    const request = init?.() ?? {};
    const response = await fetch(url + path, { redirect: "manual", ...request });
    assertMatch(response.headers.get("x-instance") ?? "", /^\w{8}$/);
    const fields = FIELDS.map((name) => [name, response.headers.get(name)?.toLowerCase()])
      .filter(([, value]) => value !== undefined);
    const body = await response.text();
    found.push([request.method ?? "GET", path, response.status, Object.fromEntries(fields), body]);
  }
  found.push(await firstEvents(url));
  return found;
}

/** The first events of the stream, which never ends: they come when they are sent, wherever they pass. */
async function firstEvents(url: string): Promise<unknown> {
  const response = await fetch(`${url}/events`, { headers: { "Last-Event-ID": "41" } });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.endsWith("\n\n")) {
    const { value, done } = await within("an event", reader.read());
    assert(!done);
    text += value;
  }
  await reader.cancel();
  return [response.status, response.headers.get("content-type"), text];
}

/** Who answers a number of requests. */
async function instancesOf(url: string, count: number): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) {
    const response = await fetch(`${url}/health`);
    assertEquals([response.status, await response.json()], [200, { ok: true }]);
    seen.add(response.headers.get("x-instance")!);
  }
  return seen;
}

/** All answers of an instance on `serve`, which are those that are right. */
async function expectedAnswers(instance: ChildProgram): Promise<unknown[]> {
  const found = await answers(instance.match[1]!);
  const statuses = found.slice(0, -1).map((answer) => (answer as unknown[])[2]);
  assertEquals(statuses, [
    ...[200, 200, 200, 200, 200, 201, 201, 301, 200, 200, 206, 304, 405, 400, 404, 404],
  ]);
  assertEquals(found.at(-1), [200, "text/event-stream", "id: 42\ndata: 42\n\n"]);
  return found;
}

Deno.test("the example answers the same on serve() and under deno serve --parallel", async () => {
  await using instance = await startInstance();
  await using other = await startDenoServe();
  const expected = await expectedAnswers(instance);
  assertEquals(await answers(other.child.match[1]!), expected);
});

testWith(
  ["nginx"],
  "the example answers the same behind nginx, also when an instance ends",
  async () => {
    const [one, other] = await Promise.all([startInstance(), startInstance()]);
    await using _one = one;
    await using ending = other;
    await using nginx = await startNginx([one.match[2]!, ending.match[2]!]);
    const url = `http://127.0.0.1:${nginx.ports[0]}`;

    assertEquals(await answers(url), await expectedAnswers(one));
    const all = await instancesOf(url, 8);
    assertEquals(all.size, 2);
    await ending[Symbol.asyncDispose]();
    const left = await instancesOf(url, 8);
    assertEquals(left.size, 1);
    assert(left.isSubsetOf(all));
  },
);
