// A page of a listing as JSON. Pure.

import type { Selection } from "./entries.ts";
import type { PageRights } from "./rights.ts";

/** The JSON text of a page of the folder `path`, which has no slash at either end. */
export function listingToJson(
  path: string,
  selection: Selection,
  rights: PageRights,
  unlisted: number,
): string {
  const { total, page, pages } = selection;
  const entries = selection.entries.map(({ name, kind, size, mtimeMs }) => ({
    name,
    type: kind,
    size,
    modified: mtimeMs === null ? null : new Date(mtimeMs).toISOString(),
  }));
  const { upload, edit, overwrite, zip } = rights;
  return JSON.stringify({
    ...{ path: path === "" ? "/" : `/${path}/`, entries, total, page, pages, unlisted },
    rights: { upload, edit, overwrite, zip },
  });
}
