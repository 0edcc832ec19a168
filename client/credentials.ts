// What a request says of its user: from the option `auth`, or from the URL; and what a client remembers of
// the challenges of servers.

import { basicCredentials, bearerCredentials } from "./rules/auth.ts";
import { DigestAuth } from "./rules/digest.ts";
import type { Auth } from "./options.ts";
import type { Target } from "./target.ts";

/** Most origins whose challenges are remembered. */
const MOST = 100;

/** The digest challenges that a client was given. */
export class Digests {
  readonly #known = new Map<string, DigestAuth>();

  /** What is known for an origin and a user. */
  for(origin: string, username: string, password: string): DigestAuth {
    const key = JSON.stringify([origin, username, password]);
    let digest = this.#known.get(key);
    if (digest === undefined) {
      if (this.#known.size >= MOST) this.#known.delete(this.#known.keys().next().value!);
      this.#known.set(key, digest = new DigestAuth(username, password));
    }
    return digest;
  }
}

/**
 * The credentials for a target; `first` is that of the request before any redirect. The option's are for the
 * origin of the first URL only; so are those in the first URL, but a redirect within that origin may bring others.
 */
export function credentialsFor(
  target: Target,
  auth: Auth | undefined,
  first: Target,
): Auth | undefined {
  const isFirstOrigin = target.origin === first.origin;
  if (auth !== undefined && isFirstOrigin) return auth;
  const source = isFirstOrigin && !hasUser(target) ? first : target;
  if (!hasUser(source)) return undefined;
  return { type: "basic", username: source.username, password: source.password };
}

function hasUser({ username, password }: Target): boolean {
  return username !== "" || password !== "";
}

/** The value of Authorization, as far as there is one before a challenge. */
export function authorization(
  auth: Auth,
  method: string,
  target: Target,
  digests: Digests,
): string | undefined {
  if (auth.type === "bearer") return bearerCredentials(auth.token);
  const { username, password } = auth;
  if (auth.type !== "digest") return basicCredentials(username, password);
  return digests.for(target.origin, username, password).authorization(method, target.path);
}
