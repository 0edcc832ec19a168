// Digest authentication (RFC 7616, and RFC 2617 for servers without qop): remembers the last challenge of a
// server and answers it, for request after request. All text that is hashed or sent is latin1, a character
// for each byte: names and passwords as their UTF-8, what the server said as it came. Own code, since no
// well-kept package does this for a client apart from its own requests; the hashes are node:crypto's.

import { createHash } from "node:crypto";
import { encoder, latin1 } from "../../wire/bytes.ts";
import { flawOfPassword } from "./auth.ts";
import { type Challenge, parseChallenges } from "./challenge.ts";

/** Names of hashes in `node:crypto`, by the names of RFC 7616 6.1. */
const HASHES: ReadonlyMap<string, [name: string, hash: string]> = new Map([
  ["md5", ["MD5", "md5"]],
  ["sha-256", ["SHA-256", "sha256"]],
  ["sha-512-256", ["SHA-512-256", "sha512-256"]],
]);

/** A challenge that can be answered. */
interface Session {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** The algorithm as it is sent back; undefined: none was named. */
  readonly algorithm: string | undefined;
  readonly hash: (text: string) => string;
  /** Whether the server knows qop "auth", with counts and a nonce of the client's (RFC 2617 does not ask for it). */
  readonly hasQop: boolean;
  readonly cnonce: string;
  /** H(A1): stands for user and password. */
  readonly secret: string;
  /** The parameter that says who it is. */
  readonly user: string;
  /** Requests answered with this nonce. */
  count: number;
}

/** One user of one server. */
export class DigestAuth {
  readonly #username: string;
  readonly #password: string;
  readonly #newCnonce: () => string;
  #session: Session | undefined;

  /** Throws TypeError if user name or password have control characters. */
  constructor(username: string, password: string, newCnonce: () => string = randomCnonce) {
    const flaw = flawOfPassword(username, password, false);
    if (flaw !== undefined) throw new TypeError(`Cannot use credentials: ${flaw}`);
    this.#username = utf8(username);
    this.#password = utf8(password);
    this.#newCnonce = newCnonce;
  }

  /**
   * Takes the values of WWW-Authenticate of a 401; whether it can answer. It does not know whether the request
   * was such an answer already, so that the user or password are wrong: the caller asks only once.
   */
  challenge(values: readonly string[]): boolean {
    for (const challenge of values.flatMap(parseChallenges)) {
      // The first that is understood: servers put what they like best in front (RFC 7616 3.7).
      const session = this.#tryAnswer(challenge);
      if (session === undefined) continue;
      this.#session = session;
      return true;
    }
    return false;
  }

  /**
   * The value of Authorization for a request with this target, as it stands in the request line; undefined
   * before there was a challenge.
   */
  authorization(method: string, requestTarget: string): string | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    const { hash, nonce, cnonce, hasQop, secret, algorithm, opaque } = session;
    const target = utf8(requestTarget);
    const nc = (++session.count).toString(16).padStart(8, "0");
    const a2 = hash(`${method}:${target}`);
    const proof = hasQop ? `${nc}:${cnonce}:auth:` : "";
    const response = hash(`${secret}:${nonce}:${proof}${a2}`);
    const params = [session.user, `realm=${quoted(session.realm)}`, `uri=${quoted(target)}`];
    if (algorithm !== undefined) params.push(`algorithm=${algorithm}`);
    params.push(`nonce=${quoted(nonce)}`);
    if (hasQop) params.push(`nc=${nc}`, "qop=auth");
    // The algorithms that end in "-sess" hash it with the password: they need it even without qop.
    if (hasQop || algorithm?.endsWith("-sess")) params.push(`cnonce=${quoted(cnonce)}`);
    params.push(`response="${response}"`);
    if (opaque !== undefined) params.push(`opaque=${quoted(opaque)}`);
    return `Digest ${params.join(", ")}`;
  }

  #tryAnswer({ scheme, params }: Challenge): Session | undefined {
    const realm = params.get("realm");
    const nonce = params.get("nonce");
    if (scheme !== "digest" || realm === undefined || nonce === undefined) return undefined;
    const named = params.get("algorithm")?.toLowerCase();
    const isSession = named?.endsWith("-sess") === true;
    const known = HASHES.get(isSession ? named!.slice(0, -5) : named ?? "md5");
    if (known === undefined) return undefined;
    const qops = params.get("qop")?.toLowerCase().split(",").map((qop) => qop.trim());
    // The other one, auth-int, would need a hash of the whole body before its first byte is sent.
    if (qops !== undefined && !qops.includes("auth")) return undefined;
    const hash = (text: string): string =>
      createHash(known[1]).update(text, "latin1").digest("hex");
    const cnonce = this.#newCnonce();
    let secret = hash(`${this.#username}:${realm}:${this.#password}`);
    if (isSession) secret = hash(`${secret}:${nonce}:${cnonce}`);
    return {
      realm,
      nonce,
      opaque: params.get("opaque"),
      algorithm: named === undefined ? undefined : known[0] + (isSession ? "-sess" : ""),
      hash,
      hasQop: qops !== undefined,
      cnonce,
      secret,
      user: this.#userParam(realm, params, hash),
      count: 0,
    };
  }

  /** The user name: hashed, as it is, or in the form for other than ASCII (RFC 7616 3.4, 4). */
  #userParam(
    realm: string,
    params: ReadonlyMap<string, string>,
    hash: (text: string) => string,
  ): string {
    const username = this.#username;
    if (params.get("userhash")?.toLowerCase() === "true") {
      return `username="${hash(`${username}:${realm}`)}", userhash=true`;
    }
    // Old servers know only the plain form; those that name the charset know both.
    if (/^[\x20-\x7e]*$/.test(username) || params.get("charset")?.toUpperCase() !== "UTF-8") {
      return `username=${quoted(username)}`;
    }
    const encoded = username.replace(
      /[^!#$&+\-.^_`|~0-9A-Za-z]/g,
      (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    );
    return `username*=UTF-8''${encoded}`;
  }
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** The UTF-8 of a text, a character for each byte. */
function utf8(text: string): string {
  const bytes = encoder.encode(text);
  return latin1(bytes, 0, bytes.length);
}

function randomCnonce(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64();
}
