// Rows of the table: response bodies of every kind. Each is asked for with GET, with HEAD and by HTTP/1.0.

import type { TableHandler } from "./case.ts";

const FILE = new URL("./lines.txt", import.meta.url);
const MIB = new Uint8Array(1024 * 1024).map((_, i) => i * 31 + (i >> 8));

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array<ArrayBuffer> => encoder.encode(text);

/** A stream of what is given, a chunk a pull. */
function streamOf(chunks: unknown[], type?: "bytes"): ReadableStream<Uint8Array<ArrayBuffer>> {
  const left = chunks.values();
  const pull = (controller: { close(): void; enqueue(chunk: unknown): void }): void => {
    const { value, done } = left.next();
    if (done) controller.close();
    else controller.enqueue(value);
  };
  // deno-lint-ignore no-explicit-any
  return new ReadableStream({ pull, type } as any);
}

/** The same, each chunk after a turn of the event loop. */
async function* slowly(chunks: string[]): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (const chunk of chunks) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    yield bytes(chunk);
  }
}

function form(): FormData {
  const data = new FormData();
  data.append("name", "ü value");
  data.append("file", new File(["content"], "a b.txt", { type: "text/plain" }));
  return data;
}

async function openFile(): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  return (await Deno.open(FILE)).readable;
}

/** What the handlers return, by the end of a sentence. */
export const BODIES: Record<string, TableHandler> = {
  "no body": () => new Response(),
  "null": () => new Response(null),
  "an empty string": () => new Response(""),
  "text": () => new Response("hello"),
  "text that is not ASCII": () => new Response("gr\u00fc\u00df dich \u{1f600}\n"),
  "text with a lone surrogate": () => new Response("a\ud800b"),
  "long text": () => new Response("0123456789".repeat(10_000)),
  "text of another type": () =>
    new Response("<p>", { headers: { "content-type": "text/html; charset=latin1" } }),
  "text without a type": () => {
    const response = new Response("hello");
    response.headers.delete("content-type");
    return response;
  },
  "bytes": () => new Response(bytes("\0\x01bytes")),
  "no bytes": () => new Response(new Uint8Array()),
  "1 MiB of bytes": () => new Response(MIB),
  "an ArrayBuffer": () => new Response(bytes("buffer").buffer),
  "a part of an ArrayBuffer": () => new Response(bytes("a part of it").subarray(2, 6)),
  "a DataView": () => new Response(new DataView(bytes("a view").buffer, 2)),
  "a Uint16Array": () => new Response(Uint16Array.of(0x4241, 0x4443)),
  "bytes that change afterwards": () => {
    const body = bytes("before");
    const response = new Response(body);
    body.fill(0x78);
    return response;
  },
  "a Blob": () => new Response(new Blob(["a ", "blob"])),
  "a Blob with a type": () => new Response(new Blob(["{}"], { type: "application/json" })),
  "a slice of a Blob": () => new Response(new Blob(["0123456789"]).slice(2, 5)),
  "an empty Blob": () => new Response(new Blob([])),
  "a File": () => new Response(new File(["a file"], "a.txt", { type: "text/plain" })),
  "a FormData": () => new Response(form()),
  "an empty FormData": () => new Response(new FormData()),
  "URLSearchParams": () => new Response(new URLSearchParams({ a: "1 2", "\u00fc": "&" })),
  "Response.json()": () => Response.json({ a: [1, "\u00fc", null] }),
  "Response.json() of another status and type": () =>
    Response.json({}, { status: 201, headers: { "content-type": "application/problem+json" } }),
  "Response.redirect()": () => Response.redirect("http://elsewhere.test/a b?c#d"),
  "Response.redirect() with 307": () => Response.redirect("http://elsewhere.test/", 307),
  "Response.error()": () => Response.error(),
  "a clone": () => new Response("cloned").clone(),
  "one of two clones of a stream": () => {
    const response = new Response(streamOf([bytes("a"), bytes("b")]));
    void response.clone().text();
    return response;
  },
  "a copy of a response": () => {
    const first = new Response("first", { status: 203, headers: { "x-first": "1" } });
    return new Response(first.body, first);
  },
  "a promise": () => Promise.resolve(new Response("later")),
  "a promise that takes a turn": async () => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    return new Response("later");
  },
  "a body that somebody has looked at": () => {
    const response = new Response("looked at");
    void response.body;
    return response;
  },
  "a stream of one chunk": () => new Response(streamOf([bytes("one")])),
  "a stream of many chunks": () =>
    new Response(streamOf(Array.from({ length: 300 }, (_, i) => bytes(`${i},`)))),
  "a stream of large chunks": () =>
    new Response(streamOf([MIB.slice(0, 300_000), MIB.slice(0, 100_000)])),
  "an empty stream": () => new Response(streamOf([])),
  "a stream with empty chunks": () =>
    new Response(streamOf([bytes(""), bytes("a"), bytes(""), bytes("b"), bytes("")])),
  "a stream that is filled at once": () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(bytes("at "));
          controller.enqueue(bytes("once"));
          controller.close();
        },
      }),
    ),
  "a byte stream": () => new Response(streamOf([bytes("by"), bytes("tes")], "bytes")),
  "a byte stream with a buffer of its own": () =>
    new Response(
      new ReadableStream({
        type: "bytes",
        autoAllocateChunkSize: 16,
        pull(controller) {
          const { view } = controller.byobRequest!;
          view![0] = 0x62;
          controller.byobRequest!.respond(1);
          controller.close();
        },
      }),
    ),
  "a stream of an async generator": () =>
    new Response(ReadableStream.from(slowly(["a", "sync", "!"]))),
  "an async generator": () => new Response(slowly(["with", "out ", "stream"])),
  "a stream of text through TextEncoderStream": () =>
    new Response(ReadableStream.from(["te", "xt"]).pipeThrough(new TextEncoderStream())),
  "a stream through CompressionStream and DecompressionStream": () =>
    new Response(
      streamOf([bytes("packed"), bytes(" and unpacked")])
        .pipeThrough(new CompressionStream("gzip"))
        .pipeThrough(new DecompressionStream("gzip")),
    ),
  "a readable end that is written to after the return": () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
    const writer = writable.getWriter();
    void (async () => {
      await writer.write(bytes("writ"));
      await writer.write(bytes("ten"));
      await writer.close();
    })();
    return new Response(readable);
  },
  "a stream that another one was piped to": () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>();
    void streamOf([bytes("pip"), bytes("ed")]).pipeTo(writable);
    return new Response(readable);
  },
  "a file": async () => new Response(await openFile()),
  "a file with its length": async () => {
    const { size } = await Deno.stat(FILE);
    return new Response(await openFile(), { headers: { "content-length": `${size}` } });
  },
  "a file through a stream": async () =>
    new Response((await openFile()).pipeThrough(new TransformStream())),
  "what fetch got of a data: URL": () => fetch("data:text/plain,fetched"),
  "what fetch got of a file: URL": () => fetch(FILE),
};
