// Answers a request with what stands behind its path. The status is decided first and the file opened last, so
// that no answer without a body ever holds a descriptor.

import { pathOf } from "../request.ts";
import { compressFile } from "./compress_file.ts";
import type { FileRequest, FileResponder, FileSource, FoundFile } from "./file_source.ts";
import { type FileRefusal, refusing, WINDOWS_NAMES } from "./locate.ts";
import { joinPieces, openLocated, readWhole, readWholeLater } from "./open_file.ts";
import { ALLOWED_METHODS, type Plan, planFile } from "./plan.ts";
import { parseSafePath } from "./safe_path.ts";

// A file that is replaced while it is being looked at is looked at anew, but not for ever.
const MAX_ATTEMPTS = 3;
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/** Answers `req`; true once it is answered, be it with an error. */
export async function serveFile(
  con: FileResponder,
  req: FileRequest,
  source: FileSource,
): Promise<boolean> {
  const { method } = req;
  if (method !== "GET" && method !== "HEAD") return refuseMethod(con, method);

  const path = parseSafePath(pathOf(req.rawPath), { windows: WINDOWS_NAMES, ...source.pathPolicy });
  if (path === 400) return refuse(con, path);

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = path === 404
      ? source.missing?.(req.headers) ?? 404
      : source.find(path, req.headers);
    if (typeof found === "number") return refuse(con, found);
    if (found.kind === "redirect") return redirect(con, req, found.to);
    if (found.kind === "folder") {
      return source.listing === undefined
        ? refuse(con, 404)
        : await source.listing(con, req, found.path);
    }
    const plan = planFile(method, req.headers, found, Date.now());
    if (plan.count === 0) return answerWithoutBody(con, plan);
    if (await sendBody(con, plan, found, source)) return true;
  }
  return refuse(con, 503);
}

/** Answers with a body; false if the file is no longer what it was. */
async function sendBody(
  con: FileResponder,
  plan: Plan,
  found: FoundFile,
  source: FileSource,
): Promise<boolean> {
  if (found.bytes !== undefined) return await answerFromMemory(con, plan, found.bytes);
  const file = tryOpen(found);
  if (typeof file === "number") return refuse(con, file);
  if (file === undefined) return false;
  let given = false;
  try {
    // A folder on the way may have been swapped for a link between the look and the opening.
    if (!source.confirms(found)) return false;
    if (source.keeps(found)) {
      const bytes = await tryRead(file, found.size);
      if (typeof bytes === "number") return refuse(con, bytes);
      if (bytes === undefined) return false;
      source.keep(found, bytes);
      return await answerFromMemory(con, plan, bytes);
    }
    putHead(con, plan);
    const { offset, count, pieces, compress } = plan;
    const { facts, size } = found;
    if (compress !== undefined) {
      // That it can be opened is known now; it is opened again when the stream is read.
      given = true;
      file.close();
      await con.sendStream(compressFile({ facts, offset, count: size }, compress));
      return true;
    }
    given = true;
    if (pieces === undefined) await con.sendOpened(file, offset, count, facts.path);
    else await con.sendPieces(file, facts.path, pieces);
    return true;
  } finally {
    if (!given) file.close();
  }
}

function tryOpen(found: FoundFile): Deno.FsFile | FileRefusal | undefined {
  return refusing(() => openLocated(found.facts));
}

/** Up to this size a file is read at once, which is far cheaper where it is in the system's memory, in bytes. */
const SMALL_BYTES = 65536;

async function tryRead(
  file: Deno.FsFile,
  size: number,
): Promise<Uint8Array<ArrayBuffer> | FileRefusal | undefined> {
  if (size <= SMALL_BYTES) return refusing(() => readWhole(file, size));
  const read = await readWholeLater(file, size).catch((error: unknown) => () => {
    throw error;
  });
  return typeof read === "function" ? refusing(read) : read;
}

async function answerFromMemory(
  con: FileResponder,
  plan: Plan,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<true> {
  putHead(con, plan);
  const { offset, count, pieces, compress } = plan;
  if (compress !== undefined) await con.sendStream(compressFile(bytes, compress));
  else if (pieces !== undefined) con.sendKept(joinPieces(pieces, bytes));
  else con.sendKept(count === bytes.length ? bytes : bytes.subarray(offset, offset + count));
  return true;
}

function refuseMethod(con: FileResponder, method: string): true {
  con.addHeader("Allow", ALLOWED_METHODS);
  if (method !== "OPTIONS") return refuse(con, 405);
  con.setStatus(204);
  return true;
}

/** Redirects to `to`, in the folder that the request's path is in, with its query. */
function redirect(con: FileResponder, req: FileRequest, to: string): true {
  const path = pathOf(req.rawPath);
  const query = req.rawPath.slice(path.length);
  if (!VISIBLE_ASCII.test(query)) return refuse(con, 400);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  // A safe path has no empty segment, so this cannot begin with "//" and name another host.
  const base = req.relative === true ? "./" : `${req.prefix ?? ""}${folder}`;
  const name = to === "./" ? "" : escapeSegment(to);
  con.redirect(301, `${base}${name}${query}`);
  return true;
}

/** Escapes a name, with or without a slash at its end, for a path. */
function escapeSegment(name: string): string {
  // These may stand in a path as they are (RFC 3986 3.3).
  return encodeURIComponent(name.toWellFormed())
    .replace(/%(?:24|26|2B|2C|3A|3B|3D|40)|%2F$/g, decodeURIComponent);
}

function answerWithoutBody(con: FileResponder, plan: Plan): true {
  putHead(con, plan);
  if (plan.status === 412 || plan.status === 416) con.sendError(plan.status);
  return true;
}

function putHead(con: FileResponder, plan: Plan): void {
  con.setStatus(plan.status);
  for (const [name, value] of plan.fields) {
    // What else an answer varies by is the application's to know.
    if (name === "Vary") con.appendHeader(name, value);
    else con.addHeader(name, value);
  }
}

function refuse(con: FileResponder, status: number): true {
  con.sendError(status);
  return true;
}
