// POST to a folder: the files of a form, each streamed into a temporary file, and all of them put into place when
// the form was read to its end. If one cannot be, none of them stays.

import { parseContentDisposition } from "../../multipart/parse/content_disposition.ts";
import type { BodyEvent } from "../../multipart/parser.ts";
import { type Change, type Place, placeOf } from "./change.ts";
import { childPath } from "./child_path.ts";
import { checkName } from "./free_name.ts";
import { holdPlaces } from "./hold_places.ts";
import { NewUpload } from "./new_upload.ts";
import { removeFile } from "./place.ts";
import { quote, Refusal, refusalOf } from "./refusal.ts";
import { codeOf } from "../system_code.ts";
import { sweepFolder } from "./sweep.ts";

/** A file that was uploaded. */
export interface UploadedFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** Saves the files of the form in the request's body. */
export async function uploadForm(change: Change): Promise<UploadedFile[]> {
  const form = new FormUpload(change);
  try {
    await form.read();
    return await form.place();
  } catch (error) {
    await form.discard();
    throw error;
  }
}

/** A file of the form. */
interface FormFile {
  readonly place: Place;
  readonly upload: NewUpload;
}

class FormUpload {
  readonly #change: Change;
  readonly #files: FormFile[] = [];
  /** The name of the part being read, when it is a file; and that file, from its first byte on. */
  #filename: string | undefined;
  #open: FormFile | undefined;

  constructor(change: Change) {
    this.#change = change;
  }

  async read(): Promise<void> {
    const { con, req } = this.#change;
    while (true) {
      const event = await con.readFormData(req);
      if (event.type === "end") return;
      if (event.type === "body") await this.#take(event);
      else if (event.name === "content-disposition") {
        this.#filename = parseContentDisposition(event.value).filename;
      }
    }
  }

  async #take({ data, done }: BodyEvent): Promise<void> {
    // Fields are of no interest; and an empty file without a name is what browsers send where none was chosen.
    if (this.#filename !== undefined && (this.#filename !== "" || data.length > 0)) {
      await this.#write(this.#filename, data);
    }
    if (!done) return;
    this.#open?.upload.close();
    this.#open = this.#filename = undefined;
  }

  async #write(filename: string, data: Uint8Array): Promise<void> {
    try {
      this.#open ??= await this.#begin(filename);
      await this.#open.upload.write(data);
    } catch (error) {
      throw refusalOf(error, `Cannot upload ${quote(filename)}`) ?? error;
    }
  }

  async #begin(filename: string): Promise<FormFile> {
    const { folder, path, rights } = this.#change;
    const action = `Cannot upload ${quote(filename)}`;
    const child = childPath(path, filename, folder.pathPolicy);
    if (child === undefined) throw new Refusal(400, `${action}: that is no name for a file here`);
    const place = placeOf(folder, child, action);
    const isTwice = this.#files.some((it) => it.place.path === place.path);
    if (isTwice) throw new Refusal(409, `${action}: the form has two files of that name`);
    await checkName(place, rights.overwrite, action);
    if (this.#files.length === 0) await sweepFolder(place.parent);
    const upload = await NewUpload.create(place.parent, rights.maxUploadBytes ?? Infinity);
    const file = { place, upload };
    this.#files.push(file);
    return file;
  }

  async place(): Promise<UploadedFile[]> {
    const { overwrite } = this.#change.rights;
    if (this.#files.length === 0) {
      throw new Refusal(400, "Cannot upload: no part of the form is a file, which has a filename");
    }
    const places = this.#files.map(({ place }) => place);
    await holdPlaces(this.#change, places, "Cannot upload", () => this.#placeAll(overwrite));
    return this.#files.map(({ place, upload }) => ({ name: place.name, size: upload.size }));
  }

  async #placeAll(overwrite: boolean): Promise<void> {
    const placed: Place[] = [];
    for (const { place, upload } of this.#files) {
      try {
        await upload.place(place.path, overwrite);
      } catch (error) {
        // What took the place of another file cannot be taken back.
        if (!overwrite) await takeBack(placed);
        if (codeOf(error) !== "EEXIST") throw error;
        throw new Refusal(409, `Cannot upload ${quote(place.name)}: it exists already`);
      }
      placed.push(place);
    }
  }

  async discard(): Promise<void> {
    for (const { upload } of this.#files) {
      await upload.discard().catch(() => {}); // what went wrong before is what matters
    }
  }
}

async function takeBack(places: readonly Place[]): Promise<void> {
  for (const { path } of places) {
    await removeFile(path).catch(() => {}); // somebody else may have done so
  }
}
