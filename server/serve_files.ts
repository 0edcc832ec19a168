// `serveFiles`: a folder as a handler in Fetch's terms, over the same core as `con.serveFile`. Of a request it
// uses what every standard Request has, so it runs under any server and in any router.

import { HttpError } from "../wire/errors.ts";
import { FileResponse } from "./files/file_response.ts";
import { Folder } from "./files/folder.ts";
import { parsePrefix, pathBelow, rawTargetOf } from "./files/mount.ts";
import type { RequestFields } from "./files/preconditions.ts";
import { redirectToFolder, serveFile } from "./files/serve_file.ts";

/** Options of `serveFiles`. */
export interface ServeFilesOptions {
  /** Folder to serve. Default: `"."`, the working directory at the time of the first request. */
  docroot?: string;
  /** File served for a folder. Default: `"index.html"`. */
  index?: string;
  /** Whether a `.gz` sibling is preferred for clients that accept gzip. Default: false. */
  gzip?: boolean;
  /**
   * Path below which the folder is served, such as `"/static"`: `/static/a.css` is `a.css` in the folder.
   * Compared as it is sent, segment by segment. Default: `"/"`. Elsewhere: 404.
   */
  prefix?: string;
}

/** What `serveFiles` returns: a handler for `serve`, `Deno.serve` and whatever else passes standard requests. */
export type FilesHandler = (request: Request) => Promise<Response>;

/** The options, each with the type of its value. */
const TYPES: ReadonlyMap<string, string> = new Map(
  [
    ["docroot", "string"],
    ["index", "string"],
    ["gzip", "boolean"],
    ["prefix", "string"],
  ] satisfies [keyof ServeFilesOptions, string][],
);

/** Fields of a request that the answer depends on. */
const ASKED = ["accept-encoding", "if-none-match", "if-modified-since", "if-range", "range"];

/**
 * Makes a handler that serves the files of a folder: index files, media types, ETag, Last-Modified, conditional
 * requests, one byte range, `.gz` siblings; GET, HEAD and OPTIONS, 405 to other methods. Nothing outside of the
 * folder is ever served, nor are names that begin with a dot, but `.well-known` at its top.
 *
 * @example Under a prefix, beside something of one's own
 * ```ts
 * import { serveFiles } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * const files = serveFiles({ docroot: ".", prefix: "/static" });
 *
 * async function handler(request: Request): Promise<Response> {
 *   const { pathname } = new URL(request.url);
 *   return pathname.startsWith("/static/") ? await files(request) : new Response("hello");
 * }
 *
 * const response = await handler(new Request("http://localhost/static/README.md"));
 * assertEquals(response.status, 200);
 * assertEquals(response.headers.get("content-type"), "text/markdown; charset=UTF-8");
 * await response.body?.cancel();
 * ```
 *
 * @param options The folder, and how to serve it.
 * @returns The handler. It rejects when the folder itself cannot be read.
 * @throws {TypeError} if an option is not valid or not known.
 */
export function serveFiles(options: ServeFilesOptions = {}): FilesHandler {
  checkTypes(options);
  const prefix = parsePrefix(options.prefix ?? "");
  const folder = new Folder(options);

  return async (request) => {
    const { method, url, headers } = request;
    const { path, query } = rawTargetOf(url);
    const below = pathBelow(prefix, path);
    const answer = new FileResponse(path);
    if (below === undefined) {
      answer.sendError(404);
    } else if (below === "" && (method === "GET" || method === "HEAD")) {
      redirectToFolder(answer, "", query);
    } else {
      const rawPath = below + query;
      try {
        await serveFile(answer, { method, rawPath, headers: fieldsOf(headers) }, folder);
      } catch (error) {
        // As `con.serveFile` does: a file that shrank just now is a 503.
        if (!(error instanceof HttpError)) throw error;
        return new Response(null, { status: error.status ?? 500 });
      }
    }
    return answer.response();
  };
}

function fieldsOf(headers: Headers): RequestFields {
  const fields: Record<string, string> = Object.create(null);
  for (const name of ASKED) {
    const value = headers.get(name);
    if (value !== null) fields[name] = value;
  }
  return fields;
}

/** What is misspelt must not serve another folder than was meant. */
function checkTypes(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot serve files: the options are no object");
  }
  for (const [name, value] of Object.entries(options)) {
    const type = TYPES.get(name);
    if (type === undefined) throw new TypeError(`Cannot serve files: no option "${name}"`);
    if (value !== undefined && (typeof value !== type || (value === "" && name !== "prefix"))) {
      const wanted = type === "boolean" ? "neither true nor false" : "not a text";
      throw new TypeError(`Cannot serve files: option "${name}" is ${wanted}`);
    }
  }
}
