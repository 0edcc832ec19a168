// From a safe path to the file that is sent for it, in whatever tree of files: itself, the index of a folder, a page
// without its extension, or what is sent for what is not there. Pure but for what the tree does.

import { cleanName, HTML } from "./clean_urls.ts";
import type { RequestFields } from "./conditional.ts";
import type { FolderSettings } from "./file_options.ts";
import type { Field, Found, FoundFile } from "./file_source.ts";
import type { FileRefusal } from "./locate.ts";
import { isPageRequest } from "./page_request.ts";
import type { SafePath } from "./safe_path.ts";

/** What is sent for what is not there depends on what the client takes. */
const VARY_ACCEPT: Field = ["Vary", "Accept"];

/** Files by their paths. */
export interface Tree<File extends object> {
  readonly settings: Pick<FolderSettings, "index" | "spa" | "notFound" | "cleanUrls">;
  /** Whether a folder without index file is something to be found. */
  readonly lists: boolean;
  /** What is at a path below the top. */
  look(relative: string): File | "folder" | FileRefusal;
  /** The form of a file that fits the client. */
  form(relative: string, file: File, fields: RequestFields): FoundFile;
}

/** What to send for a path. */
export function findInTree<File extends object>(
  tree: Tree<File>,
  path: SafePath,
  fields: RequestFields,
): Found {
  const found = path.folder ? findIndex(tree, path, fields) : findFile(tree, path, fields);
  if (found !== 404) return found;
  const { spa } = tree.settings;
  if (spa !== false && isPageRequest(path, fields)) {
    const file = tree.look(spa);
    if (typeof file === "object") {
      const page = tree.form(spa, file, fields);
      return { ...page, fields: [...page.fields ?? [], VARY_ACCEPT] };
    }
  }
  return findMissing(tree, fields);
}

/** What to send for a path that nothing can be at. */
export function findMissing<File extends object>(tree: Tree<File>, fields: RequestFields): Found {
  const { notFound } = tree.settings;
  if (notFound === undefined) return 404;
  const file = tree.look(notFound);
  return typeof file === "object" ? { ...tree.form(notFound, file, fields), status: 404 } : 404;
}

function findFile<File extends object>(
  tree: Tree<File>,
  { relative }: SafePath,
  fields: RequestFields,
): Found {
  const { cleanUrls, index } = tree.settings;
  const found = tree.look(relative);
  if (typeof found === "object") {
    const clean = cleanUrls ? cleanName(relative, index) : undefined;
    if (clean === undefined) return tree.form(relative, found, fields);
    if (clean.isFolder) return { kind: "redirect", to: "./" };
    // There may be a file of that name as well, which has it for itself.
    return typeof tree.look(clean.path) === "object"
      ? tree.form(relative, found, fields)
      : { kind: "redirect", to: lastSegment(clean.path) };
  }
  if (cleanUrls && (found === "folder" || found === 404)) {
    const page = tree.look(relative + HTML);
    if (typeof page === "object") {
      return lastSegment(relative) + HTML === index
        ? { kind: "redirect", to: "./" }
        : tree.form(relative + HTML, page, fields);
    }
  }
  return found === "folder" ? { kind: "redirect", to: `${lastSegment(relative)}/` } : found;
}

function findIndex<File extends object>(
  tree: Tree<File>,
  path: SafePath,
  fields: RequestFields,
): Found {
  const { relative } = path;
  const name = relative === "" ? tree.settings.index : `${relative}/${tree.settings.index}`;
  const found = tree.look(name);
  if (typeof found === "object") return tree.form(name, found, fields);
  if (found !== "folder" && found !== 404) return found;
  if (!tree.lists) return 404;
  const folder = tree.look(relative);
  if (folder === "folder") return { kind: "folder", path };
  return typeof folder === "object" ? 404 : folder;
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
