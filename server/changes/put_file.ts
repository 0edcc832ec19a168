// PUT of a file: the body as it comes into a temporary file, which then takes its place. Conditions are looked at
// before the body is asked for, and again before anything is replaced, with no other change in between.

import { type Change, nameOf, type Place, placeOf } from "./change.ts";
import { checkConditions } from "./conditions.ts";
import { checkFree } from "./free_name.ts";
import { holdPlaces } from "./hold_places.ts";
import { NewUpload, tooLarge } from "./new_upload.ts";
import { lookAt } from "./place.ts";
import { Refusal } from "./refusal.ts";
import { codeOf } from "../system_code.ts";
import { sweepFolder } from "./sweep.ts";

/** Most bytes of a body that are taken at a time. */
export const PIECE_BYTES = 131072;

/** Saves the request's body as the file of its path; the status to answer with. */
export async function putFile(change: Change): Promise<201 | 204> {
  const { con, req, path, folder, rights } = change;
  const action = `Cannot upload ${nameOf(path)}`;
  const { headers } = req;
  // RFC 9110 14.4: a part of a file must not take the place of the whole.
  if (headers["content-range"] !== undefined) {
    throw new Refusal(400, `${action}: Content-Range is not supported`);
  }
  const coding = headers["content-encoding"] ?? "identity";
  if (coding.toLowerCase() !== "identity") {
    throw new Refusal(415, `${action}: it has a Content-Encoding`, {
      "Accept-Encoding": "identity",
    });
  }
  const place = placeOf(folder, path, action);
  const info = await lookAt(place.path);
  checkConditions(change, info, action);
  checkFree(place, info, rights.overwrite, action);
  const max = rights.maxUploadBytes ?? Infinity;
  if (Number(headers["content-length"] ?? 0) > max) tooLarge(max);

  await sweepFolder(place.parent);
  const upload = await NewUpload.create(place.parent, max);
  try {
    for (let piece; (piece = await con.readBody(PIECE_BYTES)).length > 0;) {
      await upload.write(piece);
    }
    return await holdPlaces(change, [place], action, () => put(change, upload, place, action));
  } catch (error) {
    await upload.discard().catch(() => {}); // what went wrong before is what matters
    throw error;
  }
}

async function put(
  change: Change,
  upload: NewUpload,
  place: Place,
  action: string,
): Promise<201 | 204> {
  const { req, rights } = change;
  const before = await lookAt(place.path);
  checkConditions(change, before, action);
  const mustBeNew = before === undefined && req.headers["if-none-match"] !== undefined;
  try {
    await upload.place(place.path, rights.overwrite && !mustBeNew);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw error;
    // Perhaps another process has taken the name just now, which is what a condition may be about.
    checkConditions(change, await lookAt(place.path), action);
    throw new Refusal(409, `${action}: it exists already`);
  }
  return before === undefined ? 201 : 204;
}
