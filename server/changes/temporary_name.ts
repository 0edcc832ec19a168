// The names of files that are being uploaded: dot names, in the folder where the file is to be, that nobody
// guesses. That of a resumable upload also says how long the file will be, so that the file system holds
// all of its state. Pure but for the random digits.

/** What a temporary name says. */
export interface TemporaryName {
  /** What stands for the upload in URLs. */
  readonly id: string;
  /** How long the file will be, in bytes; `undefined` for what cannot be resumed. */
  readonly length: number | undefined;
}

const PREFIX = ".upload-";
const ID = /^[0-9a-f]{32}(?:-(0|[1-9a-z][0-9a-z]{0,10}))?$/;

/** A new name, of a file whose length is known if it can be resumed. */
export function makeTemporaryName(length?: number): string {
  const random = crypto.randomUUID().replaceAll("-", "");
  return PREFIX + (length === undefined ? random : `${random}-${length.toString(36)}`);
}

/** The name of the resumable upload `id`; `undefined` when it is not the id of one. */
export function temporaryNameOf(id: string): string | undefined {
  return parseTemporaryName(PREFIX + id)?.length === undefined ? undefined : PREFIX + id;
}

/** What the name of a file says, if it is one of these. */
export function parseTemporaryName(name: string): TemporaryName | undefined {
  if (!name.startsWith(PREFIX)) return undefined;
  const id = name.slice(PREFIX.length);
  const match = ID.exec(id);
  if (match === null) return undefined;
  const digits = match[1];
  if (digits === undefined) return { id, length: undefined };
  const length = parseInt(digits, 36);
  return Number.isSafeInteger(length) ? { id, length } : undefined;
}

/** Whether a name is that of a file that is being uploaded. */
export function isTemporary(name: string): boolean {
  return parseTemporaryName(name) !== undefined;
}
