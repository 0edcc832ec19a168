// Rows of the table: clients that leave, and what handlers learn of it and of the fate of an answer.

import { get, message, post, type TableCase } from "./case.ts";

const chunk = new Uint8Array(65536).fill(0x78);

type Note = (text: string) => void;

/** Notes what becomes of the signal and of `completed`. */
function watch(request: Request, completed: Promise<unknown>, note: Note): void {
  request.signal.addEventListener("abort", () => note(`aborted, ${nameOf(request.signal.reason)}`));
  completed.then(() => note("completed"), (error) => note(`not completed, ${nameOf(error)}`));
}

function nameOf(value: unknown): string {
  if (value instanceof DOMException) return value.name;
  return value instanceof Error ? "an Error" : String(value);
}

/** A stream that never ends of itself and notes why it was cancelled. */
function endless(note: Note, piece: Uint8Array<ArrayBuffer> = chunk): Response {
  return new Response(
    new ReadableStream({
      pull: (controller) => controller.enqueue(piece.slice()),
      cancel: (reason) => note(`cancelled, ${nameOf(reason)}`),
    }),
  );
}

/** A stream that sends one event and then nothing. */
function silent(note: Note): Response {
  return new Response(
    new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
      cancel: (reason) => note(`cancelled, ${nameOf(reason)}`),
    }),
    { headers: { "content-type": "text/event-stream" } },
  );
}

/** The rows. */
export const LEAVING: TableCase[] = [
  {
    name: "learns that its answer was completed",
    handler: (request, { completed }, note) => {
      completed.then(() => note(`completed, ${request.bodyUsed}`), () => note("not completed"));
      return new Response("x");
    },
    notes: 1,
  },
  {
    name: "learns that its stream was completed",
    handler: (_request, { completed }, note) => {
      completed.then(() => note("completed"), () => note("not completed"));
      return new Response(ReadableStream.from([chunk.slice()]));
    },
    notes: 1,
  },
  {
    name: "learns that its answer to HEAD was completed",
    handler: (_request, { completed }, note) => {
      completed.then(() => note("completed"), () => note("not completed"));
      return endless(note);
    },
    ask: [message("HEAD")],
    notes: 2,
  },
  {
    name: "learns that its stream was cut when it failed",
    handler: (_request, { completed }, note) => {
      completed.then(() => note("completed"), (error) => note(`not completed, ${nameOf(error)}`));
      let turn = 0;
      return new Response(
        new ReadableStream({
          pull(controller) {
            if (turn++ === 0) controller.enqueue(chunk.slice(0, 10));
            else controller.error(new Error("on purpose"));
          },
        }, { highWaterMark: 0 }),
      );
    },
    notes: 1,
  },
  {
    name: "has a signal that tells when an answered request is done",
    handler: (request, _info, note) => {
      request.signal.addEventListener("abort", () => note("aborted"));
      note(`aborted at first: ${request.signal.aborted}`);
      return new Response("x");
    },
    notes: 1,
  },
  {
    name: "streams to a client that leaves",
    handler: (request, { completed }, note) => {
      watch(request, completed, note);
      return endless(note);
    },
    visit: async (asker) => {
      await asker.send(get());
      await asker.readPast("HTTP/1.1 200 OK\r\n");
      asker.close();
    },
    notes: 3,
  },
  {
    name: "sends events to a client that leaves while nothing is sent",
    handler: (request, { completed }, note) => {
      watch(request, completed, note);
      return silent(note);
    },
    visit: async (asker) => {
      await asker.send(get());
      await asker.readPast("data: 1\n\n");
      asker.close();
    },
    notes: 3,
  },
  {
    name: "sends events to a client that leaves, and has not read its body",
    handler: (request, { completed }, note) => {
      watch(request, completed, note);
      return silent(note);
    },
    visit: async (asker) => {
      await asker.send(post("a body"));
      await asker.readPast("data: 1\n\n");
      asker.close();
    },
    notes: 3,
  },
  {
    name: "waits while the client leaves",
    handler: (request, { completed }, note) => {
      note("waits");
      watch(request, completed, note);
      return new Promise<Response>((resolve) => {
        request.signal.addEventListener("abort", () => resolve(new Response("too late")));
      });
    },
    visit: async (asker, noted) => {
      await asker.send(get());
      await noted();
      asker.close();
    },
    notes: 3,
  },
  {
    name: "answers a client that has ended its side",
    handler: async (request, _info, note) => {
      note(`body: ${await request.text()}`);
      return new Response("x");
    },
    visit: async (asker) => {
      await asker.send(post("hello"));
      await asker.endWriting();
      await asker.readPast("HTTP/1.1 200 OK\r\n");
    },
    notes: 1,
  },
  {
    name: "reads the body of a client that leaves in the middle of it",
    handler: async (request, { completed }, note) => {
      note("reads");
      watch(request, completed, note);
      try {
        await request.text();
        note("read");
      } catch (error) {
        note(`not read, ${nameOf(error)}`);
      }
      return new Response("too late");
    },
    visit: async (asker, noted) => {
      await asker.send(message("POST", "/", ["Content-Length: 100"]) + "the first of it");
      await noted();
      asker.close();
    },
    notes: 4,
  },
];
