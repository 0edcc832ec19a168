/**
 * Finds the Deno standard library's file server (serveDir). Where JSR answers it is
 * jsr:@std/http/file-server. Where it does not, it is the same source as published to npm in
 * deno-std, which leaves a few modules out; they are filled in here.
 */

import { installPackage, TOOL_DEADLINE_MS } from "./npm_package.ts";
import { runTool } from "./process.ts";

/** Where serveDir comes from. */
export interface StdFileServer {
  /** What to import. */
  specifier: string;
  /** For the report. */
  label: string;
}

const JSR_SPECIFIER = "jsr:@std/http@^1.0.20/file-server";
const NPM_NAME = "deno-std";
const NPM_VERSION = "1.4.0";

// Real: http/file_server.js itself, and all it runs for a file: paths, media types, ETags, status.
// Stood in: two tables of constants, the media types under the folder name that the file server asks
// for, and four modules that are never run here: they serve the command line, the listing of a folder
// and the option cleanUrls.
const NOT_RUN = `throw new Error("Cannot run this: the bench has no real module for it");`;
const GAPS: Record<string, string> = {
  "http/unstable_method.js": `export const METHOD = { Get: "GET", Head: "HEAD" };`,
  "http/unstable_header.js": `export const HEADER = {
  AcceptRanges: "Accept-Ranges",
  AccessControlAllowHeaders: "Access-Control-Allow-Headers",
  AccessControlAllowOrigin: "Access-Control-Allow-Origin",
  ContentLength: "Content-Length",
  ContentRange: "Content-Range",
  ContentType: "Content-Type",
  ETag: "ETag",
  IfModifiedSince: "If-Modified-Since",
  IfNoneMatch: "If-None-Match",
  LastModified: "Last-Modified",
  Range: "Range",
};`,
  "media-types/content_type.js": `export * from "../media_types/content_type.js";`,
  "http/deno.json": `{ "version": "${NPM_NAME} ${NPM_VERSION}" }`,
  "html/unstable_html.js": `export function html() { ${NOT_RUN} }`,
  "net/unstable_get_network_address.js": `export function getNetworkAddress() { ${NOT_RUN} }`,
  "fs/exists.js": `export function exists() { ${NOT_RUN} }`,
};

/** Makes serveDir importable; `scratch` is an empty folder that must live as long as the server. */
export async function prepareStdFileServer(
  scratch: string,
  signal: AbortSignal,
): Promise<StdFileServer> {
  const limits = { signal, timeoutMs: TOOL_DEADLINE_MS, cwd: scratch };
  try {
    await runTool(Deno.execPath(), ["cache", "--quiet", "--no-config", JSR_SPECIFIER], limits);
    return { specifier: JSR_SPECIFIER, label: JSR_SPECIFIER };
  } catch {
    // JSR does not answer, or answers without the file server: npm then.
    signal.throwIfAborted();
  }
  const folder = await installPackage(NPM_NAME, NPM_VERSION, limits);
  for (const [path, source] of Object.entries(GAPS)) {
    await Deno.mkdir(`${folder}/${path}`.replace(/\/[^/]+$/, ""), { recursive: true });
    // createNew: what the package does have is never replaced.
    await Deno.writeTextFile(`${folder}/${path}`, source + "\n", { createNew: true });
  }
  return {
    specifier: `file://${await Deno.realPath(`${folder}/http/file_server.js`)}`,
    label: `npm:${NPM_NAME}@${NPM_VERSION}/http/file_server.js`,
  };
}
