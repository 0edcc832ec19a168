/**
 * An application in the terms of the Fetch standard. It knows nothing of the server that it runs on: see
 * README.md for three of them.
 */

import { serveFiles } from "@eco/http/server";

const files = serveFiles({ docroot: `${import.meta.dirname}/public`, prefix: "/static" });

const PAGE = `<!DOCTYPE html>
<meta charset="utf-8">
<title>Example</title>
<link rel="stylesheet" href="/static/style.css">
<h1>Example</h1>
<form method="post" action="/form" enctype="multipart/form-data">
  <input name="name" placeholder="Your name" required>
  <input name="photo" type="file">
  <button>Send</button>
</form>
<p>Ticks: <output id="ticks"></output></p>
<script type="module">
  new EventSource("/events").onmessage = ({ data }) => ticks.textContent = data;
</script>
`;

/** Between two events, in milliseconds. */
const TICK_MS = 1000;

async function handle(request: Request): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === "/static" || pathname.startsWith("/static/")) return await files(request);
  switch (`${request.method} ${pathname}`) {
    case "HEAD /":
    case "GET /":
      return new Response(PAGE, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    case "GET /api/hello":
      return Response.json({ hello: searchParams.get("name") ?? "world" });
    case "POST /form":
      return Response.json(await readForm(request), { status: 201 });
    case "GET /events":
      return new Response(ticks(Number(request.headers.get("Last-Event-ID"))), {
        headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" },
      });
    case "GET /health":
      // Whoever shares the requests among instances asks for this one.
      return Response.json({ ok: true }, { headers: { "Cache-Control": "no-store" } });
    default:
      return Response.json({ error: `No ${request.method} ${pathname}` }, { status: 404 });
  }
}

async function readForm(request: Request): Promise<Record<string, unknown>> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of await request.formData()) {
    fields[name] = typeof value === "string" ? value : { file: value.name, size: value.size };
  }
  return fields;
}

/** Server-sent events, one now and one each second, until the client leaves. */
function ticks(last: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let timer: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream<string>({
    start(controller) {
      const tick = (): void => {
        // A client that does not keep up misses some.
        if (controller.desiredSize! <= 0) return;
        last++;
        controller.enqueue(`id: ${last}\ndata: ${last}\n\n`);
      };
      tick();
      timer = setInterval(tick, TICK_MS);
    },
    cancel() {
      clearInterval(timer);
    },
  }).pipeThrough(new TextEncoderStream());
}

const INSTANCE = crypto.randomUUID().slice(0, 8);

/** What servers call. */
const app: Deno.ServeDefaultExport = {
  async fetch(request) {
    const response = await handle(request);
    // So that it can be seen who answered.
    response.headers.set("X-Instance", INSTANCE);
    return response;
  },
};

export default app;
