// No client at all: the runtime's own write and read on a connection. A small answer is one write and
// one read, and only its length is looked at. What it reaches is the most that a client on
// `Deno.connect` could.
import { type Answer, readAnswer, readSome, writeAll } from "../raw_http.ts";
import type { Job, Lane } from "./job.ts";
import { repeating, serveJobs } from "./runs.mjs";

const READ_BYTES = 64 * 1024;
const FILE_BYTES = 1024 * 1024;

async function open(job: Job): Promise<Lane> {
  const { hostname, port, pathname, search } = new URL(job.url);
  const conn = await Deno.connect({ hostname, port: Number(port) });
  conn.setNoDelay(true);
  const method = job.work === "upload" ? "POST" : "GET";
  const length = job.work === "upload" ? `Content-Length: ${job.bodyBytes}\r\n` : "";
  const request = new TextEncoder().encode(
    `${method} ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n${length}\r\n`,
  );
  const buffer = new Uint8Array(READ_BYTES);
  // Once an answer was read and understood, those that follow it are as long.
  let known: Answer | undefined;
  const works: Record<Job["work"], Lane["run"]> = {
    async get(see) {
      await writeAll(conn, request);
      if (known) {
        for (let left = known.bytes; left > 0;) left -= await readSome(conn, buffer);
      } else {
        known = await readAnswer(conn, buffer, job.bodyBytes, see);
      }
      return known.bodyBytes;
    },
    async download(see) {
      await writeAll(conn, request);
      return (await readAnswer(conn, buffer, job.bodyBytes, see)).bodyBytes;
    },
    async upload(see) {
      await writeAll(conn, request);
      await sendFile(conn, job.file);
      let text = "";
      await readAnswer(conn, buffer, undefined, (piece) => {
        text += new TextDecoder().decode(piece);
      });
      see?.(text);
      return Number.parseInt(text);
    },
  };
  return { run: works[job.work], close: () => conn.close() };
}

async function sendFile(conn: Deno.Conn, path: string): Promise<void> {
  using file = Deno.openSync(path);
  const block = new Uint8Array(FILE_BYTES);
  for (let count; (count = file.readSync(block)) !== null;) {
    await writeAll(conn, block.subarray(0, count));
  }
}

await serveJobs(repeating(open));
