// PUT of a file: the body as it comes into a temporary file, which then takes its place. Conditions are looked at
// before the body is asked for, and again before anything is replaced.

import { type Change, nameOf, placeOf } from "./change.ts";
import { checkConditions } from "./conditions.ts";
import { checkName } from "./free_name.ts";
import { NewUpload, tooLarge } from "./new_upload.ts";
import { lookAt } from "./place.ts";
import { codeOf, Refusal } from "./refusal.ts";
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
  checkConditions(change, await lookAt(place.path), action);
  const before = await checkName(place, rights.overwrite, action);
  const max = rights.maxUploadBytes ?? Infinity;
  if (Number(headers["content-length"] ?? 0) > max) tooLarge(max);

  await sweepFolder(place.parent);
  const upload = await NewUpload.create(place.parent, max);
  try {
    for (let piece; (piece = await con.readBody(PIECE_BYTES)).length > 0;) {
      await upload.write(piece);
    }
    const now = await lookAt(place.path);
    checkConditions(change, now, action);
    const mustBeNew = now === undefined && headers["if-none-match"] !== undefined;
    await upload.place(place.path, rights.overwrite && !mustBeNew);
  } catch (error) {
    await upload.discard().catch(() => {}); // what went wrong before is what matters
    if (codeOf(error) === "EEXIST") throw new Refusal(409, `${action}: it exists already`);
    throw error;
  }
  return before === undefined ? 201 : 204;
}
