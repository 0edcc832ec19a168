// What clients may change, and the methods that follow from that. Pure.

/** What clients may do to a folder besides reading it. */
export interface ChangeRights {
  /** Whether new files may be uploaded. */
  readonly upload: boolean;
  /** Whether uploads and moves may take the place of files that exist. */
  readonly overwrite: boolean;
  /** Whether folders may be made, and files and folders moved and deleted. */
  readonly edit: boolean;
  /** Longest file that may be uploaded, in bytes. Default: Infinity. */
  readonly maxUploadBytes?: number;
}

/** What a path names, as far as its form tells. */
export type PathKind = "folder" | "file" | "upload";

const OF_UPLOAD = ["HEAD", "PATCH", "DELETE", "OPTIONS"];

/** The methods that are allowed on a path: those of reading, and those that the rights add. */
export function allowedMethods(kind: PathKind, rights: ChangeRights): string[] {
  // Without the right to upload it still is no other name for the file: of that HEAD would tell.
  if (kind === "upload") return rights.upload ? OF_UPLOAD : ["GET", "OPTIONS"];
  const methods = ["GET", "HEAD", "OPTIONS"];
  if (rights.upload) methods.push("POST");
  if (rights.upload && kind === "file") methods.push("PUT");
  if (rights.edit) methods.push("DELETE", "MKCOL", "MOVE");
  return methods;
}
