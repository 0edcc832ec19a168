// Answers for a folder that has no file which stands for it: with a page for people, or with JSON for programs.

import { accepts } from "@std/http/negotiation";
import { HttpError } from "../../wire/errors.ts";
import type { FileRequest, FileResponder, Listing } from "../files/file_source.ts";
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
  list(path: SafePath): AsyncIterable<FolderEntry>;
}

const HTML = "text/html";
const JSON_TYPE = "application/json";
const NO_RIGHTS: PageRights = { upload: false, edit: false, overwrite: false, zip: false };

/** What answers for the folders in `folder`; `rights` is what the page offers to its visitors. */
export function makeListing(folder: ListedFolder, rights: PageRights = NO_RIGHTS): Listing {
  const snapshots = new Snapshots((path) => folder.list(path));
  let policy: Promise<string> | undefined;

  return async (con, req, path) => {
    const type = wantedType(req.headers["accept"]);
    try {
      const answer = req.method === "HEAD"
        ? await lookInto(folder.list(path))
        : type === JSON_TYPE
        ? await jsonOf(req, path)
        : await pageOf(req, path);
      con.setStatus(200);
      con.addHeader("Content-Type", type === HTML ? `${HTML}; charset=utf-8` : type);
      putFields(
        con,
        type === HTML ? await (policy ??= contentSecurityPolicy(STYLE, SCRIPT)) : undefined,
      );
      if (answer !== undefined) con.sendKept(new TextEncoder().encode(answer));
    } catch (error) {
      if (!(error instanceof HttpError) || error.status === undefined) throw error;
      con.sendError(error.status);
    }
    return true;
  };

  async function jsonOf(req: FileRequest, path: SafePath): Promise<string> {
    const { all } = await snapshots.take(path, isFresh(req));
    return listingToJson(path.relative, await selectEntries(all, viewOf(req)), rights);
  }

  async function pageOf(req: FileRequest, path: SafePath): Promise<string> {
    const view = viewOf(req);
    const { all, cut } = await snapshots.take(path, isFresh(req));
    const selection = await selectEntries(all, view);
    const entry = view.filter === "" && selection.page === 1 ? findReadme(all) : undefined;
    const readme = entry && await readReadme(folder, path, entry);
    return listingToHtml({ path: path.relative, view, selection, cut, rights, readme });
  }
}

/** Throws what looking at the first entry throws. */
async function lookInto(list: AsyncIterable<FolderEntry>): Promise<undefined> {
  for await (const _ of list) return;
}

function wantedType(accept: string | undefined): typeof HTML | typeof JSON_TYPE {
  if (accept === undefined) return HTML;
  const headers = new Headers({ Accept: accept });
  // Whoever takes neither gets the page, as does whoever takes anything.
  return accepts({ headers }, HTML, JSON_TYPE) === JSON_TYPE ? JSON_TYPE : HTML;
}

function putFields(con: FileResponder, policy: string | undefined): void {
  con.addHeader("Cache-Control", "no-cache");
  con.appendHeader("Vary", "Accept");
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
