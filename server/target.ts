// Request targets (RFC 9112 3.2) and the Host field (RFC 9110 7.2): which resource of which
// authority is meant. Pure.

import { ProtocolError } from "../wire/errors.ts";
import type { RequestHead } from "../wire/request_head.ts";

/** What the target of a request names. */
export interface Target {
  /** Path and query as sent; `*` for OPTIONS on the server itself; the authority for CONNECT. */
  readonly rawPath: string;
  /** The effective authority: of the target where it has one, else of Host; empty without either. */
  readonly authority: string;
}

const MAX_PORT = 65535;
const REG_NAME = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/;
const AUTHORITY = /^(\[[0-9A-Fa-f:.]*\]|[^:\[\]]*)(?::(\d*))?$/;
const ABSOLUTE = /^([A-Za-z][A-Za-z0-9+\-.]*):\/\/([^/?]*)(.*)$/s;

/** The last Host value that passed: a server mostly hears the same one. */
let lastValid: string | undefined;

/** Checks target and Host against each other; `scheme` is what the connection speaks. */
export function parseTarget(head: RequestHead, scheme: "http" | "https"): Target {
  const { method, target, fields } = head;
  checkHost(head);
  if (method === "CONNECT") {
    const port = AUTHORITY.exec(target)?.[2];
    if (port === undefined || port === "" || !isAuthority(target)) {
      badTarget(target, "CONNECT takes host and port");
    }
    return { rawPath: target, authority: target };
  }
  const authority = fields.host ?? "";
  if (target.charCodeAt(0) === 0x2f) return { rawPath: target, authority };
  if (target === "*") {
    if (method !== "OPTIONS") badTarget(target, "only OPTIONS takes it");
    return { rawPath: target, authority };
  }
  return parseAbsolute(method, target, scheme);
}

function parseAbsolute(method: string, target: string, scheme: "http" | "https"): Target {
  const match = ABSOLUTE.exec(target);
  if (match === null) badTarget(target, "neither a path nor an absolute URI");
  const [, targetScheme, authority, rest] = match as unknown as [string, string, string, string];
  if (targetScheme.toLowerCase() !== scheme) {
    throw new ProtocolError(
      "bad_target",
      `Cannot serve target "${target}": not available over this ${scheme} connection`,
      421,
    );
  }
  if (!isAuthority(authority)) badTarget(target, "its authority is not valid");
  // Without a path OPTIONS is about the server itself (RFC 9112 3.2.4).
  if (rest === "" && method === "OPTIONS") return { rawPath: "*", authority };
  return { rawPath: rest.startsWith("/") ? rest : `/${rest}`, authority };
}

/** Exactly one valid Host in HTTP/1.1; none or one valid in HTTP/1.0 (RFC 9112 3.2). */
function checkHost({ fields, minorVersion }: RequestHead): void {
  const { host, hosts } = fields;
  if (hosts === 1 && host === lastValid) return;
  if (hosts === 0) {
    if (minorVersion === 0) return;
    throw new ProtocolError("bad_host", "Cannot serve request: Host is missing");
  }
  if (hosts > 1) throw new ProtocolError("bad_host", `Cannot serve request: ${hosts} Host fields`);
  if (!isAuthority(host!)) {
    throw new ProtocolError("bad_host", `Cannot serve request: Host "${host}" is not valid`);
  }
  lastValid = host;
}

/** Whether `text` is `uri-host [":" port]`, without user information and with a host. */
export function isAuthority(text: string): boolean {
  const match = AUTHORITY.exec(text);
  if (match === null) return false;
  const host = match[1]!;
  if (Number(match[2] ?? 0) > MAX_PORT) return false;
  if (host.startsWith("[")) return URL.canParse(`http://${host}/`);
  return REG_NAME.test(host);
}

function badTarget(target: string, why: string): never {
  throw new ProtocolError("bad_target", `Cannot serve target "${target}": ${why}`);
}
