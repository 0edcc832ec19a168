// A real Chromium as the client of serve(): a page, its forms, events that go on where they were cut, and bodies that
// stream both ways.

import { assertEquals, assertMatch } from "@std/assert";
import { serve } from "../../server/mod.ts";
import { Chromium } from "./chromium.ts";
import { testWith } from "./programs.ts";

/** What the page finds out, in its order. */
const PAGE = `<!DOCTYPE html>
<meta charset="utf-8">
<title>A page</title>
<form method="post" action="/form" target="frame">
  <input name="text" value="ü &amp; +"><textarea name="lines">a\nb</textarea>
</form>
<form method="post" action="/form" target="frame" enctype="multipart/form-data">
  <input name="text" value="ü &amp; +"><input type="file" name="file">
</form>
<iframe name="frame"></iframe>
<script>
  const [plain, multipart] = document.forms;
  const chosen = new DataTransfer();
  chosen.items.add(new File(["content"], "ä.txt", { type: "text/x-test" }));
  multipart.elements.file.files = chosen.files;

  const submit = (form) => new Promise((resolve) => {
    frames[0].frameElement.onload = () => resolve(frames[0].document.body.textContent);
    form.submit();
  });

  const listen = () => new Promise((resolve) => {
    const source = new EventSource("/events");
    const heard = [];
    let opened = 0;
    source.onopen = () => opened++;
    source.addEventListener("count", ({ data, lastEventId }) => {
      heard.push([data, lastEventId]);
      if (heard.length < 6) return;
      source.close();
      resolve({ heard, opened });
    });
  });

  const download = async () => {
    const response = await fetch("/download");
    let pieces = 0, bytes = 0, wrong = 0;
    for await (const piece of response.body) {
      pieces++;
      for (const byte of piece) if (byte !== bytes++ % 251) wrong++;
    }
    return { bytes, wrong, isStream: pieces > 1, length: response.headers.get("content-length") };
  };

  const upload = async () => {
    const body = new Blob([new Uint8Array(3_000_000).map((_, i) => i % 251)]);
    return await (await fetch("/upload", { method: "PUT", body })).json();
  };

  const cancel = async () => {
    const response = await fetch("/endless");
    const reader = response.body.getReader();
    await reader.read();
    await reader.cancel();
    return response.status;
  };

  (async () => {
    const found = {};
    for (const [name, find] of Object.entries({
      plain: () => submit(plain),
      multipart: () => submit(multipart),
      listen,
      download,
      upload,
      cancel,
      cookie: () => document.cookie,
      redirected: async () => (await fetch("/redirect")).url.slice(location.origin.length),
    })) {
      try {
        found[name] = await find();
      } catch (error) {
        found[name] = String(error);
      }
    }
    await fetch("/found", { method: "POST", body: JSON.stringify(found) });
  })();
</script>
`;

const DOWN_BYTES = 3_000_000;
const encoder = new TextEncoder();

/** Three events and the end of the stream: where the browser goes on is up to what it says it has seen. */
async function* count(from: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  yield encoder.encode("retry: 1\n\n");
  for (let id = from; id < from + 3; id++) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield encoder.encode(`event: count\nid: ${id}\ndata: number ${id}\n\n`);
  }
}

function* pattern(bytes: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes; at += 100_000) {
    yield new Uint8Array(100_000).map((_, i) => (at + i) % 251);
  }
}

async function describeForm(request: Request): Promise<Response> {
  const lines: string[] = [request.headers.get("content-type")!.split(";")[0]!];
  for (const [name, value] of await request.formData()) {
    const text = typeof value === "string"
      ? value
      : `${value.name}, ${value.type}: ${await value.text()}`;
    lines.push(`${name}=${JSON.stringify(text)}`);
  }
  return new Response(lines.join(" "));
}

async function countUpload(request: Request): Promise<Response> {
  let bytes = 0;
  let wrong = 0;
  for await (const piece of request.body!) {
    for (const byte of piece) if (byte !== bytes++ % 251) wrong++;
  }
  return Response.json({ bytes, wrong });
}

testWith(
  ["chromium"],
  "Chromium gets a page of serve(), posts its forms, comes back for events, and streams both ways",
  async () => {
    const found = Promise.withResolvers<Record<string, unknown>>();
    const cancelled = Promise.withResolvers<unknown>();
    const lastEventIds: (string | null)[] = [];
    const agents = new Set<string>();
    const routes: Record<string, (request: Request) => Response | Promise<Response>> = {
      "/": () =>
        new Response(PAGE, {
          headers: [
            ["content-type", "text/html"],
            ["set-cookie", "a=1; SameSite=Strict"],
            ["set-cookie", "b=2; HttpOnly"],
            ["set-cookie", "c=3"],
          ],
        }),
      "/form": describeForm,
      "/events": ({ headers }) => {
        const last = headers.get("last-event-id");
        lastEventIds.push(last);
        const events = ReadableStream.from(count(Number(last ?? 0) + 1));
        return new Response(events, { headers: { "content-type": "text/event-stream" } });
      },
      "/download": () => new Response(ReadableStream.from(pattern(DOWN_BYTES))),
      "/upload": countUpload,
      "/endless": () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(65536)),
            cancel: cancelled.resolve,
          }),
        ),
      "/redirect": () => new Response(null, { status: 302, headers: { location: "/target?a=b" } }),
      "/target": () => new Response("there"),
      "/found": async (request) => {
        found.resolve(await request.json());
        return new Response();
      },
    };
    const onError = (error: unknown): void => found.reject(error);
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError };
    await using server = serve(options, (request) => {
      agents.add(request.headers.get("user-agent") ?? "none");
      const route = routes[new URL(request.url).pathname];
      return route?.(request) ?? new Response("Not found", { status: 404 });
    });
    await using browser = await Chromium.open(`http://127.0.0.1:${server.addr.port}/`);
    assertEquals(await browser.until("the page tells what it found", found.promise), {
      plain: 'application/x-www-form-urlencoded text="ü & +" lines="a\\r\\nb"',
      multipart: 'multipart/form-data text="ü & +" file="ä.txt, text/x-test: content"',
      listen: {
        heard: [1, 2, 3, 4, 5, 6].map((id) => [`number ${id}`, String(id)]),
        opened: 2,
      },
      download: { bytes: DOWN_BYTES, wrong: 0, isStream: true, length: null },
      upload: { bytes: 3_000_000, wrong: 0 },
      cancel: 200,
      cookie: "a=1; c=3",
      redirected: "/target?a=b",
    });
    const reason = await browser.until("the endless stream is cancelled", cancelled.promise);
    assertEquals((reason as Error).name, "ClosedError");
    assertEquals(lastEventIds, [null, "3"]);
    assertEquals(agents.size, 1);
    assertMatch([...agents][0]!, /Chrome/);
  },
);
