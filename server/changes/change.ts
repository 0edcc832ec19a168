// One request that changes something, with all that decides about it, and where it leads to.

import type { Folder } from "../files/folder.ts";
import type { SafePath } from "../files/safe_path.ts";
import type { Connection } from "../connection.ts";
import type { ServerRequest } from "../request.ts";
import { SEPARATOR } from "@std/path";
import { quote, Refusal } from "./refusal.ts";
import type { ChangeRights } from "./rights.ts";
import { parseTemporaryName } from "./temporary_name.ts";

/** How the site is reached, where that is not what the connection says. */
export interface ChangeSite {
  /** What a router cut off in front of the path, as `parsePrefix` gives it. Default: empty. */
  readonly prefix?: string;
  /** The authority that clients use. Default: that of the request. */
  readonly host?: string;
  /** Whether an authority is one that the site has. Default: each is, as nobody knows by which names it is reached. */
  readonly isOurs?: ((authority: string) => boolean) | undefined;
}

/** A request to change something. */
export interface Change {
  readonly con: Connection;
  readonly req: ServerRequest;
  /** What is changed. */
  readonly path: SafePath;
  readonly folder: Folder;
  readonly rights: ChangeRights;
  readonly site: ChangeSite;
}

/** The authority that a change is for. */
export function hostOf({ req, site }: Change): string {
  return site.host ?? req.headers["host"] ?? "";
}

/** Where a file or folder is, or will be. */
export interface Place {
  /** Absolute; its folder is real and inside of the root. */
  readonly path: string;
  /** The folder, with a separator at its end. */
  readonly parent: string;
  readonly name: string;
  /** The path that was asked for. */
  readonly asked: SafePath;
}

/** Finds the place of a path, which may be free; `action` is what a Refusal says cannot be done. */
export function placeOf(folder: Folder, path: SafePath, action: string): Place {
  if (path.relative === "") throw new Refusal(403, `${action}: it is the folder that is served`);
  const last = path.relative.slice(path.relative.lastIndexOf("/") + 1);
  // Where dot files are served, these are still nobody's.
  const resolved = parseTemporaryName(last) === undefined ? folder.resolveNew(path) : 404;
  if (typeof resolved === "number") {
    throw new Refusal(resolved, `${action}: ${REFUSED[resolved]}`);
  }
  const at = Math.max(resolved.lastIndexOf("/"), resolved.lastIndexOf(SEPARATOR)) + 1;
  return { path: resolved, parent: resolved.slice(0, at), name: resolved.slice(at), asked: path };
}

/** A path as it is shown to the client. */
export function nameOf(path: SafePath): string {
  return quote(path.relative.slice(path.relative.lastIndexOf("/") + 1) || "/");
}

/** Why a path is refused, by the status. */
export const REFUSED: Readonly<Record<number, string>> = {
  400: "its name is not one that can be used",
  403: "the server is not permitted to go there",
  404: "there is no such folder, or the name is not one that can be used",
  503: "the file system fails at the moment",
};
