// Answers for a folder that has no file which stands for it: with a page for people, or with JSON for programs.

import { HttpError } from "../../wire/errors.ts";
import type { Coding, FileRequest, FileResponder, Listing } from "../files/file_source.ts";
import { compressFile } from "../files/compress_file.ts";
import { isWorthCompressing } from "../files/compressible.ts";
import { preferredType } from "../preferred_type.ts";
import { MADE, wantedCodings } from "../files/encodings.ts";
import type { FolderEntry } from "../files/folder_entries.ts";
import type { SafePath } from "../files/safe_path.ts";
import { selectEntries } from "./entries.ts";
import { listingToJson } from "./json.ts";
import { listingToHtml } from "./page.ts";
import { contentSecurityPolicy } from "./policy.ts";
import { findReadme, type ReadmeSource, readReadme } from "./readme.ts";
import type { PageRights } from "./rights.ts";
import { SCRIPT } from "./script.ts";
import { Snapshots } from "./snapshots.ts";
import { STYLE } from "./style.ts";
import { parseView } from "./view.ts";

/** What is needed of a folder to list what is in it. */
export interface ListedFolder extends ReadmeSource {
  /** How often something in it was changed by us. */
  readonly changes?: number;
  readonly settings?: { readonly compress: boolean };
  /** `unlisted` hears of each entry that has a name which nobody can ask for. */
  list(path: SafePath, unlisted?: () => void): AsyncIterable<FolderEntry>;
}

const HTML = "text/html";
const JSON_TYPE = "application/json";
const NO_RIGHTS: PageRights = { upload: false, edit: false, overwrite: false, zip: false };

/** What answers for the folders in `folder`; `rights` is what the page offers to its visitors. */
export function makeListing(folder: ListedFolder, rights: PageRights = NO_RIGHTS): Listing {
  const snapshots = new Snapshots(
    (path, unlisted) => folder.list(path, unlisted),
    () => folder.changes ?? 0,
  );
  const offered = folder.settings?.compress ? MADE : [];
  let policy: Promise<string> | undefined;

  return async (con, req, path) => {
    const type = wantedType(req.headers["accept"]);
    let answer: string | undefined;
    try {
      answer = req.method === "HEAD"
        ? await lookInto(folder.list(path))
        : type === JSON_TYPE
        ? await jsonOf(req, path)
        : await pageOf(req, path);
    } catch (error) {
      if (!(error instanceof HttpError) || error.status === undefined) throw error;
      con.sendError(error.status);
      return true;
    }
    con.setStatus(200);
    con.addHeader("Content-Type", type === HTML ? `${HTML}; charset=utf-8` : type);
    putFields(
      con,
      type === HTML ? await (policy ??= contentSecurityPolicy(STYLE, SCRIPT)) : undefined,
    );
    con.appendHeader("Vary", offered.length > 0 ? "Accept, Accept-Encoding" : "Accept");
    if (answer !== undefined) await send(con, req, type, answer, offered);
    return true;
  };

  function jsonOf(req: FileRequest, path: SafePath): Promise<string> {
    return snapshots.use(path, isFresh(req), async ({ all, unlisted }) => {
      return listingToJson(path.relative, await selectEntries(all, viewOf(req)), rights, unlisted);
    });
  }

  function pageOf(req: FileRequest, path: SafePath): Promise<string> {
    const view = viewOf(req);
    return snapshots.use(path, isFresh(req), async ({ all, cut, unlisted }) => {
      const selection = await selectEntries(all, view);
      const entry = view.filter === "" && selection.page === 1 ? findReadme(all) : undefined;
      const readme = entry && await readReadme(folder, path, entry);
      return listingToHtml({ path: path.relative, view, selection, cut, unlisted, rights, readme });
    });
  }
}

/** Sends the answer, compressed where that is `offered` and worth it. */
async function send(
  con: FileResponder,
  { headers }: FileRequest,
  type: string,
  answer: string,
  offered: readonly Coding[],
): Promise<void> {
  const bytes = new TextEncoder().encode(answer);
  const [coding] = isWorthCompressing(type, bytes.length)
    ? wantedCodings(headers["accept-encoding"], offered)
    : [];
  if (coding === undefined) return con.sendKept(bytes);
  con.addHeader("Content-Encoding", coding);
  await con.sendStream(compressFile(bytes, coding));
}

/** Throws what looking at the first entry throws. */
async function lookInto(list: AsyncIterable<FolderEntry>): Promise<undefined> {
  for await (const _ of list) return;
}

function wantedType(accept: string | undefined): typeof HTML | typeof JSON_TYPE {
  // Whoever takes neither gets the page, as does whoever takes anything.
  return preferredType(accept, HTML, JSON_TYPE) === JSON_TYPE ? JSON_TYPE : HTML;
}

function putFields(con: FileResponder, policy: string | undefined): void {
  con.addHeader("Cache-Control", "no-cache");
  con.addHeader("X-Content-Type-Options", "nosniff");
  // Not "no-referrer": with that, browsers hide the origin of forms, which uploads are checked by.
  con.addHeader("Referrer-Policy", "same-origin");
  if (policy !== undefined) con.addHeader("Content-Security-Policy", policy);
}

function viewOf({ rawPath }: FileRequest): ReturnType<typeof parseView> {
  const at = rawPath.indexOf("?");
  return parseView(at < 0 ? "" : rawPath.slice(at + 1));
}

/** Whether what is remembered will not do (RFC 9111 5.2.1.4). */
function isFresh({ headers }: FileRequest): boolean {
  return /(?:^|,)\s*no-cache\s*(?:,|$)/i.test(headers["cache-control"] ?? "");
}
