// Rows of the table: how handlers read bodies, and what else they do with requests.

import { get, message, post, type TableCase } from "./case.ts";
import { attempt, tell } from "./tell.ts";

const CHUNKED = "Transfer-Encoding: chunked";
const chunked = (...fields: string[]): string => message("POST", "/", [CHUNKED, ...fields]);

const FORM = "multipart/form-data; boundary=b";
const MULTIPART = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' +
  '--b\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n' +
  "Content-Type: text/css\r\n\r\nfile\r\n--b--\r\n";

async function formOf(request: Request): Promise<unknown[]> {
  const entries: unknown[] = [];
  for (const [name, value] of await request.formData()) {
    entries.push(
      typeof value === "string"
        ? [name, value]
        : [name, value.name, value.type, await value.text()],
    );
  }
  return entries;
}

async function pieces(stream: ReadableStream<Uint8Array> | null): Promise<string> {
  let text = "";
  const decoder = new TextDecoder("latin1");
  for await (const piece of stream ?? []) text += decoder.decode(piece);
  return text;
}

const text = attempt((request) => request.text());
const form = attempt(formOf);

/** The rows. */
export const REQUESTS: TableCase[] = [
  ...(["text", "bytes", "arrayBuffer", "blob", "json", "formData"] as const).map((
    how,
  ): TableCase => ({
    name: `reads no body by ${how}()`,
    handler: attempt(async (request) => {
      const value: unknown = await request[how]();
      return [Object.prototype.toString.call(value), request.bodyUsed, request.body === null];
    }),
    ask: [get(), message("POST"), post("")],
  })),
  {
    name: "reads a body by text()",
    handler: text,
    ask: [
      post("hello"),
      post("gr\xc3\xbc\xc3\x9f"),
      post("\xef\xbb\xbfmark"),
      post("\xff\xfe invalid"),
      post("x".repeat(100_000)),
    ],
  },
  {
    name: "reads a body by json()",
    handler: attempt((request) => request.json()),
    ask: [post('{"a":[1,"\xc3\xbc"]}'), post("\xef\xbb\xbf[]"), post("{nonsense"), post("null")],
  },
  {
    name: "reads a body by bytes()",
    handler: tell(async (request) => [...await request.bytes()]),
    ask: [post("\0\xff")],
  },
  {
    name: "reads a body by arrayBuffer()",
    handler: tell(async (request) => [...new Uint8Array(await request.arrayBuffer())]),
    ask: [post("\0\xff")],
  },
  {
    name: "reads a body by blob()",
    handler: tell(async (request) => {
      const blob = await request.blob();
      return [blob.type, blob.size, await blob.text()];
    }),
    ask: [post("x", "Content-Type: Text/Plain; charset=UTF-8"), post("x")],
  },
  {
    name: "reads a form by formData()",
    handler: form,
    ask: [
      post("a=1+2&b=%C3%BC&a=3", "Content-Type: application/x-www-form-urlencoded"),
      post("", "Content-Type: application/x-www-form-urlencoded"),
      post(MULTIPART, `Content-Type: ${FORM}`),
      post("--b--\r\n", `Content-Type: ${FORM}`),
    ],
  },
  {
    name: "reads what is no form by formData()",
    handler: form,
    ask: [
      post("a=1", "Content-Type: text/plain"),
      post("a=1"),
      post("x", "Content-Type: multipart/form-data"),
      post("no form", `Content-Type: ${FORM}`),
    ],
  },
  {
    name: "reads a form that is cut off by formData()",
    handler: form,
    ask: [post(MULTIPART.slice(0, 60), `Content-Type: ${FORM}`)],
  },
  {
    name: "reads a chunked body",
    handler: text,
    ask: [
      chunked() + "5\r\nhello\r\n0\r\n\r\n",
      chunked() + "0\r\n\r\n",
      chunked() + "2;ext=1\r\nab\r\n1\r\nc\r\n0\r\nX-Trailer: 1\r\n\r\n",
      chunked() + "000A\r\n0123456789\r\n0\r\n\r\n",
    ],
  },
  {
    name: "reads a chunked body that is malformed",
    handler: text,
    ask: [chunked() + "5\r\nhello\r\nzz\r\n"],
  },
  {
    name: "reads a chunked body that is malformed from the start",
    handler: text,
    ask: [chunked() + "zz\r\n"],
  },
  {
    name: "reads the body of a GET",
    handler: attempt(async (request) => [request.body === null, await request.text()]),
    ask: [message("GET", "/", ["Content-Length: 5"]) + "hello"],
  },
  {
    name: "reads the body as a stream",
    handler: attempt((request) => pieces(request.body)),
    ask: [post("x".repeat(1000)), chunked() + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"],
  },
  {
    name: "reads the body with a reader for buffers of its own",
    handler: attempt(async (request) => {
      const reader = request.body!.getReader({ mode: "byob" });
      const first = await reader.read(new Uint8Array(3));
      return [first.value?.length, first.done];
    }),
    ask: [post("hello")],
  },
  {
    name: "reads a body twice",
    handler: attempt(async (request) => [await request.text(), await request.text()]),
    ask: [post("x")],
  },
  {
    name: "tells whether the body was used",
    handler: tell(async (request) => {
      const before = request.bodyUsed;
      const { body } = request;
      const same = body === request.body;
      const looked = request.bodyUsed;
      const read = await request.text();
      return [before, same, looked, read, request.bodyUsed, request.body?.locked];
    }),
    ask: [post("x")],
  },
  {
    name: "reads while a reader has the body",
    handler: attempt((request) => {
      request.body!.getReader();
      return request.text();
    }),
    ask: [post("x")],
  },
  {
    name: "cancels the body and answers",
    handler: attempt(async (request) => {
      await request.body!.cancel("enough");
      return request.bodyUsed;
    }),
    ask: [post("x".repeat(1000)), post("y")],
  },
  {
    name: "clones and reads both",
    handler: tell(async (request) => {
      const copy = request.clone();
      return [
        await copy.text(),
        await request.text(),
        copy.url === request.url,
        copy.method,
        copy.headers.get("x-a"),
        copy instanceof Request,
      ];
    }),
    ask: [post("body", "X-A: 1"), get("/", "X-A: 1")],
  },
  {
    name: "clones after reading",
    handler: attempt(async (request) => {
      await request.text();
      return request.clone().bodyUsed;
    }),
    ask: [post("x"), get()],
  },
  {
    name: "reads new Request(request)",
    handler: tell(async (request) => {
      const copy = new Request(request);
      return [await copy.text(), request.bodyUsed, copy.method, copy.headers.get("x-a"), copy.url];
    }),
    ask: [post("body", "X-A: 1"), get("/p?q", "X-A: 1")],
  },
  {
    name: "reads new Request(request) with other parts",
    handler: tell(async (request) => {
      const copy = new Request(request, { headers: { "x-b": "2" }, method: "PUT", body: "other" });
      return [await copy.text(), request.bodyUsed, copy.method, [...copy.headers]];
    }),
    ask: [post("body", "X-A: 1")],
  },
  {
    name: "reads new Request(url, request)",
    handler: attempt(async (request) => {
      const copy = new Request("http://elsewhere.test/", request);
      return [copy.url, copy.method, await copy.text(), copy.headers.get("x-a")];
    }),
    ask: [post("body", "X-A: 1"), get("/", "X-A: 1")],
  },
  ...Object.entries({
    "a Proxy of": (request: Request) => new Proxy(request, {}),
    "an object made of": (request: Request) => Object.create(request) as Request,
  }).map(([what, wrap]): TableCase => ({
    name: `asks ${what} the request`,
    handler: attempt((request) => {
      const wrapped = wrap(request);
      const { method, url, headers, body, signal } = wrapped;
      return [method, url, headers.get("x-a"), body === null, signal.aborted, wrapped.bodyUsed];
    }),
    ask: [get("/p?q", "X-A: 1"), post("body")],
  })),
  {
    name: "looks into requests of methods that are seldom used",
    handler: attempt(async (request) => [
      request.method,
      request.cache,
      request.clone().method,
      await request.text(),
    ]),
    ask: [
      ...["TRACE", "TRACK", "get", "head"].map((method) => message(method)),
      post("body")
        .replace("POST", "get"),
    ],
  },
  {
    name: "echoes the body",
    handler: (request) => new Response(request.body),
    ask: [post("hello"), chunked() + "5\r\nhello\r\n0\r\n\r\n", get(), post("z".repeat(300_000))],
  },
  {
    name: "leaves a small body unread",
    handler: () => new Response("not read"),
    ask: [post("x".repeat(100)), chunked() + "1\r\nx\r\n0\r\n\r\n"],
  },
  {
    name: "leaves a large body unread",
    handler: () => new Response("not read"),
    ask: [post("x".repeat(3_000_000))],
  },
  {
    name: "reads a body behind Expect: 100-continue",
    handler: text,
    ask: [post("hello", "Expect: 100-continue")],
  },
  {
    name: "reads a body that comes when 100 Continue was sent",
    handler: async (request, _info, note) => new Response(note(await request.text()) as undefined),
    notes: 2,
    visit: async (asker) => {
      await asker.send(message("POST", "/", ["Expect: 100-continue", "Content-Length: 5"]));
      await asker.readPast("HTTP/1.1 100 Continue\r\n\r\n");
      await asker.send("hello");
      await asker.readPast("HTTP/1.1 200 OK\r\n");
      await asker.send(message("POST", "/", ["Expect: 100-continue", "Content-Length: 0"]));
      await asker.readPast("HTTP/1.1 200 OK\r\n");
    },
  },
  {
    name: "refuses a body that waits for 100 Continue",
    handler: () => new Response("no", { status: 403 }),
    ask: [message("POST", "/", ["Expect: 100-continue", "Content-Length: 5"])],
  },
  {
    name: "answers another expectation",
    handler: () => new Response("x"),
    ask: [get("/", "Expect: the-impossible")],
  },
  {
    name: "tells remoteAddr",
    handler: (_request, { remoteAddr: { transport, hostname, port, ...rest } }) =>
      Response.json([transport, hostname, typeof port, rest]),
  },
  {
    name: "answers requests that come all at once",
    handler: async (request) => {
      if (request.url.endsWith("/slow")) await new Promise((resolve) => setTimeout(resolve, 5));
      return new Response(new URL(request.url).pathname);
    },
    visit: async (asker) => {
      await asker.send(get("/slow") + get("/fast"));
      return [await asker.read("GET"), await asker.read("GET")];
    },
  },
];
