/**
 * The handlers in Fetch's terms that `serve()` and Deno.serve run, the very same of both, and what they answer if
 * all is right. Nothing here belongs to either server.
 */

import { createHash } from "node:crypto";
import { patternBlock } from "./pattern.ts";

/** Names of the handlers, which are those of the scenarios. */
export type HandlerName =
  | "serve-hello"
  | "serve-json"
  | "serve-post"
  | "serve-download"
  | "serve-upload";

/** A handler, given the length of the body that goes one way or the other. */
type MakeHandler = (bodyBytes: number) => (request: Request) => Response | Promise<Response>;

/** How much of a stream goes in one piece, as files are usually read. */
const PIECE_BYTES = 64 * 1024;

/** A value whose JSON is 1 KB. */
export const JSON_VALUE: { title: string; items: { id: number; text: string }[] } = makeValue();

function makeValue(): typeof JSON_VALUE {
  const items = Array.from(
    { length: 12 },
    (_, id) => ({ id, text: `item number ${id}`.padEnd(60, ".") }),
  );
  const left = 1024 - JSON.stringify({ title: "", items }).length;
  return { title: "t".repeat(left), items };
}

/** The handlers. */
export const HANDLERS: Record<HandlerName, MakeHandler> = {
  "serve-hello": () => () => new Response("hello"),
  "serve-json": () => () => Response.json(JSON_VALUE),
  "serve-post": () => async (request) => {
    const { items } = await request.json();
    return new Response(`${items.length} items`);
  },
  "serve-download": (bodyBytes) => {
    const pieces = smallPieces();
    return () => new Response(download(pieces, bodyBytes));
  },
  "serve-upload": () => async (request) => {
    const hash = request.url.endsWith("?digest") ? createHash("sha256") : undefined;
    let count = 0;
    for await (const piece of request.body!) {
      count += piece.length;
      hash?.update(piece);
    }
    return new Response(hash ? `${count} ${hash.digest("hex")}` : `${count}`);
  },
};

/** The answer to a POST of the value. */
export const POST_ANSWER: string = `${JSON_VALUE.items.length} items`;

function smallPieces(): Uint8Array<ArrayBuffer>[] {
  const block = patternBlock();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < block.length; at += PIECE_BYTES) {
    pieces.push(block.subarray(at, at + PIECE_BYTES));
  }
  return pieces;
}

/** So many bytes of the pattern, piece by piece as they are asked for. */
function download(
  pieces: Uint8Array<ArrayBuffer>[],
  bodyBytes: number,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      const piece = pieces[at / PIECE_BYTES % pieces.length]!;
      const left = bodyBytes - at;
      if (left > 0) controller.enqueue(left < piece.length ? piece.subarray(0, left) : piece);
      at += PIECE_BYTES;
      if (at >= bodyBytes) controller.close();
    },
  });
}
