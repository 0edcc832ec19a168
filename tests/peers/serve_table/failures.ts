// Rows of the table: handlers and streams that fail, values that are no responses.

import { get, message, post, type TableCase, type TableHandler } from "./case.ts";

const encoder = new TextEncoder();
const chunk = encoder.encode("chunk");

/** Fails in a way that says who did. */
class Failure extends Error {
  override name = "Failure";
}

function fail(): never {
  throw new Failure("on purpose");
}

/** A stream of so many chunks and then an error. */
function failing(chunks: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      // The chunk before has left.
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (chunks-- === 0) controller.error(new Failure("in the stream"));
      else controller.enqueue(chunk);
    },
  }, { highWaterMark: 0 });
}

/** A stream with a wrong chunk behind a good one, if asked for. */
function wrong(value: unknown, isFirst: boolean): Response {
  const chunks = isFirst ? [value] : [chunk, value, chunk];
  return new Response(ReadableStream.from(chunks) as ReadableStream<Uint8Array<ArrayBuffer>>);
}

async function used(how: (response: Response) => unknown): Promise<Response> {
  const response = new Response("used");
  await how(response);
  return response;
}

const sameAgain: TableHandler = (_request, _info, _note, kept) => kept;

/** The rows. */
export const FAILURES: TableCase[] = [
  { name: "throws an Error", handler: fail },
  {
    name: "throws what is no Error",
    handler: () => {
      // deno-lint-ignore no-throw-literal
      throw "text";
    },
  },
  {
    name: "throws undefined",
    handler: () => {
      // deno-lint-ignore no-throw-literal
      throw undefined;
    },
  },
  {
    name: "throws a Response",
    handler: () => {
      throw new Response("thrown", { status: 418 });
    },
    onError: (error) => error instanceof Response ? error : new Response("other"),
  },
  { name: "rejects", handler: () => Promise.reject(new Failure("later")) },
  { name: "throws, asked with HEAD", handler: fail, ask: [message("HEAD")] },
  { name: "throws before it has read a body", handler: fail, ask: [post("a body")] },
  {
    name: "throws, and onError answers",
    handler: fail,
    onError: (error) => new Response(`sorry: ${(error as Error).message}`, { status: 503 }),
  },
  {
    name: "throws, and onError answers later",
    handler: fail,
    onError: async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return new Response("sorry, later", { status: 503 });
    },
  },
  { name: "throws, and onError throws", handler: fail, onError: fail },
  { name: "throws, and onError rejects", handler: fail, onError: () => Promise.reject(0) },
  { name: "throws, and onError answers with text", handler: fail, onError: () => "text" },
  {
    name: "throws, and onError answers with a used Response",
    handler: fail,
    onError: () => used((it) => it.text()),
  },
  {
    name: "throws, and onError answers with Response.error()",
    handler: fail,
    onError: () => Response.error(),
  },
  { name: "returns undefined for a Response", handler: () => undefined },
  { name: "returns null for a Response", handler: () => null },
  { name: "returns text for a Response", handler: () => "text" },
  { name: "returns an object for a Response", handler: () => ({ status: 200, body: "x" }) },
  {
    name: "returns an object with the prototype of a Response",
    handler: () => Object.create(Response.prototype),
  },
  { name: "returns a Request", handler: (request) => request },
  {
    name: "returns an instance of a class that extends Response",
    handler: () => new (class extends Response {})("extended"),
  },
  { name: "returns a Response whose body was read", handler: () => used((it) => it.text()) },
  {
    name: "returns a Response whose body was cancelled",
    handler: () => used((it) => it.body?.cancel()),
  },
  {
    name: "returns a Response whose body is locked",
    handler: () => used((it) => it.body?.getReader()),
  },
  {
    name: "returns a Response whose body was locked and let go",
    handler: () => used((it) => it.body!.getReader().releaseLock()),
  },
  {
    name: "returns a Response whose stream was begun",
    handler: () =>
      used(async (it) => {
        const reader = it.body!.getReader();
        await reader.read();
        reader.releaseLock();
      }),
  },
  {
    name: "returns the same Response of text twice",
    handler: sameAgain,
    kept: () => new Response("the same"),
    ask: [get(), get()],
  },
  {
    name: "returns the same Response of a stream twice",
    handler: sameAgain,
    kept: () => new Response(ReadableStream.from([chunk])),
    ask: [get(), get()],
  },
  {
    name: "returns the same Response without a body twice",
    handler: sameAgain,
    kept: () => new Response(null),
    ask: [get(), get()],
  },
  {
    name: "changes a Response that it has returned",
    handler: () => {
      const response = new Response("x", { headers: { "x-a": "before" } });
      queueMicrotask(() => queueMicrotask(() => response.headers.set("x-a", "after")));
      return response;
    },
  },
  { name: "streams, and fails before the first chunk", handler: () => new Response(failing(0)) },
  { name: "streams, and fails after the first chunk", handler: () => new Response(failing(1)) },
  { name: "streams, and fails after three chunks", handler: () => new Response(failing(3)) },
  {
    name: "streams with a Content-Length, and fails after the first chunk",
    handler: () => new Response(failing(1), { headers: { "content-length": "100" } }),
  },
  {
    name: "streams by HTTP/1.0, and fails after the first chunk",
    handler: () => new Response(failing(1)),
    ask: ["GET / HTTP/1.0\r\n\r\n"],
    isOld: true,
  },
  {
    name: "returns a stream that failed before",
    handler: () =>
      new Response(
        new ReadableStream({
          start: (controller) => controller.error(new Failure("at once")),
        }),
      ),
  },
  {
    name: "returns a stream that fails, asked with HEAD",
    handler: () => new Response(failing(1)),
    ask: [message("HEAD")],
  },
  ...[
    ["text", "text"],
    ["a number", 5],
    ["undefined", undefined],
    ["null", null],
    ["an object", {}],
    ["an ArrayBuffer", chunk.slice().buffer],
    ["a DataView", new DataView(chunk.slice().buffer)],
    ["a Uint16Array", Uint16Array.of(0x4241)],
    ["a Blob", new Blob(["x"])],
  ].flatMap(([what, value]): TableCase[] => [
    { name: `streams ${what} first`, handler: () => wrong(value, true) },
    { name: `streams ${what} between chunks`, handler: () => wrong(value, false) },
  ]),
];
