// MKCOL, MOVE and DELETE (as RFC 4918 has them): new folders, new names, and nothing. What is changed is what has the
// name in its real folder: a link itself, never what it leads to.

import { isBelow } from "../files/below.ts";
import { type Change, hostOf, nameOf, type Place, placeOf } from "./change.ts";
import { parseDestination } from "./destination.ts";
import { checkName } from "./free_name.ts";
import { checkConditions } from "./conditions.ts";
import { confirmPlaces, holdPlaces } from "./hold_places.ts";
import { checkMovable, checkRemovable, isServed } from "./look_inside.ts";
import {
  lookAt,
  newFolder,
  placeFile,
  placeFolder,
  placeOver,
  removeFile,
  removeFolder,
} from "./place.ts";
import { quote, Refusal } from "./refusal.ts";
import { codeOf } from "../system_code.ts";
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
  await holdPlaces(change, [place], action, () => newFolder(place.path)).catch((error: unknown) => {
    throw codeOf(error) === "EEXIST" ? exists : error;
  });
}

/** Gives a file or folder another name, perhaps in another folder; the status to answer with. */
export async function move(change: Change): Promise<201 | 204> {
  const { path, folder, req, site } = change;
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
  const to = placeOf(folder, target, action);
  if (to.path === from.path) throw new Refusal(403, `${action}: it would stay where it is`);
  return await holdPlaces(change, [from, to], action, () => moveHeld(change, from, to, action));
}

async function moveHeld(
  change: Change,
  from: Place,
  to: Place,
  action: string,
): Promise<201 | 204> {
  const { folder, req, rights } = change;
  const info = await lookAtServed(change, from, action);
  checkConditions(change, info, action);
  // What is relative in a link is so to its folder.
  if (info.isSymlink && to.parent !== from.parent) {
    throw new Refusal(409, `${action}: a link stays in its folder`);
  }
  if (info.isDirectory && isBelow(to.parent, from.path)) {
    throw new Refusal(409, `${action}: ${INSIDE}`);
  }

  const mayReplace = rights.overwrite && req.headers["overwrite"]?.toUpperCase() !== "F";
  const before = await checkTarget(change, () => checkName(to, mayReplace, action));
  if (before !== undefined && info.isDirectory) {
    throw new Refusal(409, `${action}: a folder does not take the place of ${quote(to.name)}`);
  }
  if (info.isDirectory) await checkMovable(folder, from, to, action);
  confirmPlaces(change, [from, to], action);
  try {
    if (info.isDirectory) await placeFolder(from.path, to.path);
    else if (mayReplace) await placeOver(from.path, to.path);
    else await placeFile(from.path, to.path);
  } catch (error) {
    throw moveError(error, info.isDirectory, action);
  }
  return before === undefined ? 201 : 204;
}

/** Removes a file, a link, or a folder with all that is in it. */
export async function remove(change: Change): Promise<void> {
  const { path, folder } = change;
  const action = `Cannot delete ${nameOf(path)}`;
  const place = placeOf(folder, path, action);
  await holdPlaces(change, [place], action, async () => {
    const info = await lookAtServed(change, place, action);
    checkConditions(change, info, action);
    if (info.isDirectory) await checkRemovable(folder, place, action);
    // Looking takes a while, in which another process may have put a link on the way.
    confirmPlaces(change, [place], action);
    if (info.isDirectory) await removeFolder(place.path);
    else await removeFile(place.path);
  });
}

const INSIDE = "it would be inside of itself";

/** What an error of the file system means for a move. */
export function moveError(error: unknown, isFolder: boolean, action: string): unknown {
  const code = codeOf(error);
  if (code === "EEXIST") return new Refusal(409, `${action}: there is one already`);
  // Another process has moved the target into what is moved.
  if (code === "EINVAL" && isFolder) return new Refusal(409, `${action}: ${INSIDE}`);
  return error;
}

/** What has a name, links not followed. Throws a Refusal, 404, for what cannot be read by that name either. */
async function lookAtServed(
  { folder, path }: Change,
  place: Place,
  action: string,
): Promise<Deno.FileInfo> {
  const info = await lookAt(place.path);
  if (info === undefined || !isServed(folder, path.relative)) {
    throw new Refusal(404, `${action}: there is no such file or folder`);
  }
  return info;
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
