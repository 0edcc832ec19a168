// Subresource Integrity: whether a body is the one that a caller expects, by its digest. A list may have several;
// of those with the strongest hash, one must match.

/** A body that is expected. */
export interface ExpectedBody {
  readonly algorithm: string;
  /** The digests, each in base64. */
  readonly digests: readonly string[];
}

/** From the weakest to the strongest. */
const ALGORITHMS: readonly string[] = ["sha256", "sha384", "sha512"];
const ENTRY = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?.*)?$/i;

/**
 * Takes the option `integrity` apart; undefined when it is empty. The standard reads over what it does not know;
 * but a list of which nothing is known would be no check at all: TypeError.
 */
export function parseIntegrity(text: string): ExpectedBody | undefined {
  const entries = text.split(/[\t\n\f\r ]+/).filter((entry) => entry !== "");
  if (entries.length === 0) return undefined;
  const known = entries.flatMap((entry) => {
    const [, algorithm, digest] = ENTRY.exec(entry) ?? [];
    return algorithm === undefined ? [] : [{ algorithm: algorithm.toLowerCase(), digest: digest! }];
  });
  const strongest = ALGORITHMS.findLast((name) => known.some((it) => it.algorithm === name));
  if (strongest === undefined) {
    throw new TypeError(
      `Cannot fetch: option "integrity" has no digest by sha256, sha384 or sha512: ${
        JSON.stringify(text)
      }`,
    );
  }
  const digests = known.filter((it) => it.algorithm === strongest).map((it) => plain(it.digest));
  return { algorithm: strongest, digests };
}

/** Whether a body is the expected one. */
export async function isExpected(
  bytes: Uint8Array<ArrayBuffer>,
  { algorithm, digests }: ExpectedBody,
): Promise<boolean> {
  const hash = await crypto.subtle.digest(algorithm.replace("sha", "SHA-"), bytes);
  return digests.includes(plain(btoa(String.fromCharCode(...new Uint8Array(hash)))));
}

/** Base64 without what is spelled in different ways. */
function plain(digest: string): string {
  return digest.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
}
