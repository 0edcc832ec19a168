// Answers with a folder and all that may be asked for below it as one zip file, made while it is sent: stored, not
// compressed, so that its length is known before.

import { basename, resolve } from "@std/path";
import type { Connection } from "../connection.ts";
import type { ServerRequest } from "../request.ts";
import type { Folder } from "../files/folder.ts";
import { statusOfFileError } from "../files/locate.ts";
import type { SafePath } from "../files/safe_path.ts";
import { HttpError } from "../../wire/errors.ts";
import { walkFolder, type ZipEntry } from "./zip_entries.ts";
import type { ZipStream } from "./zip_stream.ts";

/** Archives of more entries are begun before all of them are known, and have no Content-Length. */
const MAX_KNOWN = 10_000;
/** What is made before it is sent, in bytes. */
const SENT_AT_ONCE = 65536;

/** Answers a GET or HEAD for the folder at `path`. */
export async function answerZip(
  con: Connection,
  req: ServerRequest,
  path: SafePath,
  folder: Folder,
  maxKnown: number = MAX_KNOWN,
): Promise<void> {
  const { method } = req;
  if (method !== "GET" && method !== "HEAD") {
    con.addHeader("Allow", "GET, HEAD");
    return con.sendError(405);
  }
  const libraries = await tryLoad();
  // Without a descriptor to read them by.
  if (libraries === undefined) return con.sendError(503);
  const [{ predictLength }, { ZipStream }, { create }] = libraries;
  const top = topName(folder, path);
  const entries = walkFolder(folder, path, top);
  try {
    const known = await takeSome(entries, maxKnown + 1);
    if (typeof known === "number") return con.sendError(known);
    con.addHeader("Content-Type", "application/zip");
    con.addHeader("Content-Disposition", create(`${top}.zip`));
    con.addHeader("X-Content-Type-Options", "nosniff");
    con.addHeader("Cache-Control", "no-cache");
    const isAll = known.length <= maxKnown;
    if (isAll) con.addHeader("Content-Length", String(predictLength(known.map(sizeOf))));
    if (method === "HEAD") return;
    await send(con, new ZipStream(folder, isAll ? known : chain(known, entries), isAll));
  } finally {
    await entries.return();
  }
}

/**
 * Loads what only archives need, for a site that will give some: without descriptors that would fail, and Deno 2.9.6
 * panics when it fails more than once.
 */
export async function prepareZip(): Promise<void> {
  await tryLoad();
}

let loading: Promise<Libraries | undefined> | undefined;

function tryLoad(): Promise<Libraries | undefined> {
  loading ??= load().catch(() => {
    // The next one may have more luck.
    loading = undefined;
    return undefined;
  });
  return loading;
}

type Libraries = Awaited<ReturnType<typeof load>>;

// deno-lint-ignore explicit-function-return-type
function load() {
  return Promise.all([
    import("client-zip"),
    import("./zip_stream.ts"),
    import("content-disposition"),
  ]);
}

/** Up to `count` entries; or the status that says why there are none. */
async function takeSome(
  entries: AsyncGenerator<ZipEntry, void>,
  count: number,
): Promise<ZipEntry[] | number> {
  const taken: ZipEntry[] = [];
  try {
    while (taken.length < count) {
      const { value } = await entries.next();
      if (value === undefined) break;
      taken.push(value);
    }
    return taken;
  } catch (error) {
    if (error instanceof HttpError && error.code === "file") return error.status ?? 503;
    const status = statusOfFileError(error);
    if (status === undefined) throw error;
    return status;
  }
}

async function* chain(
  first: readonly ZipEntry[],
  rest: AsyncIterable<ZipEntry>,
): AsyncGenerator<ZipEntry, void> {
  yield* first;
  yield* rest;
}

/** What the length of an archive follows from. */
function sizeOf({ name, kind, size }: ZipEntry): { name: string; size: number } | { name: string } {
  return kind === "file" ? { name, size } : { name };
}

async function send(con: Connection, zip: ZipStream): Promise<void> {
  try {
    let unsent = 0;
    for (let piece; (piece = await zip.read()) !== undefined;) {
      con.send(piece);
      unsent += piece.length;
      if (unsent < SENT_AT_ONCE) continue;
      unsent = 0;
      await con.flush();
    }
  } finally {
    await zip.close();
  }
}

/** What the archive, and the folder in it, is called. */
function topName(folder: Folder, { relative }: SafePath): string {
  const name = relative === ""
    ? basename(resolve(folder.settings.docroot))
    : relative.slice(relative.lastIndexOf("/") + 1);
  return /^[\/]*$/.test(name) ? "files" : name;
}
