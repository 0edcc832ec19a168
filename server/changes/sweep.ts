// Removes what uploads that nobody came back to have left in a folder: called when a new one begins there, at most
// once an hour for each folder.

import { BoundedMap } from "../files/bounded_map.ts";
import { parseTemporaryName } from "./temporary_name.ts";

/** What was not written to for so long is abandoned, in milliseconds. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** A folder is looked through this often at most, in milliseconds. */
const INTERVAL_MS = 60 * 60 * 1000;
/** So many files are removed at a time, at most. */
const MAX_REMOVED = 100;

/** When a folder was looked through last; a full map starts anew, which only costs more looks. */
const swept = new BoundedMap<{ atMs: number }>(1000, 4096);

/** Removes abandoned temporary files of `folder`, if it is time for that. Never throws. */
export async function sweepFolder(folder: string, nowMs: number = Date.now()): Promise<void> {
  const last = swept.get(folder, () => ({ atMs: -Infinity }));
  if (nowMs - last.atMs < INTERVAL_MS) return;
  last.atMs = nowMs;
  try {
    await removeAbandoned(folder, nowMs);
  } catch {
    // The upload that begins meets whatever is wrong with the folder, and says so.
  }
}

async function removeAbandoned(folder: string, nowMs: number): Promise<void> {
  let removed = 0;
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile || parseTemporaryName(name) === undefined) continue;
    const path = `${folder}/${name}`;
    // One that cannot be removed, or is gone by now, must not keep the others here.
    const isRemoved = await removeUnlessInUse(path, nowMs).catch(() => false);
    if (isRemoved && ++removed === MAX_REMOVED) return;
  }
}

/** A request that goes on with an upload has it locked. */
async function removeUnlessInUse(path: string, nowMs: number): Promise<boolean> {
  if (!isAbandoned(await Deno.lstat(path), nowMs)) return false;
  using file = await Deno.open(path, { write: true });
  // Until it was locked it may have been written to.
  if (!await file.tryLock(true) || !isAbandoned(await file.stat(), nowMs)) return false;
  await Deno.remove(path);
  return true;
}

function isAbandoned({ mtime }: Deno.FileInfo, nowMs: number): boolean {
  return mtime !== null && nowMs - mtime.getTime() >= MAX_AGE_MS;
}
