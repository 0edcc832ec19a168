// SHA-256 of what is downloaded: the expected digest as it is spelled, and the running one.

import { createHash } from "node:crypto";
import { HttpError } from "../../wire/errors.ts";
import { kindOf, refuseOption } from "../check_option.ts";

const HEX = /^[0-9A-Fa-f]{64}$/;
/** The form of Subresource Integrity. */
const BASE64 = /^sha256-([A-Za-z0-9+/]{43}=)$/;

/** Reads an expected digest: 64 hex digits, or `sha256-` and base64. Returns hex, lowercase. */
export function parseSha256(text: string): string {
  if (typeof text === "string") {
    if (HEX.test(text)) return text.toLowerCase();
    const match = BASE64.exec(text);
    if (match !== null) return Uint8Array.fromBase64(match[1]!).toHex();
  }
  const found = typeof text === "string" ? JSON.stringify(text) : kindOf(text);
  refuseOption("sha256", `it is ${found}, neither 64 hex digits nor "sha256-" and base64`);
}

/** Compares what passes with an expected digest. */
export class Checksum {
  readonly #expected: string;
  // node:crypto, since the web's has no hash that bytes can be added to.
  #hash = createHash("sha256");

  /** `expected` as `parseSha256` returns it. */
  constructor(expected: string) {
    this.#expected = expected;
  }

  /** Adds bytes. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Begins anew. */
  reset(): void {
    this.#hash = createHash("sha256");
  }

  /** Throws an HttpError, code `checksum`, when the digest of all bytes is another one; `url` is theirs. */
  check(url: string): void {
    const found = this.#hash.digest("hex");
    if (found === this.#expected) return;
    throw new HttpError(
      `Cannot download "${url}": its SHA-256 is ${found}, not ${this.#expected}`,
      { code: "checksum" },
    );
  }
}
