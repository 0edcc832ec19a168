// Clients that leave in the middle, a thousand times each way: every handler learns of it, and nothing is left behind.

import { assert, assertEquals } from "@std/assert";
import { ClosedError } from "../../wire/errors.ts";
import { serve, type ServeHandler } from "../../server/mod.ts";
import { isGone } from "../conformance/raw_client.ts";
import { until } from "../conformance/waiting.ts";
import { countDescriptors } from "../open_descriptors.ts";

const ROUNDS = 1000;
const AT_ONCE = 20;
const PIECE = new Uint8Array(16384);
const encoder = new TextEncoder();

/** What the handlers learned, counted. */
class Tally {
  handled = 0;
  cancelled = 0;
  readFailed = 0;
  aborted = 0;
  notCompleted = 0;
  /** What should not have happened. */
  readonly wrong: string[] = [];

  isWhole(): boolean {
    const { handled, cancelled, readFailed, aborted, notCompleted } = this;
    return cancelled + readFailed === handled && aborted === handled && notCompleted === handled;
  }
}

/** A stream that is cancelled by the client's leaving, or never ends. */
function endless(tally: Tally, pull: UnderlyingDefaultSource["pull"], first: Uint8Array) {
  return new ReadableStream({
    start: (controller) => controller.enqueue(first),
    pull,
    cancel(reason) {
      tally.cancelled++;
      if (!(reason instanceof ClosedError)) tally.wrong.push(`cancelled with ${reason}`);
    },
  }) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** As fast as it goes, for some; the others turn the event loop, and send less than sockets take at once. */
function sendMore(tally: Tally): UnderlyingDefaultSource["pull"] {
  if (tally.handled % 10 === 0) return (controller) => controller.enqueue(PIECE.slice());
  return async (controller) => {
    await new Promise((resolve) => setTimeout(resolve, 0));
    try {
      controller.enqueue(PIECE.slice());
    } catch {
      // It was cancelled meanwhile.
    }
  };
}

/** One, and nothing after it. */
function sendEvent(tally: Tally): Response {
  return new Response(endless(tally, undefined, encoder.encode("data: 1\n\n")), {
    headers: { "content-type": "text/event-stream" },
  });
}

/** What the handlers answer. */
const ANSWERS: Record<string, (tally: Tally, request: Request) => Response | Promise<Response>> = {
  "/download": (tally) => new Response(endless(tally, sendMore(tally), PIECE.slice())),
  "/events": sendEvent,
  "/events behind a body that nobody reads": sendEvent,
  "/upload": async (tally, request) => {
    try {
      for await (const piece of request.body!) assert(piece.length > 0);
      tally.wrong.push("the body came to an end");
    } catch (error) {
      tally.readFailed++;
      if (!(error instanceof ClosedError)) tally.wrong.push(`reading failed with ${error}`);
    }
    return new Response("too late");
  },
};

function watchful(tally: Tally): ServeHandler {
  return (request, { completed }) => {
    tally.handled++;
    request.signal.addEventListener("abort", () => tally.aborted++);
    completed.then(() => tally.wrong.push("completed"), (error) => {
      tally.notCompleted++;
      if (!(error instanceof ClosedError)) tally.wrong.push(`not completed because of ${error}`);
    });
    return ANSWERS[decodeURI(new URL(request.url).pathname)]!(tally, request);
  };
}

const FIELDS = "HTTP/1.1\r\nHost: a\r\n";
const ASKED: Record<string, Uint8Array<ArrayBuffer>> = {
  "/download": encoder.encode(`GET /download ${FIELDS}\r\n`),
  "/events": encoder.encode(`GET /events ${FIELDS}\r\n`),
  "/events behind a body that nobody reads": encoder.encode(
    `POST /events%20behind%20a%20body%20that%20nobody%20reads ${FIELDS}Content-Length: 100\r\n\r\nx`,
  ),
  "/upload": encoder.encode(`POST /upload ${FIELDS}Content-Length: 100000\r\n\r\nthe first of it`),
};

/** Comes, and leaves: with bytes unread, which resets the connection, or after it has ended its side. */
async function visit(port: number, path: string, index: number): Promise<void> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(ASKED[path]!);
  if (path !== "/upload") await conn.read(new Uint8Array(index % 2 === 0 ? 100 : 65536));
  if (index % 3 !== 0) return;
  try {
    await conn.closeWrite();
    if (index % 2 === 0) { while (await conn.read(new Uint8Array(65536)) !== null); }
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

async function visitAll(port: number, path: string, rounds: number): Promise<void> {
  let index = 0;
  const work = async (): Promise<void> => {
    while (index < rounds) await visit(port, path, index++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

for (const path of Object.keys(ANSWERS)) {
  const what = path.slice(1);
  Deno.test(`${ROUNDS} clients that leave in the middle of ${what} leave nothing behind`, async () => {
    const tally = new Tally();
    const options = { hostname: "127.0.0.1", port: 0, onListen: () => {}, onError: () => {} };
    await using server = serve(options, watchful(tally));
    const { port } = server.addr;
    // Who does not wait for an answer may be gone before it is accepted.
    const isOver = (visits: number): boolean => {
      const { accepted, connections } = server.stats();
      return accepted === visits && connections === 0;
    };
    // What the runtime opens once stays open.
    await visitAll(port, path, AT_ONCE);
    await until("the first are gone", () => isOver(AT_ONCE));
    const before = countDescriptors();
    await visitAll(port, path, ROUNDS);
    const all = ROUNDS + AT_ONCE;
    await until("all are gone", () => isOver(all));
    await until("all handlers know", () => tally.isWhole()).catch(() => {});
    const reads = what === "upload" ? all : 0;
    const { handled, cancelled, readFailed, aborted, notCompleted, wrong } = tally;
    assertEquals({
      handled,
      cancelled,
      readFailed,
      aborted,
      notCompleted,
      wrong: [...new Set(wrong)],
    }, {
      handled: all,
      cancelled: all - reads,
      readFailed: reads,
      aborted: all,
      notCompleted: all,
      wrong: [],
    });
    const { connections, idle, active, lingering, openFiles } = server.stats();
    assertEquals([connections, idle, active, lingering, openFiles], [0, 0, 0, 0, 0]);
    await until(`${before} descriptors are open`, () => countDescriptors() <= before);
  });
}
