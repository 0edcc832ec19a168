// The files of a form into a folder, piece by piece, its fields into memory, and all of it within limits. When
// anything fails, what was written is removed again.

import { LimitError } from "../wire/errors.ts";
import { forEachPart } from "./parse/for_each_part.ts";
import { checkLimit, checkNames } from "./parse/limits.ts";
import type { MultipartPart } from "./parse/part.ts";
import { safeFilename } from "./save/safe_filename.ts";
import { UploadFolder } from "./save/upload_folder.ts";

/** Options of {@linkcode saveFormData}. */
export interface SaveFormOptions {
  /**
   * The name of a file in the folder: one that {@linkcode safeFilename} leaves as it is. Where there is one
   * of that name, a number is put before the extension, or random digits where ten numbers are taken.
   * Default: a random UUID.
   */
  name?: (part: MultipartPart) => string;
  /** Most files. Default: 100. Beyond it: LimitError, status 413. */
  maxFiles?: number;
  /** Longest file, in bytes. Default: 1 GiB. Beyond it: LimitError, status 413. */
  maxFileBytes?: number;
  /** Most bytes of all files together. Default: 4 GiB. Beyond it: LimitError, status 413. */
  maxSavedBytes?: number;
  /**
   * Most bytes of the values of all fields together. Default: 16 MiB. Does not limit a single one: that is
   * `maxFieldBytes` of `parseMultipart`. Beyond it: LimitError, status 413.
   */
  maxBufferedBytes?: number;
}

/** A file of a form, as it was saved. */
export interface SavedFile {
  /** Name of the field. */
  readonly name: string;
  /** The file's name as the client sent it: never a path to write to. See {@linkcode safeFilename}. */
  readonly filename: string;
  /** Its media type as the client sent it. */
  readonly contentType: string | undefined;
  /** Where it is: the folder as given, and the file's name in it. */
  readonly path: string;
  /** Its size in bytes. */
  readonly size: number;
}

/** A form whose files are in a folder. They stay there until somebody removes them. */
export interface SavedForm {
  /** Names and values of all parts that are no files, in their order, read as UTF-8. */
  readonly fields: URLSearchParams;
  /** The files in their order. */
  readonly files: readonly SavedFile[];
  /**
   * Removes the files that are still where they were written; one that was moved away stays, and so does
   * what took its place. Needs to be allowed to read the folder where names were chosen. May be called again.
   *
   * @throws {HttpError} With code `file` when some could not be removed.
   */
  remove(): Promise<void>;
}

const GIB = 2 ** 30;
const MIB = 2 ** 20;

/**
 * Writes the files of a form into a folder and collects its other fields. Pieces are written as they come,
 * and none is asked for before the last one is written. Each file is created as a new one, never written over another
 * or through a link, under a random name without extension, or one that the option `name` chooses.
 *
 * What browsers send where no file was chosen, an empty file of an empty name, is left out.
 *
 * When anything fails (the form, a limit, the disk, the signal of `parseMultipart`), all that was written is
 * removed, the body is cancelled, and the returned promise rejects. After that, the files are the caller's:
 * call `remove()` of the result when they are not wanted after all.
 *
 * @param parts The parts of a form, of which none was taken yet: what `parseMultipart` returns.
 * @param folder An existing folder: a path, or a URL of the scheme `file`.
 * @param options Names and limits.
 * @returns The fields and files.
 * @throws {MultipartError} When the form is malformed.
 * @throws {LimitError} With status 413 when it is larger than allowed.
 * @throws {HttpError} With code `file` when a file could not be written.
 * @throws {TypeError} When a chosen name is not safe, or where there is no Deno.
 * @throws {RangeError} When a limit is not a whole number, 0 or more, or Infinity.
 *
 * @example Take an upload, and keep it only if it is what it should be
 * ```ts
 * import { MultipartForm, parseMultipart, saveFormData } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const sent = new MultipartForm()
 *   .add("title", "Sunset")
 *   .addBlob("photo", new Blob(["..."]), { filename: "sunset.jpg" });
 *
 * const saved = await saveFormData(parseMultipart(sent.stream(), sent.contentType), folder);
 * try {
 *   assertEquals(saved.fields.get("title"), "Sunset");
 *   const [photo] = saved.files;
 *   assertEquals([photo.name, photo.filename, photo.size], ["photo", "sunset.jpg", 3]);
 *   assertEquals(await Deno.readTextFile(photo.path), "...");
 * } catch (error) {
 *   await saved.remove();
 *   throw error;
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @example Under the names that the client chose, made safe
 * ```ts
 * import { MultipartForm, parseMultipart, safeFilename, saveFormData } from "@eco/http/multipart";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const sent = new MultipartForm()
 *   .addBlob("photo", new Blob(["1"]), { filename: "C:\\photos\\sunset.jpg" })
 *   .addBlob("photo", new Blob(["2"]), { filename: "../sunset.jpg" });
 *
 * const { files } = await saveFormData(parseMultipart(sent.stream(), sent.contentType), folder, {
 *   name: (part) => safeFilename(part.filename ?? ""),
 * });
 * assertEquals(files.map((it) => it.path), [`${folder}/sunset.jpg`, `${folder}/sunset (2).jpg`]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function saveFormData(
  parts: AsyncIterable<MultipartPart>,
  folder: string | URL,
  options: SaveFormOptions = {},
): Promise<SavedForm> {
  const saver = new FormSaver(folder, options);
  try {
    await forEachPart(parts, (part) => saver.take(part));
  } catch (error) {
    // What failed is what the caller has to know, not that something cannot be removed either.
    await saver.folder.remove().catch(() => {});
    throw error;
  }
  return { fields: saver.fields, files: saver.files, remove: () => saver.folder.remove() };
}

type Limit = Exclude<keyof SaveFormOptions, "name">;
const LIMITS: readonly Limit[] = ["maxFiles", "maxFileBytes", "maxSavedBytes", "maxBufferedBytes"];

/** What of a form was saved so far. */
class FormSaver {
  readonly fields: URLSearchParams = new URLSearchParams();
  readonly files: SavedFile[] = [];
  readonly folder: UploadFolder;

  readonly #name: SaveFormOptions["name"];
  readonly #limits: Record<Limit, number>;
  #savedBytes = 0;
  #bufferedBytes = 0;

  constructor(folder: string | URL, options: SaveFormOptions) {
    this.folder = new UploadFolder(folder);
    this.#name = options.name;
    if (this.#name !== undefined && typeof this.#name !== "function") {
      throw new TypeError('Cannot take option "name": it is not a function');
    }
    checkNames(options, ["name", ...LIMITS]);
    this.#limits = {
      maxFiles: checkLimit("maxFiles", options.maxFiles, 100),
      maxFileBytes: checkLimit("maxFileBytes", options.maxFileBytes, GIB),
      maxSavedBytes: checkLimit("maxSavedBytes", options.maxSavedBytes, 4 * GIB),
      maxBufferedBytes: checkLimit("maxBufferedBytes", options.maxBufferedBytes, 16 * MIB),
    };
  }

  async take(part: MultipartPart): Promise<void> {
    if (part.filename === undefined) await this.#takeField(part);
    else await this.#takeFile(part, part.filename);
  }

  async #takeField(part: MultipartPart): Promise<void> {
    const bytes = await part.bytes();
    this.#bufferedBytes += bytes.length;
    this.#check("maxBufferedBytes", this.#bufferedBytes);
    this.fields.append(part.name, utf8.decode(bytes));
  }

  async #takeFile(part: MultipartPart, filename: string): Promise<void> {
    // Its lock is not given back: going on to the next part, or no further, ends the body.
    const body = part.body.getReader();
    let piece = await readPiece(body);
    if (filename === "" && piece === undefined) return;

    this.#check("maxFiles", this.files.length + 1);
    // Not `using`, which Node 20 and some browsers cannot even parse.
    const file = await this.folder.create(this.#chosenName(part));
    let size = 0;
    try {
      for (; piece !== undefined; piece = await readPiece(body)) {
        size += piece.length;
        this.#savedBytes += piece.length;
        this.#check("maxFileBytes", size);
        this.#check("maxSavedBytes", this.#savedBytes);
        await file.write(piece);
      }
    } finally {
      file.close();
    }
    const { name, contentType } = part;
    this.files.push({ name, filename, contentType, path: file.path, size });
  }

  #check(limit: Limit, value: number): void {
    const max = this.#limits[limit];
    if (value > max) throw new LimitError(limit, max, 413);
  }

  #chosenName(part: MultipartPart): string | undefined {
    if (this.#name === undefined) return undefined;
    const name = this.#name(part);
    if (typeof name !== "string") {
      throw new TypeError(`Cannot save file: its name is ${typeof name}, not a string`);
    }
    const safe = safeFilename(name);
    if (name === safe) return name;
    const [given, instead] = [name, safe].map((it) => JSON.stringify(it));
    throw new TypeError(`Cannot save file: its name ${given} is not safe, ${instead} would be`);
  }
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** The next piece that has bytes; undefined at the end. */
async function readPiece(
  body: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  while (true) {
    const { value } = await body.read();
    if (value === undefined || value.length > 0) return value;
  }
}
