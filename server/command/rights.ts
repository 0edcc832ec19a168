// The rights that the process was given, as far as the command needs them, and the flags that would give them. Nothing
// here prompts.

import { pathFlag } from "./least_rights.ts";
import type { ServeSettings } from "./settings.ts";

/** A right that something needs. */
export interface NeededRight {
  /** The flag that gives it. */
  readonly flag: string;
  readonly what: Deno.PermissionDescriptor;
}

/** Whether a right is there without anybody being asked. */
export function isGranted(what: Deno.PermissionDescriptor): boolean {
  try {
    return Deno.permissions.querySync(what).state === "granted";
  } catch {
    // A descriptor that this runtime does not know.
    return false;
  }
}

/** What the process may do that matters here, in words. */
export function describeRights(root: string, address: string): string {
  const words: string[] = [];
  const add = (
    name: "read" | "write" | "net" | "env" | "run" | "sys" | "ffi",
    scoped?: string,
  ): void => {
    if (isGranted({ name } as Deno.PermissionDescriptor)) words.push(`${name} everything`);
    else if (scoped !== undefined) words.push(scoped);
  };
  add("read", isGranted({ name: "read", path: root }) ? "read the folder" : undefined);
  add("write", isGranted({ name: "write", path: root }) ? "write the folder" : undefined);
  add("net", isGranted({ name: "net", host: address }) ? `net ${address}` : undefined);
  for (const name of ["env", "run", "sys", "ffi"] as const) add(name);
  return words.join(", ");
}

/** The first right that the settings need and that is not there. */
export function missingRight(settings: ServeSettings, root: string): NeededRight | undefined {
  const { upload, edit } = settings.site.rights;
  if (!upload && !edit) return undefined;
  const what = { name: "write", path: root } as const;
  return isGranted(what) ? undefined : { flag: pathFlag("--allow-write", [root]), what };
}
