// The paths of pages without their extension: `/about` for `about.html`. Pure.

/** What a page is called beyond its path. */
export const HTML = ".html";

/** Where a page is to be asked for. */
export interface CleanPath {
  /** Below the folder. */
  readonly path: string;
  /** Whether it is the folder that the page stands for. */
  readonly isFolder: boolean;
}

/** Where the file at `relative` is to be asked for instead, if it is a page; `index` is the name of index files. */
export function cleanName(relative: string, index: string): CleanPath | undefined {
  const slash = relative.lastIndexOf("/");
  const name = relative.slice(slash + 1);
  if (name === index) return { path: relative.slice(0, Math.max(slash, 0)), isFolder: true };
  if (!name.endsWith(HTML) || name.length === HTML.length) return undefined;
  return { path: relative.slice(0, -HTML.length), isFolder: false };
}
