// undici, run by Node.js: `request` of a Pool with a connection for each request in flight, which is
// its fastest call that hands out an answer. The argument is the folder where undici is installed.
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import process from "node:process";
import { repeating, requireOk, serveJobs } from "./runs.mjs";

const { Pool } = createRequire(`${process.argv[2]}/`)("undici");

let pool;

function open({ work, url, file, bodyBytes, inFlight }) {
  const { origin, pathname, search } = new URL(url);
  pool ??= new Pool(origin, { connections: inFlight, pipelining: 1 });
  const path = pathname + search;
  const works = {
    get: async (see) => {
      const { statusCode, body } = await pool.request({ path, method: "GET" });
      requireOk(statusCode);
      const text = await body.text();
      see?.(text);
      return text.length;
    },
    download: async (see) => {
      const { statusCode, body } = await pool.request({ path, method: "GET" });
      requireOk(statusCode);
      let bytes = 0;
      await new Promise((resolve, reject) => {
        body.on("data", (piece) => {
          bytes += piece.length;
          see?.(piece);
        }).on("end", resolve).on("error", reject);
      });
      return bytes;
    },
    upload: async (see) => {
      const { statusCode, body } = await pool.request({
        path,
        method: "POST",
        headers: { "content-length": String(bodyBytes) },
        body: createReadStream(file, { highWaterMark: 1024 * 1024 }),
      });
      requireOk(statusCode);
      const text = await body.text();
      see?.(text);
      return Number.parseInt(text);
    },
  };
  return { run: works[work] };
}

await serveJobs(repeating(open));
