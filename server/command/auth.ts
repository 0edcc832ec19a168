// Basic authentication (RFC 7617) against hashed passwords. An unknown user takes as long as a wrong password. Checks
// run one at a time, with a pause after a wrong one, and only so many wait, so that guesses cannot take the processor
// from those who are let in: these are remembered, by a keyed hash of the credentials and only in this process.

import { createHmac, randomBytes } from "node:crypto";
import { isPasswordOf, type UserHash } from "./password_hash.ts";

/** The challenge that goes with a 401. */
export const CHALLENGE = 'Basic realm="Restricted files", charset="UTF-8"';

/** Who is let in; 401 for nobody, 503 when too many checks are waiting. */
export type Verdict = { readonly user: string } | 401 | 503;

/** Checks that wait beyond these are refused: of all clients, and of one address. */
const MAX_WAITING = 32;
const MAX_WAITING_EACH = 8;
/** How much longer than a wrong password took nothing is checked; at most so many milliseconds. */
const PAUSE_FACTOR = 3;
const MAX_PAUSE_MS = 1000;
const MAX_REMEMBERED = 1024;
/** Credentials beyond this length are nobody's; those that bcrypt cuts anyway. */
const MAX_LENGTH = 1024;

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i;

/** Knows who may come in. */
export class Doorkeeper {
  readonly #users: ReadonlyMap<string, UserHash>;
  /** What an unknown user's password is compared with: of the kind that takes longest. */
  readonly #nobody: UserHash;
  readonly #key = randomBytes(32);
  /** Users by the keyed hash of credentials that were found right; the one used last is last. */
  readonly #remembered = new Map<string, string>();
  readonly #check: typeof isPasswordOf;
  readonly #pause: typeof pause;
  /** What is being checked, or waits for it, by the keyed hash. */
  readonly #pending = new Map<string, Promise<Verdict>>();
  /** How many of these there are of an address. */
  readonly #waiting = new Map<string, number>();
  #last: Promise<unknown> = Promise.resolve();
  /** When the next check may begin, as `performance.now()`. */
  #pausedUntilMs = 0;

  /** `check` and `wait` are for tests. Of several hashes of one user the last counts. */
  constructor(
    users: readonly UserHash[],
    check: typeof isPasswordOf = isPasswordOf,
    wait: typeof pause = pause,
  ) {
    if (users.length === 0) throw new TypeError("Cannot ask for passwords: there are no users");
    this.#users = new Map(users.map((it) => [it.user, it]));
    this.#nobody = [...this.#users.values()].toSorted(bySlowness)[0]!;
    this.#check = check;
    this.#pause = wait;
  }

  /** Who the field Authorization, sent from an address, lets in: at once, when that is known. */
  admit(authorization: string | undefined, address: string): Verdict | Promise<Verdict> {
    const credentials = parseBasic(authorization);
    if (credentials === undefined) return 401;
    const tag = createHmac("sha256", this.#key).update(credentials, "utf8").digest("base64");
    const known = this.#remembered.get(tag);
    if (known !== undefined) {
      // Whoever is still here is forgotten last.
      this.#remembered.delete(tag);
      this.#remembered.set(tag, known);
      return { user: known };
    }
    const pending = this.#pending.get(tag);
    // The first requests of a page come together.
    if (pending !== undefined) return pending;
    const waiting = this.#waiting.get(address) ?? 0;
    if (this.#pending.size >= MAX_WAITING || waiting >= MAX_WAITING_EACH) return 503;
    this.#waiting.set(address, waiting + 1);
    const verdict = this.#last.then(() => this.#verify(credentials, tag));
    this.#pending.set(tag, verdict);
    const leave = (): void => this.#leave(tag, address);
    this.#last = verdict.then(leave, leave);
    return verdict;
  }

  #leave(tag: string, address: string): void {
    this.#pending.delete(tag);
    const waiting = this.#waiting.get(address)! - 1;
    if (waiting > 0) this.#waiting.set(address, waiting);
    else this.#waiting.delete(address);
  }

  async #verify(credentials: string, tag: string): Promise<Verdict> {
    const pauseMs = this.#pausedUntilMs - performance.now();
    if (pauseMs > 0) await this.#pause(pauseMs);
    const startMs = performance.now();
    const colon = credentials.indexOf(":");
    const user = credentials.slice(0, colon);
    const hash = this.#users.get(user);
    const password = credentials.slice(colon + 1);
    const right = await this.#check(hash ?? this.#nobody, password);
    // A quick answer would tell that there is a user with a hash that is quicker than others'.
    if (hash !== undefined && bySlowness(hash, this.#nobody) > 0) {
      await this.#check(this.#nobody, password);
    }
    if (hash === undefined || !right) {
      const endMs = performance.now();
      this.#pausedUntilMs = endMs + Math.min(MAX_PAUSE_MS, PAUSE_FACTOR * (endMs - startMs));
      return 401;
    }
    if (this.#remembered.size >= MAX_REMEMBERED) {
      this.#remembered.delete(this.#remembered.keys().next().value!);
    }
    this.#remembered.set(tag, user);
    return { user };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The `user:password` of the field, if it has any. */
export function parseBasic(authorization: string | undefined): string | undefined {
  const encoded = BASIC.exec(authorization ?? "")?.[1];
  if (encoded === undefined || encoded.length > MAX_LENGTH) return undefined;
  try {
    const bytes = Uint8Array.fromBase64(encoded);
    const credentials = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return credentials.includes(":") && !/\p{Cc}/u.test(credentials) ? credentials : undefined;
  } catch {
    // Neither base64 nor UTF-8: nobody whom we know.
    return undefined;
  }
}

function bySlowness(a: UserHash, b: UserHash): number {
  return costOf(b) - costOf(a);
}

function costOf({ kind, hash }: UserHash): number {
  return kind === "bcrypt" ? Number(hash.split("$")[2]) : 0;
}
