// Uploads that can go on after a break, whatever broke: a POST with Upload-Length begins one, PATCH appends to it at
// Upload-Offset, and HEAD says how far it came. All state is the partial file, its name and its size.
//
//   POST folder/name  Upload-Length: N          -> 201, Location: ./name?upload=ID, Upload-Offset: 0
//   POST folder/name  Upload-Length: 0          -> 201, Location: ./name, Upload-Offset: 0: complete, in its place
//   HEAD name?upload=ID                         -> 204, Upload-Offset, Upload-Length
//   PATCH name?upload=ID  Upload-Offset: K      -> 204, or 201 once it is complete and in its place
//   DELETE name?upload=ID                       -> 204

import { type Change, nameOf, type Place, placeOf } from "./change.ts";
import { checkName } from "./free_name.ts";
import { holdPlaces } from "./hold_places.ts";
import { tooLarge } from "./new_upload.ts";
import { PartialFile } from "./partial_file.ts";
import { placeFile, placeOver, removeFile } from "./place.ts";
import { PIECE_BYTES } from "./put_file.ts";
import { Refusal, refusalOf } from "./refusal.ts";
import { codeOf } from "../system_code.ts";
import { sweepFolder } from "./sweep.ts";
import { makeTemporaryName, parseTemporaryName, temporaryNameOf } from "./temporary_name.ts";

/** An answer without a body. */
export interface Answer {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
}

/** An upload that was begun. */
interface Begun {
  readonly place: Place;
  /** Its partial file. */
  readonly path: string;
  readonly length: number;
}

const WHOLE_NUMBER = /^\d{1,15}$/;

/** Begins an upload of the length that the request announces. */
export async function beginUpload(change: Change): Promise<Answer> {
  const { path, folder, rights, req } = change;
  const action = `Cannot upload ${nameOf(path)}`;
  const length = numberOf(req.headers["upload-length"]);
  if (length === undefined) {
    throw new Refusal(400, `${action}: Upload-Length is not a whole number`);
  }
  const max = rights.maxUploadBytes ?? Infinity;
  if (length > max) tooLarge(max);
  const place = placeOf(folder, path, action);
  await checkName(place, rights.overwrite, action);
  await sweepFolder(place.parent);
  const name = makeTemporaryName(length);
  await PartialFile.create(place.parent + name);
  const { id } = parseTemporaryName(name)!;
  if (length === 0) await finishOrRemove(change, { place, path: place.parent + name, length });
  const query = length === 0 ? "" : `?upload=${id}`;
  return {
    status: 201,
    fields: {
      // The segment may have a colon, which would be that of a scheme.
      "Location": `./${encodeURIComponent(place.name)}${query}`,
      "Upload-Offset": "0",
    },
  };
}

/** Says how far an upload came. */
export async function tellUpload(change: Change, id: string): Promise<Answer> {
  const { path, length } = find(change, id);
  const size = await PartialFile.sizeOf(path);
  if (size === undefined) throw unknown(change);
  return {
    status: 204,
    fields: {
      "Upload-Offset": String(size),
      "Upload-Length": String(length),
      "Cache-Control": "no-store",
    },
  };
}

/** Appends the request's body to an upload, as much of it as comes. */
export async function continueUpload(change: Change, id: string): Promise<Answer> {
  const begun = find(change, id);
  const file = await PartialFile.open(begun.path);
  if (file === undefined) throw unknown(change);
  if (file === "busy") {
    throw new Refusal(423, `${actionOf(change)}: another request is continuing it`);
  }
  try {
    checkOffset(change, begun, file.size);
    await append(change, begun, file).catch((error: unknown) => {
      throw withOffset(error, file.size, actionOf(change));
    });
    const fields = { "Upload-Offset": String(file.size) };
    if (file.size < begun.length) return { status: 204, fields };
    await file.sync();
    await finish(change, begun);
    return { status: 201, fields };
  } finally {
    file.close();
  }
}

/** Gives an upload up. */
export async function dropUpload(change: Change, id: string): Promise<Answer> {
  const { path } = find(change, id);
  if (await PartialFile.sizeOf(path) === undefined) throw unknown(change);
  await removeFile(path);
  return { status: 204, fields: {} };
}

function find(change: Change, id: string): Begun {
  const name = temporaryNameOf(id);
  if (name === undefined) throw unknown(change);
  const place = placeOf(change.folder, change.path, actionOf(change));
  return { place, path: place.parent + name, length: parseTemporaryName(name)!.length! };
}

/** Throws a Refusal unless the request goes on where the file ends, and not beyond its length. */
function checkOffset(change: Change, { length }: Begun, size: number): void {
  const { headers } = change.req;
  const offset = numberOf(headers["upload-offset"]);
  if (offset === undefined) {
    throw new Refusal(400, `${actionOf(change)}: Upload-Offset is not a whole number`);
  }
  const fields = { "Upload-Offset": String(size) };
  if (offset !== size) {
    throw new Refusal(
      409,
      `${actionOf(change)}: it goes on at byte ${size}, not ${offset}`,
      fields,
    );
  }
  if (offset + Number(headers["content-length"] ?? 0) > length) throw tooMuch(change, length);
}

async function append(change: Change, { length }: Begun, file: PartialFile): Promise<void> {
  const { con } = change;
  for (let piece; (piece = await con.readBody(PIECE_BYTES)).length > 0;) {
    if (file.size + piece.length > length) throw tooMuch(change, length);
    await file.write(piece);
  }
}

/** What went wrong; where there was no space, with how much there is: the rest may come once there is some. */
function withOffset(error: unknown, size: number, action: string): unknown {
  const refusal = refusalOf(error, action);
  if (refusal?.status !== 507) return error;
  return new Refusal(507, refusal.message, { "Upload-Offset": String(size) });
}

async function finish(change: Change, { place, path }: Begun): Promise<void> {
  const put = change.rights.overwrite ? placeOver : placeFile;
  try {
    await holdPlaces(change, [place], actionOf(change), () => put(path, place.path));
  } catch (error) {
    // What cannot get its place is of no use any more.
    const isTaken = ["EEXIST", "EISDIR", "ENOTEMPTY"].includes(codeOf(error) ?? "");
    if (!isTaken) throw error;
    await removeFile(path).catch(() => {}); // it is swept some day
    throw new Refusal(409, `${actionOf(change)}: it exists already`);
  }
}

/** The same for an upload that nobody could go on with. */
async function finishOrRemove(change: Change, begun: Begun): Promise<void> {
  try {
    await finish(change, begun);
  } catch (error) {
    await removeFile(begun.path).catch(() => {}); // what went wrong before is what matters
    throw error;
  }
}

function actionOf({ path }: Change): string {
  return `Cannot upload ${nameOf(path)}`;
}

function unknown(change: Change): Refusal {
  return new Refusal(404, `${actionOf(change)}: there is no such upload`);
}

function tooMuch(change: Change, length: number): Refusal {
  const why = `it is longer than the ${length} bytes that were announced`;
  return new Refusal(400, `${actionOf(change)}: ${why}`);
}

function numberOf(value: string | undefined): number | undefined {
  return value !== undefined && WHOLE_NUMBER.test(value) ? Number(value) : undefined;
}
