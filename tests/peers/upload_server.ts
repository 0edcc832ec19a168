// A server in a process of its own that takes forms apart, so that the memory that is measured is its alone.
// It answers with what it found as JSON. `/events` reads with `con.readFormData`, `/parts` with
// `parseMultipart` on `con.readable`, and `/signal` does so with a signal that nobody aborts.

import { parseContentDisposition, parseMultipart } from "../../multipart/mod.ts";
import { type Connection, listen, type ServerRequest } from "../../server/mod.ts";
import { type MemoryUse, MemoryWatch } from "./memory_watch.ts";

/** After so many bytes everything that will be going is. */
const WARM_BYTES = 128 * 1024 * 1024;

/** What the server found. */
export interface Found {
  method: string;
  /** The fields that say how the body came. */
  transferEncoding?: string;
  expect?: string;
  /** Name, file name and size of each part. */
  parts: [name: string, filename: string | null, bytes: number][];
  /** By how much memory grew; only for large forms. */
  growth?: MemoryUse;
}

type Parts = Found["parts"];

async function readEvents(
  con: Connection,
  req: ServerRequest,
  watch: MemoryWatch,
): Promise<Parts> {
  const parts: Parts = [];
  let current: Parts[number] | undefined;
  while (true) {
    const event = await con.readFormData(req);
    if (event.type === "end") return parts;
    if (event.type === "header") {
      if (event.name !== "content-disposition") continue;
      const { name = "", filename = null } = parseContentDisposition(event.value);
      current = [name, filename, 0];
      parts.push(current);
    } else {
      current![2] += event.data.length;
      watch.onProgress({ bytes: watch.bytes + event.data.length });
    }
  }
}

async function readParts(con: Connection, req: ServerRequest, watch: MemoryWatch): Promise<Parts> {
  const signal = req.path === "/signal" ? new AbortController().signal : undefined;
  const parts: Parts = [];
  for await (const part of parseMultipart(con.readable, req.headers["content-type"], { signal })) {
    const found: Parts[number] = [part.name, part.filename ?? null, 0];
    for await (const piece of part.body) {
      found[2] += piece.length;
      watch.onProgress({ bytes: watch.bytes + piece.length });
    }
    parts.push(found);
  }
  return parts;
}

if (import.meta.main) {
  const options = { maxBodyBytes: Infinity };
  const server = listen("127.0.0.1", 0, options, async (con, req) => {
    const watch = new MemoryWatch(WARM_BYTES);
    const read = req.path === "/events" ? readEvents : readParts;
    const found: Found = {
      method: req.method,
      transferEncoding: req.headers["transfer-encoding"],
      expect: req.headers["expect"],
      parts: await read(con, req, watch),
      growth: watch.bytes > 2 * WARM_BYTES ? watch.growth() : undefined,
    };
    con.send(JSON.stringify(found));
  });
  console.log(`port ${(server.addr as Deno.NetAddr).port}.`);
}
