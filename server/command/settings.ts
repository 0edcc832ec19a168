// From the values of options to what the rest of the command works with, all of it checked: what makes no sense is
// refused in the words of the source that it came from. Pure; the settings can be sent to a worker.

import {
  CODINGS,
  type FileOptions,
  isFileName,
  OF_SERVER,
  pageBelow,
} from "../files/file_options.ts";
import type { Coding } from "../files/file_source.ts";
import { checkGlob } from "../files/globs.ts";
import { parsePrefix } from "../files/mount.ts";
import { isAscii, isFieldValue, isToken } from "../../wire/headers.ts";
import { AddressSet, isLoopback } from "./addresses.ts";
import { constantCorsFields, type CorsPolicy, parseOrigins } from "./cors.ts";
import type { OptionName } from "./option.ts";
import type { OptionValues } from "./option_values.ts";
import { parseUserHash, type UserHash } from "./password_hash.ts";
import { parseSize } from "./size.ts";
import { UsageError } from "./usage_error.ts";

/** The line for each request. */
export type LogFormat = "none" | "common" | "combined" | "json";

/** What clients may do besides reading files. */
export interface SiteRights {
  readonly upload: boolean;
  readonly overwrite: boolean;
  readonly edit: boolean;
  readonly zip: boolean;
  readonly maxUploadBytes?: number;
}

/** What a site is: all that a worker needs to answer requests. */
export interface SiteSettings {
  readonly folder: string;
  readonly index: string;
  readonly gzip: boolean;
  readonly files: FileOptions;
  readonly rights: SiteRights;
  /** As it stands in URLs; empty for a whole site. */
  readonly prefix: string;
  /** Whether only this machine asks, without a proxy, so that it is asked for by its own names. */
  readonly isLocal: boolean;
  /** Fields of every answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cors: CorsPolicy | undefined;
  readonly users: readonly UserHash[];
  readonly log: LogFormat;
  /** As `AddressSet` takes it. */
  readonly trustProxy: string | undefined;
  readonly health: string | undefined;
}

/** Where and how to serve it. */
export interface ServeSettings {
  readonly site: SiteSettings;
  readonly host: string;
  readonly port: number;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly authFile: string | undefined;
  readonly authWithoutTls: boolean;
  readonly drainMs: number;
  /** Longest wait for what is under way at the end. */
  readonly graceMs: number;
  readonly workers: number;
  readonly open: boolean;
  readonly qr: boolean;
}

const PATH = /^\/[\x21\x22\x24-\x3e\x40-\x7e]*$/;

/** Checks and completes the values; throws UsageError. */
export function resolveSettings(values: OptionValues): ServeSettings {
  const { cert, key } = tlsFiles(values);
  // An application of one page has no folders to be looked at, only what its builder left in them.
  const listing = values.flag("listing") ?? values.text("spa") === undefined;
  const rights = rightsOf(values, values.flag("zip") ?? listing);
  const cors = corsOf(values);
  const headers = {
    ...headersOf(values),
    ...Object.fromEntries(cors === undefined ? [] : constantCorsFields(cors)),
  };
  const index = values.text("index") ?? "index.html";
  if (!isFileName(index)) values.refuse("index", index, "is not the name of a file");
  const host = values.text("host") ?? "127.0.0.1";
  const trustProxy = trustOf(values);
  const site: SiteSettings = {
    ...{ index, rights, cors, headers, trustProxy },
    isLocal: isLoopback(host) && trustProxy === undefined,
    folder: values.text("dir") ?? ".",
    gzip: values.flag("gzip") ?? false,
    files: { ...filesOf(values), listing, headers },
    prefix: prefixOf(values),
    users: values.list("auth").map((it) => userOf(values, it)),
    log: logOf(values),
    health: healthOf(values),
  };
  const settings: ServeSettings = {
    ...{ site, cert, key, host },
    port: values.number("port") ?? 8080,
    authFile: values.text("auth-file"),
    authWithoutTls: values.flag("auth-without-tls") ?? false,
    drainMs: (values.number("drain") ?? 0) * 1000,
    graceMs: (values.number("grace") ?? 30) * 1000,
    workers: values.number("workers") ?? 1,
    open: values.flag("open") ?? false,
    qr: values.flag("qr") ?? false,
  };
  checkAuth(values, settings);
  return settings;
}

/** Whether anybody has to say who they are. */
export function asksForPasswords({ site, authFile }: ServeSettings): boolean {
  return site.users.length > 0 || authFile !== undefined;
}

function tlsFiles(values: OptionValues): { cert: string | undefined; key: string | undefined } {
  const cert = values.text("cert");
  const key = values.text("key");
  if (cert !== undefined && key === undefined) need(values, "cert", "key");
  if (key !== undefined && cert === undefined) need(values, "key", "cert");
  return { cert, key };
}

function need(values: OptionValues, name: OptionName, ...needed: OptionName[]): never {
  const others = needed.map((it) => `"--${it}"`).join(" or ");
  throw new UsageError(`${values.subject(name)} needs ${others}`);
}

function rightsOf(values: OptionValues, zip: boolean): SiteRights {
  const upload = values.flag("upload") ?? false;
  const edit = values.flag("edit") ?? false;
  const overwrite = values.flag("overwrite") ?? false;
  if (overwrite && !upload && !edit) need(values, "overwrite", "upload", "edit");
  const most = values.text("max-upload");
  if (most === undefined) return { upload, edit, overwrite, zip };
  if (!upload) need(values, "max-upload", "upload");
  return { upload, edit, overwrite, zip, maxUploadBytes: sizeOf(values, "max-upload", most) };
}

function sizeOf(values: OptionValues, name: OptionName, text: string): number {
  return parseSize(text) ?? values.refuse(name, text, "is not a size such as 64M");
}

function filesOf(values: OptionValues): FileOptions {
  const memory = values.text("memory");
  const cacheControl = values.list("cache").map((it) => {
    // Globs may have an equals sign in them, values often do.
    const at = it.indexOf("=");
    const glob = it.slice(0, at);
    const value = it.slice(at + 1).trim();
    if (at < 1 || value === "" || !isFieldValue(value) || !isAscii(value)) {
      values.refuse("cache", it, 'is not a rule such as "assets/**=immutable"');
    }
    return { glob: globOf(values, "cache", glob), value };
  });
  const links = values.text("links") as FileOptions["links"];
  const spa = values.text("spa");
  const notFound = values.text("404");
  return {
    ...(links === undefined ? {} : { links }),
    ...(spa === undefined ? {} : { spa: pageOf(values, "spa", spa) }),
    ...(notFound === undefined ? {} : { notFound: pageOf(values, "404", notFound) }),
    precompressed: codingsOf(values),
    compress: values.flag("compress") ?? false,
    dotfiles: values.flag("dotfiles") ?? false,
    cleanUrls: values.flag("clean-urls") ?? false,
    hidden: values.list("hidden").map((it) => globOf(values, "hidden", it)),
    cacheControl,
    ...(memory === undefined ? {} : {
      cache: memory === "off" ? false : { maxBytes: sizeOf(values, "memory", memory) },
    }),
  };
}

function globOf(values: OptionValues, name: OptionName, glob: string): string {
  const why = checkGlob(glob);
  return why === undefined ? glob : values.refuse(name, glob, `is not possible: it is ${why}`);
}

function pageOf(values: OptionValues, name: OptionName, path: string): string {
  return pageBelow(path) ?? values.refuse(name, path, "is not a file below the folder");
}

function codingsOf(values: OptionValues): readonly Coding[] {
  const text = values.text("precompressed");
  const names = text === undefined ? [] : text.split(",").map((it) => it.trim());
  for (const name of names) {
    if (!CODINGS.includes(name as Coding)) {
      values.refuse(
        "precompressed",
        text!,
        `has ${JSON.stringify(name)}, not of ${CODINGS.join(", ")}`,
      );
    }
  }
  return names as Coding[];
}

function headersOf(values: OptionValues): Record<string, string> {
  const fields = new Map<string, [name: string, value: string]>();
  for (const text of values.list("header")) {
    const colon = text.indexOf(":");
    const name = text.slice(0, Math.max(colon, 0)).trim();
    const value = text.slice(colon + 1).trim();
    if (!isToken(name) || value === "" || !isFieldValue(value) || !isAscii(value)) {
      values.refuse("header", text, 'is not a field such as "X-Frame-Options: DENY"');
    }
    const key = name.toLowerCase();
    // It says itself what an answer varies by, also where it says so in front of the folder.
    if (OF_SERVER.has(key) || key === "vary") {
      values.refuse("header", text, "is a field that the server sets");
    }
    const before = fields.get(key);
    // RFC 9110 5.3: the one field whose lines cannot be joined.
    if (before !== undefined && key === "set-cookie") {
      values.refuse("header", text, "is a second cookie: there can be one");
    }
    fields.set(key, [name, before === undefined ? value : `${before[1]}, ${value}`]);
  }
  return Object.fromEntries(fields.values());
}

function corsOf(values: OptionValues): CorsPolicy | undefined {
  const text = values.text("cors");
  if (text === undefined) return undefined;
  const origins = parseOrigins(text);
  return typeof origins === "string" ? values.refuse("cors", text, origins) : origins.policy;
}

function prefixOf(values: OptionValues): string {
  const text = values.text("prefix") ?? "";
  try {
    return parsePrefix(text);
  } catch {
    return values.refuse("prefix", text, 'is not a path such as "/files"');
  }
}

function userOf(values: OptionValues, text: string): UserHash {
  const user = parseUserHash(text);
  if (typeof user !== "string") return user;
  // What was given may hold a password, which does not belong on a screen.
  const name = text.includes(":") ? ` ${JSON.stringify(text.slice(0, text.indexOf(":")))}` : "";
  throw new UsageError(`${values.subject("auth")}${name} ${user}`);
}

function logOf(values: OptionValues): LogFormat {
  const quiet = values.flag("quiet") === true && values.rank("quiet") <= values.rank("log");
  return quiet ? "none" : (values.text("log") ?? "common") as LogFormat;
}

function trustOf(values: OptionValues): string | undefined {
  const text = values.text("trust-proxy");
  if (text === undefined) return undefined;
  try {
    new AddressSet(text);
    return text;
  } catch (error) {
    return values.refuse("trust-proxy", text, `is not possible: ${(error as Error).message}`);
  }
}

function healthOf(values: OptionValues): string | undefined {
  const path = values.text("health");
  if (path === undefined || PATH.test(path)) return path;
  return values.refuse("health", path, 'is not a path such as "/healthz"');
}

function checkAuth(values: OptionValues, settings: ServeSettings): void {
  const { host, cert, authWithoutTls } = settings;
  if (!asksForPasswords(settings)) {
    if (authWithoutTls) need(values, "auth-without-tls", "auth", "auth-file");
    return;
  }
  if (cert !== undefined || authWithoutTls || isLoopback(host)) return;
  throw new UsageError(
    `passwords would reach ${JSON.stringify(host)} without TLS; ` +
      "use --cert and --key, or --auth-without-tls where something else protects them",
  );
}
