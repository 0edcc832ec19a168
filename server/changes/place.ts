// Puts files where they are to be, in one step of the file system: whoever looks sees nothing, or all of the
// file; and nothing that has the name already is lost, unless that is asked for.

import { codeOf } from "../system_code.ts";

/** What a name is put on, where `Deno.link` cannot: swapped in tests. */
export interface Linking {
  link(from: string, to: string): Promise<void>;
}

const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EINVAL"];

/**
 * Gives a file the name `to` in place of `from`, both in one file system. Throws what has the code `EEXIST` when
 * there is something of that name: renaming would replace it.
 */
export async function placeFile(
  from: string,
  to: string,
  { link }: Linking = Deno,
): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return await finishPlacing(from, to, error);
    if (!cannotLink(error)) throw error;
    // Some file systems have no second names. There the name is taken by an empty file first.
    await Deno.writeFile(to, new Uint8Array(0), { createNew: true });
    return await Deno.rename(from, to).catch((cause: unknown) => removePlaceholder(to, cause));
  }
  // Another process may have moved or removed it meanwhile: no copy of it stays.
  await Deno.remove(from).catch((cause: unknown) => removePlaceholder(to, cause));
}

/** Gives a folder the name `to` in place of `from`, with the same care. */
export async function placeFolder(from: string, to: string): Promise<void> {
  // An empty folder is the one thing that renaming a folder replaces; here it is our own.
  await Deno.mkdir(to);
  try {
    // Windows replaces none, so that nothing is lost in between either.
    if (Deno.build.os === "windows") await Deno.remove(to);
    await Deno.rename(from, to);
  } catch (cause) {
    await removePlaceholder(to, cause);
  }
}

/** Gives a file the name `to`, in place of a file or link that has it; never of a folder. */
export async function placeOver(from: string, to: string): Promise<void> {
  const before = await lookAt(to);
  const { dev, ino } = await Deno.lstat(from);
  // Two names of one file: to rename one to the other does nothing.
  if (ino !== null && before?.dev === dev && before.ino === ino) return await Deno.remove(from);
  // Who could not read the old file is not to read the new one.
  if (before?.isFile && before.mode !== null && Deno.build.os !== "windows") {
    await Deno.chmod(from, before.mode & 0o777);
  }
  await Deno.rename(from, to);
}

/** Makes a folder. Throws what has the code `EEXIST` when there is something of that name. */
export async function newFolder(path: string): Promise<void> {
  await Deno.mkdir(path);
}

/** Removes a file or a link. */
export async function removeFile(path: string): Promise<void> {
  await Deno.remove(path);
}

/** Removes a folder with all that is in it; of links only these themselves. */
export async function removeFolder(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true });
}

/** What has a name, links not followed; `undefined` when nothing has it. */
export async function lookAt(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** A crash between the two steps leaves a file with both names: then only the second is left to do. */
async function finishPlacing(from: string, to: string, error: unknown): Promise<void> {
  const [source, target] = [await Deno.lstat(from), await lookAt(to)];
  const isDone = source.ino !== null && source.ino === target?.ino && source.dev === target.dev;
  if (!isDone) throw error;
  await Deno.remove(from);
}

function cannotLink(error: unknown): boolean {
  return error instanceof Deno.errors.NotSupported || NO_LINKS.includes(codeOf(error) ?? "");
}

/** Removes what only held the name, and throws what went wrong. */
async function removePlaceholder(path: string, cause: unknown): Promise<never> {
  await Deno.remove(path).catch(() => {}); // what went wrong before is what matters
  throw cause;
}
