// `serveEmbedded`: a site that is part of the program as a handler in Fetch's terms, as `serveFiles` is one for a
// folder.

import { type FilesHandler, handleFiles } from "../serve_files.ts";
import { EmbeddedSite, type EmbeddedSiteOptions } from "./embedded_site.ts";

/** Options of `serveEmbedded`. */
export interface ServeEmbeddedOptions extends EmbeddedSiteOptions {
  /** Path below which the site is served, such as `"/static"`, as for `serveFiles`. Default: `"/"`. */
  prefix?: string;
}

/**
 * Makes a handler that serves a site whose files are known beforehand, such as one that `deno compile --include`
 * puts into the program: index files, conditional requests, ranges, stored codings; GET, HEAD and OPTIONS, 405 to other
 * methods. What is not in the manifest is not there.
 *
 * The ETag of a file is its SHA-256, so that all replicas of a site, and each build of the same files, send the same; no
 * Last-Modified is sent. Files with a hash in their names are marked as immutable for caches, where `cacheControl`
 * says nothing else. A file is sent only if it is as long as the manifest says; those that are kept in memory
 * are also checked against their hash. If one is not, the answer is 503.
 *
 * @example A site, its manifest and the program that serves them
 * ```ts
 * import { buildManifest, serveEmbedded } from "@eco/http/server";
 * import { assertEquals } from "@std/assert";
 *
 * // Once, when the site is built; JSON keeps all of it, to be imported as a module.
 * const base = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${base}/index.html`, "<h1>hello</h1>");
 * const manifest = await buildManifest(base);
 *
 * // In the program; `base` would be new URL("site/", import.meta.url).
 * const site = serveEmbedded({ manifest, base });
 * const response = await site(new Request("http://localhost/"));
 * assertEquals(response.headers.get("etag"), manifest.files["index.html"]?.etag);
 * assertEquals(await response.text(), "<h1>hello</h1>");
 *
 * await Deno.remove(base, { recursive: true });
 * ```
 *
 * @param options The manifest, where the files are, and how to serve them.
 * @returns The handler.
 * @throws {TypeError} if an option or the manifest is not valid, or an option is not known.
 * @throws {RangeError} if a number among the options is out of its range.
 */
export function serveEmbedded(options: ServeEmbeddedOptions): FilesHandler {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot serve site: the options are no object");
  }
  const { prefix = "", ...ofSite } = options;
  return handleFiles(new EmbeddedSite(ofSite), prefix);
}
