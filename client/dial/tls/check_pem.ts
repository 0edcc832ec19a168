// The contents of PEM texts from options: both implementations of TLS pass over what they cannot read, so that
// a mistake would look like a server that cannot be trusted.

import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { TlsSettings } from "../route_settings.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Lists of authorities that were checked: they may be long, and serve many connections. */
const checked = new WeakSet<readonly string[]>();

/** Throws a TypeError that names the option whose text is not what it should be. */
export function checkPem({ ca, cert, key }: Pick<TlsSettings, "ca" | "cert" | "key">): void {
  if (ca !== undefined && !checked.has(ca)) {
    for (const text of ca) parseCertificates("ca", text);
    checked.add(ca);
  }
  if (cert === undefined || key === undefined) return;
  const [leaf] = parseCertificates("cert", cert);
  if (!leaf!.checkPrivateKey(parseKey(key))) refuse("key", 'it does not belong to option "cert"');
}

function parseCertificates(option: string, text: string): X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? refuse(option, "it holds no certificate");
  return blocks.map((block) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      return refuse(option, "it holds a certificate that cannot be read", cause);
    }
  });
}

function parseKey(text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch (cause) {
    const why = /ENCRYPTED/.test(text) ? "it is encrypted" : "it holds no private key";
    return refuse("key", why, cause);
  }
}

function refuse(option: string, why: string, cause?: unknown): never {
  throw new TypeError(`Cannot use option "${option}": ${why}`, { cause });
}
