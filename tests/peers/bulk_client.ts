// A client in a process of its own, so that the memory that is measured is its alone: `bulk_client.ts way url [file]`
// moves a large body and says as JSON what came of it. The server is `bulk_server.ts`.

import { bodyWithFile, Client, form, type RequestBody } from "../../client/mod.ts";
import { type MemoryUse, MemoryWatch } from "./memory_watch.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** The bodies without a length of their own. */
export const SIZE: number = 10 * GIB;
/** How often memory is looked at in bodies of that size. */
const STEP_BYTES = SIZE / 64;
const PERIOD = 251;

/** What came of it. */
export interface Moved {
  /** Bytes that arrived where the body was to go, and those of its pieces that were not in their places. */
  readonly arrived: [bytes: number, wrong?: number];
  /** Bytes that there were. */
  readonly bytes: number;
  readonly growth: MemoryUse;
}

/** A way to move a body. */
export type WayName =
  | "toPath"
  | "toFunction"
  | "fromGenerator"
  | "fromFile"
  | "fromForm"
  | "fromBlob";

/** Moves a body, and looks at the memory meanwhile. */
type Way = (client: Client, url: string, file: string) => Promise<Moved>;

const WAYS: Record<WayName, Way> = {
  /** Down, to a path that takes the bytes as they come and needs no room. */
  async toPath(client, url) {
    const watch = new MemoryWatch(GIB, STEP_BYTES);
    const { onProgress } = watch;
    await client.get(`${url}${SIZE}`, { bodyToFile: "/dev/null", onProgress });
    return { arrived: [watch.bytes], bytes: SIZE, growth: watch.growth() };
  },

  /** Down, to a function; the pieces are its own, and garbage then. */
  async toFunction(client, url) {
    const watch = new MemoryWatch(GIB, STEP_BYTES);
    const { onProgress } = watch;
    let received = 0;
    let wrong = 0;
    // A piece is at its place when both its ends are.
    await client.get(`${url}${SIZE}`, {
      bodyToFile(piece) {
        if (piece[0] !== received % PERIOD) wrong++;
        received += piece.length;
        if (piece.at(-1) !== (received - 1) % PERIOD) wrong++;
      },
      onProgress,
    });
    return { arrived: [received, wrong], bytes: SIZE, growth: watch.growth() };
  },

  fromGenerator(client, url) {
    const headers = { "Content-Length": String(SIZE) };
    return upload(client, url, generatedLater(SIZE), {
      bytes: SIZE,
      warmBytes: GIB,
      stepBytes: STEP_BYTES,
      headers,
    });
  },

  async fromFile(client, url, file) {
    const { size: bytes } = Deno.statSync(file);
    return await upload(client, url, await bodyWithFile(file), { bytes, warmBytes: GIB });
  },

  fromForm(client, url, file) {
    const body = form().add("a", "b").addFile("file", file);
    return upload(client, url, body, { bytes: body.contentLength, warmBytes: GIB });
  },

  fromBlob(client, url) {
    // The parts are one and the same, so that the Blob itself takes next to nothing.
    const part = new Blob([...generated(PERIOD * 1044)].map((it) => new Uint8Array(it)));
    const body = new Blob(Array<Blob>(4 * 1025).fill(part));
    return upload(client, url, body, { bytes: body.size, warmBytes: 64 * MIB });
  },
};

interface Upload {
  readonly bytes: number;
  /** After so many bytes everything that will be going is. */
  readonly warmBytes: number;
  readonly stepBytes?: number;
  readonly headers?: Record<string, string>;
}

async function upload(
  client: Client,
  url: string,
  body: RequestBody,
  { bytes, warmBytes, stepBytes, headers = {} }: Upload,
): Promise<Moved> {
  const watch = new MemoryWatch(warmBytes, stepBytes);
  const response = await client.request("PUT", url, body, {
    headers,
    onProgress: (progress) => {
      if (progress.direction === "up") watch.onProgress(progress);
    },
  });
  return { arrived: response.json(), bytes, growth: watch.growth() };
}

/** Bytes as the server expects them. */
function* generated(size: number): Generator<Uint8Array> {
  const block = Uint8Array.from({ length: PERIOD * 1044 }, (_, i) => i % PERIOD);
  for (let at = 0; at < size;) {
    const from = at % block.length;
    const piece = block.subarray(from, Math.min(block.length, from + size - at));
    at += piece.length;
    yield piece;
  }
}

async function* generatedLater(size: number): AsyncGenerator<Uint8Array> {
  yield* generated(size);
}

if (import.meta.main) {
  const [way, url, file = ""] = Deno.args;
  using client = new Client({ timeout: 0 });
  console.log(JSON.stringify(await WAYS[way as WayName](client, url!, file)));
}
