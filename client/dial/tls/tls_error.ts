// Why TLS failed, in plain words, with the option that concerns it. Pure.

import { ConnectError } from "../../../wire/errors.ts";
import { flawOf } from "../connect_error.ts";
import { hostAndPort } from "../ip_address.ts";

/** Whom a connection is secured to. */
export interface TlsPeer {
  readonly host: string;
  readonly port: number;
  /** The name that its certificate is to have. */
  readonly name: string;
}

/** What says that the server misses a certificate of ours. */
const OURS = /CertificateRequired/;

/** What the TLS libraries say, by their codes and texts, and what that means. */
const MEANINGS: [pattern: RegExp, meaning: (name: string) => string][] = [
  [
    /NotValidForName|not valid for name|ALTNAME_INVALID|does not match certificate/i,
    (name) => `its certificate is not for "${name}" (option "serverName" names another)`,
  ],
  [/expired/i, () => "its certificate has expired"],
  [/NotValidYet|not valid yet|not yet valid/i, () => "its certificate is not valid yet"],
  [/revoked/i, () => "its certificate is revoked"],
  [OURS, () => 'the server asks for a certificate: option "cert"'],
  [
    // Such as one that signed itself, as openssl makes it.
    /CaUsedAsEndEntity/,
    () =>
      "its certificate is an authority's, and this runtime does not take it for the server's own as well " +
      '(option "pin" with its key makes it do so; or let a separate authority sign it, for option "ca")',
  ],
  [
    /UnknownIssuer|SELF_SIGNED|self.signed|UNABLE_TO_(VERIFY|GET)|unable to (verify|get)/i,
    () => 'its certificate is of an unknown issuer (option "ca" adds one that is trusted)',
  ],
];

/** What the libraries say of a certificate in other cases. */
const CERTIFICATE = /invalid peer certificate|\bCERT_|\bUNABLE_TO_/;

/** The server has another key than those that option "pin" names. */
export class PinError extends Error {
  override readonly name = "PinError";
}

/** The error about a handshake that failed. */
export function tlsError({ host, port, name }: TlsPeer, cause: unknown): ConnectError {
  const said = `${(cause as { code?: unknown })?.code ?? ""} ${(cause as Error)?.message}`;
  const why = MEANINGS.find(([pattern]) => pattern.test(said))?.[1](name) ?? flawOf(cause);
  const message = `Cannot secure connection to "${hostAndPort(host, port)}": ${why}`;
  return new ConnectError("tls", message, { cause, rejected: rejectedOf(cause, said) });
}

function rejectedOf(cause: unknown, said: string): ConnectError["rejected"] {
  if (cause instanceof PinError) return "pin";
  if (OURS.test(said)) return undefined;
  const isKnown = CERTIFICATE.test(said) || MEANINGS.some(([pattern]) => pattern.test(said));
  return isKnown ? "certificate" : undefined;
}

/**
 * The error about a read that failed: a ConnectError where the server refused the handshake only now, as it does
 * since TLS 1.3 with who presents no certificate (RFC 8446 4.4.2.4); any other as it is.
 */
export function readError(peer: TlsPeer, cause: unknown): unknown {
  const isLate = cause instanceof Error && /CertificateRequired/.test(cause.message);
  return isLate ? tlsError(peer, cause) : cause;
}
