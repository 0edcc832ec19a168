// Sends what `fetch` gave through whatever the runtime does with a Response, while memory is collected all the time.
// The first argument says how often; the second, "otherwise", that the runtime keeps responses in another way. Says
// "all right" at the end.

if (Deno.args[1] === "otherwise") Object.getOwnPropertySymbols = () => [];
const { collectGarbage } = await import("../../collect_garbage.ts");
const { closeIdleConnections, fetch } = await import("../../../client/mod.ts");
const { RUNTIME } = await import("../../../client/fetch/runtime_response.ts");
const { serve } = await import("../../../server/mod.ts");

const COUNT = Number(Deno.args[0]);

interface Expected {
  readonly status: number;
  readonly statusText: string;
  readonly fields: [string, string][];
  readonly body: string | null;
}

const EXPECTED: Record<string, Expected> = {
  "/": { status: 200, statusText: "OK", fields: [["x-a", "1"]], body: "hello" },
  "/none": {
    status: 404,
    statusText: "Not Found",
    fields: [["set-cookie", "a=1"], ["set-cookie", "b=2"], ["x-a", "2"]],
    body: "there is none",
  },
  "/204": { status: 204, statusText: "No Content", fields: [["x-a", "3"]], body: null },
  "/empty": { status: 200, statusText: "OK", fields: [["x-a", "4"]], body: "" },
  "/long": { status: 200, statusText: "OK", fields: [["x-a", "5"]], body: "x".repeat(200_000) },
};
const PATHS = Object.keys(EXPECTED);

const quiet = { hostname: "127.0.0.1", port: 0, onListen() {} };
const origin = Deno.serve(quiet, (request) => {
  const { status, fields, body } = EXPECTED[new URL(request.url).pathname]!;
  return new Response(body, { status, headers: fields });
});
const source = `http://127.0.0.1:${origin.addr.port}`;

async function check(path: string, response: Response, what: string): Promise<void> {
  const { status, statusText, fields, body } = EXPECTED[path]!;
  const found = [...response.headers].filter(([name]) => /^(x-a|set-cookie)$/.test(name));
  const { status: code, statusText: phrase } = response;
  const text = await response.text();
  const seen = JSON.stringify([code, phrase, found, text]);
  if (seen === JSON.stringify([status, statusText, fields, body ?? ""])) return;
  throw new Error(`${what} ${path}: ${seen}`);
}

/** What a handler may do with a response before it passes it on. */
const WAYS: Record<string, (response: Response) => Response | Promise<Response>> = {
  asItIs: (response) => response,
  headersFirst: (response) => response.headers.has("x-a") ? response : Response.error(),
  bodyFirst: (response) => response.body?.locked ? Response.error() : response,
  inspected: (response) => Deno.inspect(response) === "" ? Response.error() : response,
  clone: (response) => response.clone(),
  original: async (response) => {
    await response.clone().text();
    return response;
  },
  copy: (response) => new Response(response.body, response),
  late: (response) =>
    new Promise((resolve) => {
      setTimeout(() => {
        collectGarbage();
        resolve(response);
      }, 0);
    }),
};

const handler = async (request: Request): Promise<Response> => {
  const { pathname, search } = new URL(request.url);
  return await WAYS[search.slice(1)]!(await fetch(source + pathname));
};
const servers = [Deno.serve(quiet, handler), serve(quiet, handler)];
for (const server of servers) {
  const { port } = server.addr as Deno.NetAddr;
  for (const way of Object.keys(WAYS)) {
    for (let i = 0; i < COUNT; i++) {
      const path = PATHS[i % PATHS.length]!;
      if (i % 16 === 0) collectGarbage();
      await check(path, await fetch(`http://127.0.0.1:${port}${path}?${way}`), way);
    }
  }
}

const cache = await caches.open(crypto.randomUUID());
for (let i = 0; i < COUNT; i++) {
  const path = PATHS[i % PATHS.length]!;
  const response = await fetch(source + path);
  const copy = response.clone();
  const second = copy.clone();
  if (i % 16 === 0) collectGarbage();
  await check(path, response, "cloned");
  await check(path, copy, "clone");
  await check(path, second, "clone of a clone");
  if (!response.bodyUsed && response.body !== null) throw new Error("it was read");
  if (path !== "/" || i % 20 !== 0) continue;
  await cache.put(`http://cached/${i}`, await fetch(source + path));
  await check(path, (await cache.match(`http://cached/${i}`))!, "cached");
}
closeIdleConnections();
await Promise.all([origin, ...servers].map((server) => server.shutdown()));
console.log(`all right, ${RUNTIME === undefined ? "by the constructor" : "directly"}`);
Deno.exit(0);
