// Looks through a folder that is to be moved or deleted: what is not shown in it must not come to light by that, nor
// be lost; and another file system that is mounted in it is not the folder's to delete.

import { oneTurn } from "../../wire/event_loop.ts";
import type { Folder } from "../files/folder.ts";
import { isAboutPaths } from "../files/globs.ts";
import { mayBeAskedFor } from "../files/safe_path.ts";
import type { Place } from "./change.ts";
import { Refusal } from "./refusal.ts";
import { codeOf } from "../system_code.ts";
import { isTemporary, makeTemporaryName } from "./temporary_name.ts";

/** So many things are looked at: some seconds. */
const MAX_THINGS = 1_000_000;
/** So many before others have their turn: about a millisecond. */
const THINGS_PER_TURN = 500;

/** What may be set in tests. */
export interface LookLimits {
  readonly maxThings?: number;
  /** The file system that all of a folder has to be on. Default: that of the folder which it is in. */
  readonly device?: number;
}

/** Throws a Refusal, 409, when a folder has something in it that is hidden where it is, and would not be at `to`. */
export async function checkMovable(
  folder: Folder,
  from: Place,
  to: Place,
  action: string,
  { maxThings = MAX_THINGS }: LookLimits = {},
): Promise<void> {
  // What is hidden by its name takes that along.
  if (!folder.settings.hidden.some(isAboutPaths)) return;
  const [before, after] = [folder.relativeOf(from.path), folder.relativeOf(to.path)];
  for await (const { below } of thingsIn(from.path, maxThings, action)) {
    if (!folder.hides(`${before}/${below}`) || folder.hides(`${after}/${below}`)) continue;
    throw new Refusal(409, `${action}: something in it is hidden, and would not be there`);
  }
}

/** Throws a Refusal, 409, when not all that is in a folder is shown, or it is on another file system. */
export async function checkRemovable(
  folder: Folder,
  { path, parent }: Place,
  action: string,
  { maxThings = MAX_THINGS, device = Deno.statSync(parent).dev }: LookLimits = {},
): Promise<void> {
  checkMount(path, device, action);
  const relative = folder.relativeOf(path);
  for await (const thing of thingsIn(path, maxThings, action)) {
    if (!isShown(folder, `${relative}/${thing.below}`, thing)) {
      throw new Refusal(409, `${action}: it has something in it that is not shown`);
    }
    if (thing.isDirectory) checkMount(`${path}/${thing.below}`, device, action);
  }
}

interface Thing extends Deno.DirEntry {
  /** Its path below the folder. */
  readonly below: string;
}

/** All that is in a folder, at any depth; links are not followed. */
async function* thingsIn(
  path: string,
  maxThings: number,
  action: string,
): AsyncGenerator<Thing, void, undefined> {
  const folders = [""];
  let count = 0;
  for (let folder; (folder = folders.pop()) !== undefined;) {
    for await (const entry of Deno.readDir(`${path}/${folder}`)) {
      if (++count > maxThings) throw new Refusal(409, `${action}: there is too much in it`);
      if (count % THINGS_PER_TURN === 0) await oneTurn();
      const below = folder + entry.name;
      yield { ...entry, below };
      if (entry.isDirectory) folders.push(`${below}/`);
    }
  }
}

/** Whether something is listed, or belongs to an upload: that ends with its folder. */
function isShown(folder: Folder, relative: string, thing: Thing): boolean {
  const { name, isFile, isDirectory, isSymlink } = thing;
  if (isTemporary(name)) return isFile;
  // Of a name that is not UTF-8 the runtime gives what nothing is called.
  if (!mayBeAskedFor(name, false, folder.pathPolicy) || name.includes("\ufffd")) return false;
  if (folder.hides(relative)) return false;
  return isFile || isDirectory || (isSymlink && isServed(folder, relative));
}

/** Whether what is at a path may be read there: a file, a folder, or a link to one. */
export function isServed(folder: Folder, relative: string): boolean {
  const found = folder.open().look(relative);
  return typeof found === "object" && (found.isFile || found.isDirectory);
}

function checkMount(path: string, device: number, action: string): void {
  if (Deno.lstatSync(path).dev === device && !isMounted(path)) return;
  throw new Refusal(409, `${action}: another file system is mounted there`);
}

/**
 * Whether something is mounted on a folder, perhaps a folder of the same file system. None can be put into itself, so that
 * nothing happens; but that it would go from one mount into another is what the system finds first.
 */
function isMounted(path: string): boolean {
  try {
    Deno.renameSync(path, `${path}/${makeTemporaryName()}`);
  } catch (error) {
    return codeOf(error) === "EXDEV";
  }
  return false;
}
