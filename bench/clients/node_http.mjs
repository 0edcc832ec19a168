// node:http, run by Node.js: a keep-alive Agent with a socket for each request in flight.
import { createReadStream } from "node:fs";
import { Agent, request } from "node:http";
import { repeating, requireOk, serveJobs } from "./runs.mjs";

let agent;

function open({ work, url, file, bodyBytes, inFlight }) {
  agent ??= new Agent({ keepAlive: true, maxSockets: inFlight, maxFreeSockets: inFlight });
  const { hostname, port, pathname, search } = new URL(url);
  const target = { agent, hostname, port, path: pathname + search };
  const works = {
    get: (see) => text({ ...target, method: "GET" }, see),
    download: (see) =>
      new Promise((resolve, reject) => {
        request({ ...target, method: "GET" }, (response) => {
          let bytes = 0;
          response.on("data", (piece) => {
            bytes += piece.length;
            see?.(piece);
          });
          finish(response, () => resolve(bytes), reject);
        }).on("error", reject).end();
      }),
    upload: async (see) => {
      const headers = { "content-length": bodyBytes };
      const body = createReadStream(file, { highWaterMark: 1024 * 1024 });
      return Number.parseInt(await answer({ ...target, method: "POST", headers }, body, see));
    },
  };
  return { run: works[work] };
}

async function text(options, see) {
  return (await answer(options, undefined, see)).length;
}

function answer(options, body, see) {
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece) => text += piece);
      finish(response, () => {
        see?.(text);
        resolve(text);
      }, reject);
    }).on("error", reject);
    if (body) body.on("error", reject).pipe(sent);
    else sent.end();
  });
}

function finish(response, resolve, reject) {
  response.on("error", reject).on("end", () => {
    try {
      requireOk(response.statusCode);
      resolve();
    } catch (error) {
      reject(error);
    }
  });
}

await serveJobs(repeating(open));
