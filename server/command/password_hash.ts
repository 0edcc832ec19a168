// Users and the hashes of their passwords, as arguments and files name them: which kinds are known, and whether a
// password is the one. How long the answer takes depends on the kind alone.

import { createHash, timingSafeEqual } from "node:crypto";

/** A user who may come in. */
export interface UserHash {
  readonly user: string;
  readonly kind: "bcrypt" | "sha256" | "sha512";
  /** What bcrypt prints, or lowercase hexadecimal digits. */
  readonly hash: string;
}

const BCRYPT = /^\$2[aby]?\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const DIGEST = /^(sha256|sha512):([0-9a-f]+)$/i;
const DIGITS = { sha256: 64, sha512: 128 };
const MIN_COST = 4;
const MAX_COST = 31;

/** Reads `user:hash`; a text says why it is none, without what may be a password. */
export function parseUserHash(text: string): UserHash | string {
  const colon = text.indexOf(":");
  if (colon < 1) return "is not user:hash";
  const user = text.slice(0, colon);
  const hash = text.slice(colon + 1).trim();
  if (/\p{Cc}/u.test(user)) return "has a control character in its user";
  const cost = Number(BCRYPT.exec(hash)?.[1]);
  if (cost >= MIN_COST && cost <= MAX_COST) return { user, kind: "bcrypt", hash };
  const [, name, digits = ""] = DIGEST.exec(hash) ?? [];
  if (name !== undefined) {
    const kind = name.toLowerCase() as "sha256" | "sha512";
    if (digits.length === DIGITS[kind]) return { user, kind, hash: digits.toLowerCase() };
    return `has ${digits.length} digits of ${kind}, not ${DIGITS[kind]}`;
  }
  return "has no hash that is known: bcrypt, as `htpasswd -nbB` prints it, sha256:HEX or sha512:HEX";
}

/** Reads a file of such lines; empty lines and those that begin with `#` say nothing. A text says what is wrong. */
export function parseUserFile(text: string): readonly UserHash[] | string {
  const users: UserHash[] = [];
  for (const [at, line] of text.replace(/^\ufeff/, "").split(/\r?\n/).entries()) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const user = parseUserHash(line.trim());
    if (typeof user === "string") return `line ${at + 1} ${user}`;
    users.push(user);
  }
  return users.length === 0 ? "names no user" : users;
}

/** Whether `password` is the one of that hash. */
export async function isPasswordOf({ kind, hash }: UserHash, password: string): Promise<boolean> {
  if (kind === "bcrypt") {
    const { compare } = await import("bcryptjs");
    return await compare(password, hash);
  }
  const digest = createHash(kind).update(password, "utf8").digest();
  return timingSafeEqual(digest, Uint8Array.fromHex(hash));
}
