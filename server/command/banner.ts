// What is said at start: what is served, where, with which rights, and how to do it with the least. Pure.

import { isUnspecified } from "./addresses.ts";
import { asksForPasswords, type ServeSettings } from "./settings.ts";

/** What is known once the server listens. */
export interface BannerFacts {
  readonly settings: ServeSettings;
  /** The folder, absolute. */
  readonly root: string;
  /** The address, as it was given to listen on. */
  readonly url: string;
  /** All URLs, where it listens on all addresses; `undefined` where they may not be known. */
  readonly urls: readonly string[] | undefined;
  /** The flag that would tell them. */
  readonly addressesFlag: string;
  /** The rights of the process, in words. */
  readonly rights: string;
  /** The command with the least rights. */
  readonly command: string;
}

/** The first lines of the output. The first one tells the address; the others begin with two spaces. */
export function bannerLines(facts: BannerFacts): string[] {
  const { settings, root, url, urls, addressesFlag, rights, command } = facts;
  const lines = [`Serving ${JSON.stringify(root)} on ${url}`];
  if (isUnspecified(settings.host)) {
    if (urls === undefined) {
      lines.push(`  At all addresses of this machine; ${addressesFlag} lists them`);
    }
    for (const it of urls ?? []) lines.push(`  At ${it}`);
  }
  lines.push(`  Clients may ${clientsMay(settings)}`);
  lines.push(`  Rights of this process: ${rights || "none"}`);
  lines.push(`  Least rights: ${command}`);
  return lines;
}

function clientsMay(settings: ServeSettings): string {
  const { files, rights } = settings.site;
  const may = ["read files"];
  if (files.listing) may.push("list folders");
  if (rights.zip) may.push("get folders as zip");
  if (rights.upload) may.push("upload files");
  if (rights.edit) may.push("make folders, rename and delete");
  if (rights.overwrite) may.push("replace files");
  const who = asksForPasswords(settings) ? ", with a password" : "";
  return `${may.join(", ")}${who}`;
}

/** What whoever starts this should think about, a line each; `isReachable`: from other machines. */
export function warningsFor(settings: ServeSettings, isReachable: boolean): string[] {
  const { upload, edit } = settings.site.rights;
  if (!isReachable || asksForPasswords(settings) || (!upload && !edit)) return [];
  const what = upload && edit
    ? "upload, rename and delete"
    : upload
    ? "upload"
    : "rename and delete";
  return [`anybody who reaches ${settings.host} may ${what} files; --auth asks for a password`];
}
