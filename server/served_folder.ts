// A folder as the options of a server or of `serveFiles` want it, with its listings.

import type { FolderOptions, FolderSettings } from "./files/file_options.ts";
import { Folder } from "./files/folder.ts";
import { makeListing } from "./listing/answer_listing.ts";

/** Makes it; throws TypeError or RangeError that names an option, `action` is what could not be done then. */
export function makeFolder(options: FolderOptions | FolderSettings, action: string): Folder {
  const folder = new Folder(options, action);
  if (folder.settings.listing) folder.listing = makeListing(folder);
  return folder;
}
