// Why a connection failed, in plain words: errors of the runtime, of node: modules and of the kernel, by
// their code. Pure.

import { ConnectError } from "../../wire/errors.ts";
import { hostAndPort } from "./ip_address.ts";

/** Codes of the system, as both the runtime and node: modules name them. */
const WORDS: Record<string, string> = {
  EACCES: "the system does not permit it",
  EADDRINUSE: "no local port is free",
  EADDRNOTAVAIL: "the address is not available on this machine",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  EHOSTUNREACH: "the host is unreachable",
  EMFILE: "too many open files",
  ENETDOWN: "the network is down",
  ENETUNREACH: "the network is unreachable",
  ENOENT: "there is no such socket",
  EPERM: "the system does not permit it",
  ETIMEDOUT: "the host does not answer",
};

/** What an error says, without what only repeats where it came from. */
export function flawOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  const words = typeof code === "string" ? WORDS[code] : undefined;
  return words ?? error.message.replace(/ \(os error \d+\)$/, "");
}

/** The error about a host that could not be connected to. */
export function connectError(
  host: string,
  port: number,
  why: string,
  cause?: unknown,
): ConnectError {
  return new ConnectError("connect", `Cannot connect to "${hostAndPort(host, port)}": ${why}`, {
    cause,
  });
}

/** The error about a name that has no address. */
export function resolveError(host: string, why: string, cause?: unknown): ConnectError {
  return new ConnectError("dns", `Cannot resolve "${host}": ${why}`, { cause });
}
