// The rights that the process was given, as far as the command needs them, and the flags that would give them. Nothing
// here prompts.

import { dirname, resolve } from "@std/path";
import { pathFlag } from "./least_rights.ts";
import { VARIABLE_PREFIX } from "./option.ts";
import type { ServeSettings } from "./settings.ts";

/** A right that something needs and that is not there. */
export interface MissingRight {
  /** The flag that gives it. */
  readonly flag: string;
  /** What it is for. */
  readonly why: string;
  /** Whether that is to change something. */
  readonly isForChanges: boolean;
}

/** What rights may be about. */
export interface RightsSubject {
  /** The folder, by each of its names. */
  readonly roots: readonly string[];
  /** What is listened on, with the port. */
  readonly address: string;
  /** The program that opens a browser. */
  readonly opener: string;
  /** The variables that there may be. */
  readonly variables: Iterable<string>;
}

const ADDRESSES = "networkInterfaces";

/** Whether a right is there without anybody being asked. */
export function isGranted(what: Deno.PermissionDescriptor): boolean {
  try {
    return Deno.permissions.querySync(what).state === "granted";
  } catch {
    // A descriptor that this runtime does not know.
    return false;
  }
}

/**
 * A folder's absolute name, and the one that it has without links where that is another: what the runtime checks is
 * the one at one time and the other at another.
 */
export function namesOfFolder(folder: string): readonly string[] {
  const path = resolve(folder);
  try {
    return [...new Set([path, Deno.realPathSync(path)])];
  } catch {
    return [path];
  }
}

/** What the process may do that matters here, in words. */
export function describeRights({ roots, address, opener, variables }: RightsSubject): string {
  const words = [
    describe("read", pathsAllowed("read", roots)),
    describe("write", pathsAllowed("write", roots)),
    describe("net", hostAllowed(address)),
    describe("env", variablesAllowed(variables)),
    describe("run", isGranted({ name: "run", command: opener }) ? opener : undefined),
    describe("sys", isGranted({ name: "sys", kind: ADDRESSES }) ? ADDRESSES : undefined),
    describe("ffi", undefined),
  ];
  return words.filter((it) => it !== undefined).join(", ");
}

function describe(
  name: "read" | "write" | "net" | "env" | "run" | "sys" | "ffi",
  part: string | undefined,
): string | undefined {
  const what = { name } as Deno.PermissionDescriptor;
  if (!isGranted(what)) return part === undefined ? undefined : `${name} ${part}`;
  const { partial } = Deno.permissions.querySync(what);
  return `${name} everything${partial ? " but for what is denied" : ""}`;
}

/** The folder, or the one above it that the right is for. */
function pathsAllowed(name: "read" | "write", roots: readonly string[]): string | undefined {
  const isAllowed = (path: string): boolean => isGranted({ name, path });
  if (!roots.every(isAllowed)) return undefined;
  const [root] = roots as [string];
  let widest = root;
  for (let above = dirname(widest); above !== widest && isAllowed(above); above = dirname(above)) {
    widest = above;
  }
  return widest === root ? "the folder" : JSON.stringify(widest);
}

function hostAllowed(address: string): string | undefined {
  const host = address.replace(/:\d+$/, "");
  return [host, address].find((host) => isGranted({ name: "net", host }));
}

function variablesAllowed(variables: Iterable<string>): string | undefined {
  const allowed = (variable: string): boolean => isGranted({ name: "env", variable });
  const all = `${VARIABLE_PREFIX}*`;
  if (allowed(all)) return all;
  const some = [...variables].filter(allowed);
  return some.length > 0 ? some.join(" ") : undefined;
}

/** The first right that the settings need for the folder of those names and that is not there. */
export function missingRight(
  settings: ServeSettings,
  roots: readonly string[],
): MissingRight | undefined {
  const { upload, edit } = settings.site.rights;
  const lacks = (name: "read" | "write"): boolean =>
    !roots.every((path) => isGranted({ name, path }));
  if (roots.length > 1 && lacks("read")) {
    return {
      flag: pathFlag("--allow-read", roots),
      why: "the folder is a link, or lies below one, and the right to read is for both its names",
      isForChanges: false,
    };
  }
  if ((!upload && !edit) || !lacks("write")) return undefined;
  return {
    flag: pathFlag("--allow-write", roots),
    why: "changes need the right to write",
    isForChanges: true,
  };
}
