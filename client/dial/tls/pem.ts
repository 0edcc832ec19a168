// PEM texts from options that are either those or paths of files.

const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*-----END \1-----/;

/** The PEM text of an option. Throws TypeError naming it when the file cannot be read. */
export function readPem(option: string, value: string): string {
  if (value.includes("-----BEGIN ")) return value;
  try {
    const text = Deno.readTextFileSync(value);
    if (text.includes("-----BEGIN ")) return text;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TypeError(`Cannot request: option "${option}": ${why}`, { cause });
  }
  throw new TypeError(`Cannot request: option "${option}": "${value}" is not a PEM file`);
}

/** The private key in a PEM text, which may hold other things too; undefined where there is none. */
export function tryPrivateKey(pem: string): string | undefined {
  return PRIVATE_KEY.exec(pem)?.[0];
}
