// The Cache-Control of files by rules: the first one whose glob fits the path below the folder. Pure.

import type { Field } from "./file_source.ts";
import { BoundedMap } from "./bounded_map.ts";
import type { CacheRule } from "./file_options.ts";
import { compileGlob, isAboutPaths } from "./globs.ts";

/** What the value `immutable` of a rule stands for. */
export const IMMUTABLE = "public, max-age=31536000, immutable";

// The hash is the last piece before one or two extensions, as in `app.3f2a9c1b.js.map`.
const LAST_PIECE = /[.\-_]([A-Za-z0-9]{8,64})(?:\.[A-Za-z][A-Za-z0-9]{0,9}){1,2}$/;
// Words, dates and numbers have none of these forms: letters and digits take turns in them.
const HEX = /^(?=.*\d[a-f])(?=.*[a-f]\d)[\da-f]+$/;
const BASE32 = /^(?=.*\d[A-Z])(?=.*[A-Z]\d)[A-Z2-7]{8}$/;
const BASE62 = /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d[A-Za-z])[A-Za-z\d]{8}$/;

/**
 * Whether a name has a hash of its content in it, as build tools put it there: in front of the extension, after a
 * dot, dash or underscore, eight to 64 hexadecimal digits in lower case, or eight characters of base 32 or
 * base 64, where letters and digits take turns: `app.3f2a9c1b.js`, `index-BX7a2k9Q.css`, `chunk-4X2KJ7QF.js`.
 * What could be something else is not taken for one: `report-20260101.pdf`, `icon-download.svg`, `menu-cafe2020.txt`.
 */
export function hasHash(name: string): boolean {
  const [, piece = ""] = LAST_PIECE.exec(name) ?? [];
  return HEX.test(piece) || BASE32.test(piece) || BASE62.test(piece);
}

/** Makes what tells the Cache-Control of the file at a path. */
export function makeCacheControl(
  rules: readonly CacheRule[],
  ignoreCase: boolean,
): (path: string) => string | undefined {
  if (rules.length === 0) return () => undefined;
  const compiled = rules.map(({ glob, value }) => {
    const fits = compileGlob(glob, ignoreCase);
    return { fits, isAboutPaths: isAboutPaths(glob), value };
  });
  const find = (path: string): string => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    for (const { fits, isAboutPaths, value } of compiled) {
      if (!fits(isAboutPaths ? path : name)) continue;
      if (value !== "immutable") return value;
      if (hasHash(name)) return IMMUTABLE;
    }
    return "";
  };
  const values = new BoundedMap<string>(4096, 256);
  return (path) => values.get(path, find) || undefined;
}

/** The fields of a folder, with the Cache-Control of one file in place of theirs, if it has any of its own. */
export function withCacheControl(
  fields: readonly Field[],
  value: string | undefined,
): readonly Field[] {
  if (value === undefined) return fields;
  const others = fields.filter(([name]) => name.toLowerCase() !== "cache-control");
  return [...others, ["Cache-Control", value]];
}
