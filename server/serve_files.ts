// `serveFiles`: a folder as a handler in Fetch's terms, over the same core as `con.serveFile`. Of a request it
// uses what every standard Request has, so it runs under any server and in any router.

import { HttpError } from "../wire/errors.ts";
import type { RequestFields } from "./files/conditional.ts";
import type { FolderOptions } from "./files/file_options.ts";
import { FileResponse } from "./files/file_response.ts";
import type { FileSource } from "./files/file_source.ts";
import { parsePrefix, pathBelow, rawTargetOf } from "./files/mount.ts";
import { serveFile } from "./files/serve_file.ts";
import { HotFiles } from "./hot/hot_files.ts";
import { markHot } from "./hot/hot_handlers.ts";
import { makeFolder } from "./served_folder.ts";

/** Options of `serveFiles`. */
export interface ServeFilesOptions extends FolderOptions {
  /**
   * Path below which the folder is served, such as `"/static"`: `/static/a.css` is `a.css` in the folder.
   * Compared as it is sent, segment by segment. Default: `"/"`. Elsewhere: 404.
   */
  prefix?: string;
}

/** What `serveFiles` returns: a handler for `serve`, `Deno.serve` and whatever else passes standard requests. */
export type FilesHandler = (request: Request) => Promise<Response>;

/** Fields of a request that the answer depends on. */
const ASKED = ["accept", "accept-encoding", "if-match", "if-unmodified-since"]
  .concat("if-none-match", "if-modified-since", "if-range", "range");

/** What may stand in a Location as it is. */
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/**
 * Makes a handler that serves the files of a folder: index files, media types, ETag, Last-Modified, conditional
 * requests, ranges, and what the options ask for; GET, HEAD and OPTIONS, 405 to other methods. Nothing outside of the
 * folder is served, nor are names that begin with a dot, but `.well-known` at its top, unless the options say so.
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
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot serve files: the options are no object");
  }
  const { prefix = "", ...ofFolder } = options;
  return handleFiles(makeFolder(ofFolder, "serve files"), prefix);
}

/** Makes a handler that serves the files of any source below a prefix; throws TypeError for what is none. */
export function handleFiles(source: FileSource, prefix: string): FilesHandler {
  const mount = parsePrefix(prefix);
  const handler: FilesHandler = async ({ method, url, headers }) => {
    const { path, query } = rawTargetOf(url);
    const below = pathBelow(mount, path);
    const answer = new FileResponse(method);
    if (below === undefined) {
      answer.sendError(404);
    } else if (below === "" && (method === "GET" || method === "HEAD")) {
      redirectInto(answer, path, query);
    } else {
      const request = {
        method,
        rawPath: below + query,
        headers: fieldsOf(headers),
        relative: true,
      };
      try {
        await serveFile(answer, request, source);
      } catch (error) {
        // As `con.serveFile` does: a file that shrank just now is a 503. What has a cause is somebody's to know.
        if (!(error instanceof HttpError) || error.cause !== undefined) throw error;
        return new Response(null, { status: error.status ?? 503 });
      }
    }
    return answer.response();
  };
  // A server of ours that calls nothing but this may answer in its place.
  markHot(handler, new HotFiles({ source, prefix: mount }));
  return handler;
}

/** Redirects from the prefix to the folder that is there; wherever a router has put it. */
function redirectInto(answer: FileResponse, path: string, query: string): void {
  if (!VISIBLE_ASCII.test(query)) return answer.sendError(400);
  answer.redirect(301, `./${path.slice(path.lastIndexOf("/") + 1)}/${query}`);
}

function fieldsOf(headers: Headers): RequestFields {
  const fields: Record<string, string> = Object.create(null);
  for (const name of ASKED) {
    const value = headers.get(name);
    if (value !== null) fields[name] = value;
  }
  return fields;
}
