// Answers a request that changes files: uploads and edits, as far as the rights go. What a method may not do at all is
// 405 with a true Allow; what it may not do here is told in a sentence. Errors of the file system are never 500.

import type { Connection } from "../connection.ts";
import type { Folder } from "../files/folder.ts";
import type { SafePath } from "../files/safe_path.ts";
import { partsOf } from "../connection.ts";
import { preferredType } from "../preferred_type.ts";
import { pathOf, type ServerRequest } from "../request.ts";
import { type Change, type ChangeSite, hostOf, nameOf, REFUSED } from "./change.ts";
import { makeFolder, move, remove } from "./edit.ts";
import { putFile } from "./put_file.ts";
import { quote, Refusal, refusalOf } from "./refusal.ts";
import { type Answer, beginUpload, continueUpload, dropUpload, tellUpload } from "./resumable.ts";
import { allowedMethods, type ChangeRights, type PathKind } from "./rights.ts";
import { isSameOrigin } from "./same_origin.ts";
import { uploadForm } from "./upload_form.ts";

const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];

/**
 * Answers `req`, whose path below the site's prefix is `path`: every method but the GET and HEAD that read files,
 * and every HEAD with `upload` in its query. Rejects only when the connection, or the request's body as such,
 * fails.
 */
export async function answerChange(
  con: Connection,
  req: ServerRequest,
  path: SafePath,
  folder: Folder,
  rights: ChangeRights,
  site: ChangeSite = {},
): Promise<void> {
  const change: Change = { con, req, path, folder, rights, site };
  try {
    await answer(change);
  } catch (error) {
    const refusal = refusalOf(error, `Cannot ${WHAT[req.method] ?? "upload"} ${nameOf(path)}`);
    if (refusal === undefined) throw error;
    answerRefusal(con, req, refusal);
  } finally {
    // What is remembered of files may be about what was there before.
    if (!SAFE_METHODS.includes(req.method)) folder.forget();
  }
}

/** Answers a request to change something whose path is none, with the `status` that `parseSafePath` gives. */
export function refusePath(con: Connection, req: ServerRequest, status: 400 | 404): void {
  const action = `Cannot ${WHAT[req.method] ?? "upload"}`;
  answerRefusal(con, req, new Refusal(status, `${action}: ${REFUSED[status]}`));
}

const WHAT: Readonly<Record<string, string>> = {
  DELETE: "delete",
  MKCOL: "make folder",
  MOVE: "move",
};

async function answer(change: Change): Promise<void> {
  const { con, req, path, rights } = change;
  const id = req.query["upload"];
  const kind: PathKind = id !== undefined ? "upload" : path.folder ? "folder" : "file";
  const allow = allowedMethods(kind, rights).join(", ");
  if (req.method === "OPTIONS") return answerWith(con, { status: 204, fields: { Allow: allow } });
  if (!allow.split(", ").includes(req.method)) {
    throw new Refusal(405, `Cannot use ${req.method}: it is not allowed here`, { Allow: allow });
  }
  if (!SAFE_METHODS.includes(req.method)) checkOrigin(change);
  if (id !== undefined && rights.upload) return answerWith(con, await answerUpload(change, id));
  switch (req.method) {
    case "POST":
      if (req.headers["upload-length"] === undefined) return await answerForm(change);
      return answerWith(con, await beginUpload(change));
    case "PUT":
      return answerWith(con, { status: await putFile(change), fields: {} });
    case "MKCOL":
      await makeFolder(change);
      return answerWith(con, { status: 201, fields: {} });
    case "MOVE":
      return answerWith(con, { status: await move(change), fields: {} });
    case "DELETE":
      await remove(change);
      return answerWith(con, { status: 204, fields: {} });
  }
  // GET and HEAD are answered by whoever serves files.
  throw new Refusal(405, `Cannot use ${req.method}: nothing is changed by it`, { Allow: allow });
}

function answerUpload(change: Change, id: string): Promise<Answer> {
  switch (change.req.method) {
    case "HEAD":
      return tellUpload(change, id);
    case "PATCH":
      return continueUpload(change, id);
    default:
      return dropUpload(change, id);
  }
}

function checkOrigin(change: Change): void {
  const { con, req, site } = change;
  const host = hostOf(change);
  // The name of another site may lead here by now, and its pages are of the same origin then ("DNS rebinding").
  if (site.isOurs?.(host) === false) {
    throw new Refusal(421, `Cannot use ${req.method}: ${quote(host)} is no name of this machine`);
  }
  const secure = partsOf(con).channel.host.scheme === "https";
  if (isSameOrigin(req.headers, host, secure)) return;
  throw new Refusal(403, `Cannot use ${req.method}: the request comes from another site`);
}

async function answerForm(change: Change): Promise<void> {
  const { con, req } = change;
  const files = await uploadForm(change);
  if (accepted(req, "application/json", "text/html") === "text/html") {
    // Relative, so that it holds below any prefix.
    const path = pathOf(req.rawPath);
    const last = path.slice(path.lastIndexOf("/") + 1);
    return con.redirect(303, last === "" ? "./" : `./${last}/`);
  }
  con.setStatus(201);
  con.addHeader("Content-Type", "application/json");
  con.send(JSON.stringify({ files }));
}

function answerWith(con: Connection, { status, fields }: Answer): void {
  con.setStatus(status);
  for (const [name, value] of Object.entries(fields)) con.addHeader(name, value);
}

function answerRefusal(con: Connection, req: ServerRequest, refusal: Refusal): void {
  const { status, message, fields } = refusal;
  const isJson = accepted(req, "text/plain", "application/json") === "application/json";
  answerWith(con, { status, fields });
  con.addHeader("Content-Type", isJson ? "application/json" : "text/plain; charset=utf-8");
  con.addHeader("X-Content-Type-Options", "nosniff");
  con.send(isJson ? JSON.stringify({ error: message }) : `${message}\n`);
}

/** The one of two media types that the client likes better: the first one where it does not care. */
function accepted(req: ServerRequest, first: string, second: string): string {
  return preferredType(req.headers["accept"], first, second) ?? first;
}
