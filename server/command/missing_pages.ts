// Pages that are to be sent for what is not there, and are not there themselves: nothing else would tell.

import type { FileOptions } from "../files/file_options.ts";
import type { FileSource } from "../files/file_source.ts";
import type { SafePath } from "../files/safe_path.ts";

/** The option of such a page, and the file that it names. */
export type MissingPage = readonly [option: "spa" | "404", file: string];

/** The pages that `files` names and that `source`, which was made of it, does not have. */
export function missingPages(
  { spa, notFound }: FileOptions,
  source: Pick<FileSource, "find">,
): MissingPage[] {
  const missing: MissingPage[] = [];
  if (typeof spa === "string" && !hasFile(source, spa)) missing.push(["spa", spa]);
  if (notFound !== undefined && !hasFile(source, notFound)) missing.push(["404", notFound]);
  return missing;
}

/** What is said of such a page; `subject` is its option. */
export function missingPageMessage(subject: string, [, file]: MissingPage): string {
  return `${subject} names ${JSON.stringify(file)}, which is no file in the site`;
}

function hasFile(source: Pick<FileSource, "find">, relative: string): boolean {
  const found = source.find({ relative, folder: false } as SafePath, {});
  if (typeof found === "number") return false;
  // A redirect without a slash at its end leads to a page's clean name; one to "./" does so for an index.
  if (found.kind === "redirect") return found.to === "./" || !found.to.endsWith("/");
  return found.kind === "file" && found.status === undefined;
}
