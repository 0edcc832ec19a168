// Why a TLS handshake failed, in plain words, with the option that concerns it. Pure.

import { ConnectError } from "../../../wire/errors.ts";
import { flawOf, hostAndPort } from "../connect_flaw.ts";

/** What the TLS libraries say, by their codes and texts, and what that means. */
const MEANINGS: [pattern: RegExp, meaning: (name: string) => string][] = [
  [
    /NotValidForName|not valid for name|ALTNAME_INVALID|does not match certificate/i,
    (name) => `its certificate is not for "${name}" (option "serverName" names another)`,
  ],
  [/expired/i, () => "its certificate has expired"],
  [/NotValidYet|not valid yet|not yet valid/i, () => "its certificate is not valid yet"],
  [/revoked/i, () => "its certificate is revoked"],
  [
    // Such as one that signed itself, as openssl makes it: the runtime takes none of these, trusted or not.
    /CaUsedAsEndEntity/,
    () => "its certificate is an authority's, not a server's (option \"insecure\" accepts any)",
  ],
  [
    /UnknownIssuer|SELF_SIGNED|self.signed|UNABLE_TO_(VERIFY|GET)|unable to (verify|get)/i,
    () => 'its certificate is of an unknown issuer (option "ca" adds one that is trusted)',
  ],
];

/** The error about a handshake that failed. */
export function tlsFailure(
  host: string,
  port: number,
  name: string,
  cause: unknown,
): ConnectError {
  const said = `${(cause as { code?: unknown })?.code ?? ""} ${(cause as Error)?.message}`;
  const meaning = MEANINGS.find(([pattern]) => pattern.test(said))?.[1](name);
  return tlsRefused(host, port, meaning ?? flawOf(cause), cause);
}

/** The same, with the words given. */
export function tlsRefused(host: string, port: number, why: string, cause?: unknown): ConnectError {
  return new ConnectError(
    "tls",
    `Cannot secure connection to "${hostAndPort(host, port)}": ${why}`,
    {
      cause,
    },
  );
}
