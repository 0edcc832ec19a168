// Why a change is not made, as a status and a sentence that the client may read: what the file system says,
// without the paths that its own messages have.

import { HttpError, LimitError } from "../../wire/errors.ts";
import { MultipartError } from "../../multipart/parse/multipart_error.ts";
import { statusOfFileError } from "../files/locate.ts";
import { codeOf } from "../system_code.ts";

/** A change that is not made. */
export class Refusal extends Error {
  /** The status to answer with, 400 to 599. */
  readonly status: number;
  /** Fields of the answer. */
  readonly fields: Readonly<Record<string, string>>;

  constructor(status: number, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.fields = fields;
  }
}

/** A name as it stands in messages. */
export function quote(name: string): string {
  return JSON.stringify(name);
}

type Reason = readonly [status: number, state: string];

const NO_SPACE: Reason = [507, "there is no space left"];
const FORBIDDEN: Reason = [403, "the server is not permitted to do that"];
const MISSING: Reason = [404, "there is no such file or folder"];
const EXISTS: Reason = [409, "there is something of that name already"];
const BUSY: Reason = [409, "it is in use"];
const BAD_NAME: Reason = [400, "the file system does not take such a name"];
const UNAVAILABLE: Reason = [503, "the file system fails at the moment"];

/** By the code that the system's errors carry. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EFBIG: [413, "it is too large for the file system"],
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EROFS: FORBIDDEN,
  ENOENT: MISSING,
  ENOTDIR: MISSING,
  ELOOP: MISSING,
  ENAMETOOLONG: [400, "its name is too long"],
  EINVAL: BAD_NAME,
  EILSEQ: BAD_NAME,
  EEXIST: EXISTS,
  ENOTEMPTY: EXISTS,
  EISDIR: EXISTS,
  EBUSY: BUSY,
  ETXTBSY: BUSY,
  EXDEV: [409, "it is on another file system"],
};

/**
 * What `error` means to the client, when it is a refusal, or the client or the file system is at fault;
 * `action` is what could not be done, as in `Cannot upload`. `undefined`: it has to be thrown on.
 */
export function refusalOf(error: unknown, action: string): Refusal | undefined {
  if (error instanceof Refusal) return error;
  if (error instanceof LimitError || error instanceof MultipartError) {
    return new Refusal(error.status ?? 400, error.message);
  }
  const cause = error instanceof HttpError && error.code === "file" ? error.cause : error;
  const reason = reasonOf(cause) ?? (cause === error ? undefined : UNAVAILABLE);
  return reason && new Refusal(reason[0], `${action}: ${reason[1]}`);
}

function reasonOf(error: unknown): Reason | undefined {
  const code = codeOf(error);
  if (code !== undefined) return REASONS[code] ?? UNAVAILABLE;
  // Some errors of the runtime have no code, such as those about its own permissions.
  const status = statusOfFileError(error);
  return status === undefined ? undefined : STATES[status];
}

const STATES: Readonly<Record<403 | 404 | 503, Reason>> = {
  403: FORBIDDEN,
  404: MISSING,
  503: UNAVAILABLE,
};
