// The certificates and keys that the arguments of the get command name, read and looked at before anything is
// sent: each flaw with curl's exit code.

import { checkPem } from "../dial/tls/check_pem.ts";
import type { RequestOptions } from "../options.ts";
import type { GetArguments } from "./get_arguments.ts";
import { UsageError } from "./errors.ts";
import { whyUnread } from "./input.ts";
import { commandMessage } from "./message.ts";

const BAD_AUTHORITY = 77;
const BAD_CERTIFICATE = 58;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs;
const PRIVATE_KEY =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----/gs;

/** The options `ca`, `cert` and `key`, as texts. Throws UsageError. */
export function pemOptions({ values }: GetArguments): Pick<RequestOptions, "ca" | "cert" | "key"> {
  const { cacert, cert: certFile, key: keyFile } = values;
  if (certFile === undefined && keyFile !== undefined) {
    throw new UsageError('Cannot start: option "--key" needs "--cert"');
  }
  const ca = read("--cacert", cacert, CERTIFICATE, BAD_AUTHORITY);
  const cert = read("--cert", certFile, CERTIFICATE, BAD_CERTIFICATE);
  // As in curl, one file may hold both.
  const key = read("--key", keyFile ?? certFile, PRIVATE_KEY, BAD_CERTIFICATE);
  check(
    { ca: ca === undefined ? undefined : [ca], cert: undefined, key: undefined },
    BAD_AUTHORITY,
  );
  check({ ca: undefined, cert, key }, BAD_CERTIFICATE);
  return { ca, cert, key };
}

/** The blocks of one kind in a file. */
function read(
  option: string,
  path: string | undefined,
  kind: RegExp,
  exitCode: number,
): string | undefined {
  if (path === undefined) return undefined;
  const refuse = (why: string, cause?: unknown): never => {
    throw new UsageError(`Cannot use option "${option}": "${path}": ${why}`, exitCode, { cause });
  };
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    return refuse(whyUnread(cause), cause);
  }
  const blocks = text.match(kind);
  if (blocks !== null) return `${blocks.join("\n")}\n`;
  const what = kind === PRIVATE_KEY ? "private key" : "certificate";
  return refuse(`it holds no ${what}${text.includes("-----BEGIN ") ? "" : ", as it is not PEM"}`);
}

function check(texts: Parameters<typeof checkPem>[0], exitCode: number): void {
  try {
    checkPem(texts);
  } catch (cause) {
    throw new UsageError(commandMessage(cause), exitCode, { cause });
  }
}
