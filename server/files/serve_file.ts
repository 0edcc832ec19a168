// Answers a request with a file of a folder. The status is decided first and the file opened last, so
// that no answer without a body ever holds a descriptor.

import type { Folder, FoundFile } from "./folder.ts";
import { type FileRefusal, statusOfFileError, WINDOWS_NAMES } from "./locate.ts";
import { openLocated, readWhole } from "./open_file.ts";
import { ALLOWED_METHODS, type Plan, planFile } from "./plan.ts";
import type { RequestFields } from "./preconditions.ts";
import { pathOf } from "../request.ts";
import { parseSafePath } from "./safe_path.ts";

/** What is needed of a connection to answer with a file. */
export interface FileResponder {
  setStatus(code: number): void;
  addHeader(name: string, value: string): void;
  /** Answers with an error; fields that were added before are kept. */
  sendError(code: number): void;
  redirect(code: number, location: string): void;
  /** Sends bytes that nobody changes any more, without copying them first. */
  sendKept(bytes: Uint8Array<ArrayBuffer>): void;
  /** Sends exactly `count` bytes from `offset`, and closes the file whatever happens. */
  sendOpened(file: Deno.FsFile, offset: number, count: number, path: string): Promise<void> | void;
}

/** What is needed of a request. */
export interface FileRequest {
  readonly method: string;
  /** Path and query as they were sent; origin form, or `*`. */
  readonly rawPath: string;
  readonly headers: RequestFields;
}

// A file that is replaced while it is being looked at is looked at anew, but not for ever.
const MAX_ATTEMPTS = 3;
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/** Answers `req`; true once it is answered, be it with an error. */
export async function serveFile(
  con: FileResponder,
  req: FileRequest,
  folder: Folder,
): Promise<boolean> {
  const { method } = req;
  if (method !== "GET" && method !== "HEAD") return refuseMethod(con, method);

  const rawPath = pathOf(req.rawPath);
  const path = parseSafePath(rawPath, WINDOWS_NAMES);
  if (typeof path === "number") return refuse(con, path);

  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = folder.find(path, req.headers["accept-encoding"]);
    if (typeof found === "number") return refuse(con, found);
    if (found === "redirect") {
      return redirectToFolder(con, rawPath, req.rawPath.slice(rawPath.length));
    }
    const plan = planFile(method, req.headers, found, Date.now());
    if (plan.count === 0) return answerWithoutBody(con, plan);
    if (found.bytes !== undefined) return answerFromMemory(con, plan, found.bytes);
    const file = tryOpen(found);
    if (typeof file === "number") return refuse(con, file);
    if (file === undefined) continue;
    // A folder on the way may have been swapped for a link between the look and the opening.
    if (!folder.confirms(found)) {
      file.close();
      continue;
    }
    if (folder.keeps(found)) {
      const bytes = takeWhole(file, found.size);
      if (bytes === undefined) continue;
      folder.keep(found, bytes);
      return answerFromMemory(con, plan, bytes);
    }
    try {
      putHead(con, plan);
    } catch (error) {
      file.close();
      throw error;
    }
    await con.sendOpened(file, plan.offset, plan.count, found.facts.path);
    return true;
  }
  return refuse(con, 503);
}

function tryOpen(found: FoundFile): Deno.FsFile | FileRefusal | undefined {
  try {
    return openLocated(found.facts);
  } catch (error) {
    const status = statusOfFileError(error);
    if (status === undefined) throw error;
    return status;
  }
}

function takeWhole(file: Deno.FsFile, size: number): Uint8Array<ArrayBuffer> | undefined {
  try {
    return readWhole(file, size);
  } finally {
    file.close();
  }
}

function answerFromMemory(con: FileResponder, plan: Plan, bytes: Uint8Array<ArrayBuffer>): true {
  putHead(con, plan);
  const { offset, count } = plan;
  con.sendKept(count === bytes.length ? bytes : bytes.subarray(offset, offset + count));
  return true;
}

function refuseMethod(con: FileResponder, method: string): true {
  con.addHeader("Allow", ALLOWED_METHODS);
  if (method !== "OPTIONS") return refuse(con, 405);
  con.setStatus(204);
  return true;
}

/** Redirects from a folder named without its slash; `query` begins with `?` or is empty. */
export function redirectToFolder(con: FileResponder, rawPath: string, query: string): true {
  if (!VISIBLE_ASCII.test(query)) return refuse(con, 400);
  // A safe path has no empty segment, so this cannot begin with "//" and name another host.
  con.redirect(301, `${rawPath}/${query}`);
  return true;
}

function answerWithoutBody(con: FileResponder, plan: Plan): true {
  putHead(con, plan);
  if (plan.status === 416) con.sendError(416);
  return true;
}

function putHead(con: FileResponder, plan: Plan): void {
  con.setStatus(plan.status);
  for (const [name, value] of plan.fields) con.addHeader(name, value);
}

function refuse(con: FileResponder, status: number): true {
  con.sendError(status);
  return true;
}
