// What is known of an embedded site before it runs: each file with its tag, size, type and stored codings, made
// once when the site is built. It holds no times and nothing of the machine, so that all who serve the same files
// send the same tags. Pure: checks what is read, and formats what is written.

import type { Coding } from "../files/file_source.ts";

/** What is stored of a file in a coding. */
export interface StoredCoding {
  /** Path of the compressed file below the site's folder. */
  file: string;
  /** Its size in bytes. */
  size: number;
  /** Strong entity tag of it, quoted: the SHA-256 of its bytes as URL-safe base64. */
  etag: string;
}

/** A file of a site. */
export interface SiteFile {
  /** Strong entity tag, quoted: the SHA-256 of its bytes as URL-safe base64. */
  etag: string;
  /** Size in bytes. */
  size: number;
  /** Its Content-Type. */
  type: string;
  /** Whether its name has a hash of its content in it, so that it may be cached for ever. */
  immutable: boolean;
  /** Path of what is stored of it below the site's folder. Default: its own. */
  file?: string;
  /** Compressed forms that are stored beside it. */
  codings?: { br?: StoredCoding; zstd?: StoredCoding; gzip?: StoredCoding };
}

/** The files of a site, as {@linkcode buildManifest} lists them. */
export interface SiteManifest {
  /** Of the format: 1. */
  version: number;
  /** By path below the site's folder: decoded, with `/` between its segments and none in front. */
  files: Record<string, SiteFile>;
}

/** The version of manifests that are made here, and the only one that is read. */
export const MANIFEST_VERSION = 1;

const CODINGS: ReadonlySet<string> = new Set(["br", "zstd", "gzip"] satisfies Coding[]);
const STRONG_TAG = /^"[\x21\x23-\x7e]+"$/;
const FIELD_VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
// Segments that are not empty, "." or "..", without what separates segments elsewhere.
const PATH = /^(?!.*\\)(?!\.{0,2}(?:\/|$))(?:(?!\/\.{0,2}(?:\/|$))[^\0])+$/s;

/** The manifest as JSON: the same text for the same files. */
export function formatManifest(manifest: SiteManifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The value itself if it is a manifest; throws TypeError that names what is wrong if not. */
export function checkManifest(value: unknown): SiteManifest {
  if (!isObject(value)) throw flaw("it is no object");
  const { version, files } = value;
  if (version !== MANIFEST_VERSION) {
    throw flaw(`its version is ${JSON.stringify(version)}, not ${MANIFEST_VERSION}`);
  }
  if (!isObject(files)) throw flaw('"files" is no object');
  for (const [path, file] of Object.entries(files)) {
    if (!PATH.test(path)) throw flaw(`${JSON.stringify(path)} is no path of a file`);
    checkFile(file, `file ${JSON.stringify(path)}`);
  }
  return value as unknown as SiteManifest;
}

function checkFile(file: unknown, what: string): void {
  if (!isObject(file)) throw flaw(`${what} is no object`);
  checkStored(file, what);
  if (typeof file.type !== "string" || !FIELD_VALUE.test(file.type)) {
    throw flaw(`${what}: "type" is ${JSON.stringify(file.type)}, not a media type`);
  }
  if (typeof file.immutable !== "boolean") throw flaw(`${what}: "immutable" is no boolean`);
  if (file.file !== undefined) checkPath(file.file, what);
  if (file.codings === undefined) return;
  if (!isObject(file.codings)) throw flaw(`${what}: "codings" is no object`);
  for (const [coding, stored] of Object.entries(file.codings)) {
    const whose = `${what}, coding ${JSON.stringify(coding)}`;
    if (!CODINGS.has(coding)) throw flaw(`${whose}: none of br, zstd and gzip`);
    if (!isObject(stored)) throw flaw(`${whose} is no object`);
    checkPath(stored.file, whose);
    checkStored(stored, whose);
  }
}

function checkPath(path: unknown, what: string): void {
  if (typeof path === "string" && PATH.test(path)) return;
  throw flaw(`${what}: "file" is ${JSON.stringify(path)}, not a path of a file`);
}

function checkStored({ etag, size }: Record<string, unknown>, what: string): void {
  if (typeof etag !== "string" || !STRONG_TAG.test(etag)) {
    throw flaw(`${what}: "etag" is ${JSON.stringify(etag)}, not a strong entity tag`);
  }
  if (!Number.isSafeInteger(size) || (size as number) < 0) {
    throw flaw(`${what}: "size" is ${JSON.stringify(size)}, not a number of bytes`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function flaw(state: string): TypeError {
  return new TypeError(`Cannot read manifest: ${state}`);
}
