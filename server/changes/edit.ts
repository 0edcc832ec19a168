// MKCOL, MOVE and DELETE (as RFC 4918 has them): new folders, new names, and nothing. What is changed is what has the
// name in its real folder: a link itself, never what it leads to.

import { SEPARATOR } from "@std/path";
import { type Change, hostOf, nameOf, placeOf } from "./change.ts";
import { parseDestination } from "./destination.ts";
import { checkName } from "./free_name.ts";
import { checkConditions } from "./conditions.ts";
import {
  lookAt,
  newFolder,
  placeFile,
  placeFolder,
  placeOver,
  removeFile,
  removeFolder,
} from "./place.ts";
import { codeOf, quote, Refusal } from "./refusal.ts";
import { allowedMethods } from "./rights.ts";

/** Makes a folder. */
export async function makeFolder(change: Change): Promise<void> {
  const { path, folder, req, rights } = change;
  const action = `Cannot make folder ${nameOf(path)}`;
  const { headers } = req;
  if (Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined) {
    throw new Refusal(415, `${action}: the request has a body`);
  }
  const exists = new Refusal(405, `${action}: there is something of that name already`, {
    Allow: allowedMethods("folder", rights).filter((it) => it !== "MKCOL").join(", "),
  });
  if (path.relative === "") throw exists;
  const place = placeOf(folder, path, action);
  await newFolder(place.path).catch((error: unknown) => {
    throw codeOf(error) === "EEXIST" ? exists : error;
  });
}

/** Gives a file or folder another name, perhaps in another folder; the status to answer with. */
export async function move(change: Change): Promise<201 | 204> {
  const { path, folder, req, rights, site } = change;
  const action = `Cannot move ${nameOf(path)}`;
  const destination = req.headers["destination"];
  if (destination === undefined) throw new Refusal(400, `${action}: Destination is missing`);
  const target = parseDestination(
    destination,
    hostOf(change),
    site.prefix ?? "",
    folder.pathPolicy,
  );
  if (typeof target === "number") {
    throw new Refusal(target, `${action}: its Destination is not a path that can be used`);
  }
  const from = placeOf(folder, path, action);
  const info = await lookAt(from.path);
  if (info === undefined) throw new Refusal(404, `${action}: there is no such file or folder`);
  checkConditions(change, info, action);
  const to = placeOf(folder, target, action);
  if (to.path === from.path) throw new Refusal(403, `${action}: it would stay where it is`);
  if (info.isSymlink) checkLink(change, to.parent === from.parent, action);
  const isInside = to.parent.startsWith(`${from.path}/`) ||
    to.parent.startsWith(from.path + SEPARATOR);
  if (info.isDirectory && isInside) {
    throw new Refusal(409, `${action}: it would be inside of itself`);
  }

  const mayReplace = rights.overwrite && req.headers["overwrite"]?.toUpperCase() !== "F";
  const before = await checkTarget(change, () => checkName(to, mayReplace, action));
  if (before !== undefined && info.isDirectory) {
    throw new Refusal(409, `${action}: a folder does not take the place of ${quote(to.name)}`);
  }
  try {
    if (info.isDirectory) await placeFolder(from.path, to.path);
    else if (mayReplace) await placeOver(from.path, to.path);
    else await placeFile(from.path, to.path);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw new Refusal(409, `${action}: there is one already`);
    throw error;
  }
  return before === undefined ? 201 : 204;
}

/** Removes a file, a link, or a folder with all that is in it. */
export async function remove(change: Change): Promise<void> {
  const { path, folder } = change;
  const action = `Cannot delete ${nameOf(path)}`;
  const place = placeOf(folder, path, action);
  const info = await lookAt(place.path);
  if (info === undefined) throw new Refusal(404, `${action}: there is no such file or folder`);
  checkConditions(change, info, action);
  if (info.isDirectory) await removeFolder(place.path);
  else await removeFile(place.path);
}

/** Throws a Refusal for a link that is not served, or would lead elsewhere. */
function checkLink({ folder, path }: Change, isSameFolder: boolean, action: string): void {
  if (typeof folder.open().look(path.relative) === "number") {
    throw new Refusal(404, `${action}: it is a link that leads to nothing that is served`);
  }
  // What is relative in a link is so to its folder.
  if (!isSameFolder) throw new Refusal(409, `${action}: a link stays in its folder`);
}

/** RFC 4918 9.8.4: what must not be replaced is a precondition where the request says so. */
async function checkTarget<T>({ req }: Change, check: () => Promise<T>): Promise<T> {
  try {
    return await check();
  } catch (error) {
    const isAsked = req.headers["overwrite"] !== undefined;
    if (!isAsked || !(error instanceof Refusal) || error.status !== 409) throw error;
    throw new Refusal(412, error.message);
  }
}
