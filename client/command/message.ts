// What the get command says of an error: one line, with its own options in the place of the library's, and
// without user names and passwords. Pure.

import { HttpError, LimitError, TimeoutError } from "../../wire/errors.ts";

/** The options of the command that stand for those of the library. */
const NAMES: Record<string, string> = {
  allowDowngrade: "--allow-downgrade",
  auth: "-u",
  ca: "--cacert",
  cert: "--cert",
  connectTimeout: "--connect-timeout",
  decode: "--compressed",
  device: "--interface",
  headers: "-H",
  insecure: "-k",
  key: "--key",
  localAddress: "--interface",
  maxRedirects: "--max-redirs",
  minTlsVersion: "--tlsv1.3",
  nameservers: "--dns-servers",
  pin: "--pinnedpubkey",
  proxy: "-x",
  resolve: "--resolve",
  retry: "--retry",
  timeout: "-m",
  unix: "--unix-socket",
};

/** What limits without an option of the command mean. */
const LIMITS: Record<string, (max: number) => string> = {
  maxHeadBytes: (max) => `its head has more than ${max} bytes`,
  maxFields: (max) => `it has more than ${max} fields`,
  maxDecodeRatio: (max) => `decompressed, its body is more than ${max} times as long`,
};

/** Words for deadlines without an option of the command. */
const WAITS: Record<string, string> = {
  headTimeout: "the server took too long to answer",
  idleTimeout: "nothing more was sent or received",
};

/** The message for an error. */
export function commandMessage(error: unknown): string {
  const text = error instanceof HttpError ? plainMessage(error) : messageOf(error);
  return withoutSecrets(withOwnOptions(text)).replace(/\s*[\r\n]+\s*/g, " ");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function plainMessage(error: HttpError): string {
  if (error instanceof LimitError) {
    const words = LIMITS[error.limit];
    if (words !== undefined) return `Cannot read response: ${words(error.max)}`;
  }
  if (error instanceof TimeoutError && error.limit !== undefined) {
    const words = WAITS[error.limit];
    if (words !== undefined) return error.message.replace(/: .*$/, `: ${words}${lengthOf(error)}`);
  }
  return error.message;
}

/** ` for 30 s`, where the message says how long. */
function lengthOf({ message }: TimeoutError): string {
  const [, seconds] = /more than ([\d.]+ s)/.exec(message) ?? [];
  return seconds === undefined ? "" : `, for ${seconds}`;
}

function withOwnOptions(text: string): string {
  return text
    // A parenthesis about an option that the command has not.
    .replace(/ \(option "(\w+)"[^)]*\)/g, (all, name) => Object.hasOwn(NAMES, name) ? all : "")
    .replace(/\b(IPv[46]), which option "ipv6"/g, (_, family) => {
      return `${family}, which option "${family === "IPv4" ? "-4" : "-6"}"`;
    })
    .replace(/(\boptions?|\bby|\band|;) "(\w+)(?:\.\w+)?"/g, (all, before, name) => {
      return Object.hasOwn(NAMES, name) ? `${before} "${NAMES[name]}"` : all;
    });
}

/** URLs without what may be a user name and a password. */
function withoutSecrets(text: string): string {
  return text.replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s"/?#]*@/gi, "$1");
}
