// An archive as it is made: one file open at a time, in constant memory but for the list of its entries, which stands
// at its end. `close` lets go of everything, wherever it stands.

import { makeZip } from "client-zip";
import type { Folder } from "../files/folder.ts";
import { refusing } from "../files/locate.ts";
import { openLocated } from "../files/open_file.ts";
import { changedError, contentOf, reading } from "./file_content.ts";
import type { ZipEntry } from "./zip_entries.ts";

type Entries = AsyncIterable<ZipEntry> | Iterable<ZipEntry>;
/** What a zip file can say of a time: two seconds of the years from 1980 to 2107. */
const EARLIEST_MS = Date.UTC(1980, 0, 2);
const LATEST_MS = Date.UTC(2107, 11, 30);

/** The bytes of an archive. */
export class ZipStream {
  readonly #files: AsyncGenerator<ZipInput, void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  /** `isExact`: the sizes of all entries were announced, so that none may be missing. */
  constructor(folder: Folder, entries: Entries, isExact: boolean) {
    this.#files = inputsOf(folder, entries, isExact);
    this.#reader = makeZip(this.#files).getReader();
  }

  /** The next bytes; `undefined` at the end. Rejects with an HttpError when a file is not what was announced. */
  async read(): Promise<Uint8Array | undefined> {
    return (await this.#reader.read()).value;
  }

  /** Closes what is open, and ends the walk. */
  async close(): Promise<void> {
    // The library passes the reason on as an error, to whoever cancels; and it leaves what it reads from open.
    await this.#reader.cancel().catch(() => {});
    await this.#files.return();
  }
}

/** What the library takes. */
type ZipInput =
  | { name: string; lastModified: Date }
  | { name: string; lastModified: Date; input: ReadableStream<Uint8Array>; size: number };

async function* inputsOf(
  folder: Folder,
  entries: Entries,
  isExact: boolean,
): AsyncGenerator<ZipInput, void> {
  for await (const entry of entries) {
    const { name, size } = entry;
    const lastModified = timeOf(entry);
    if (entry.kind === "folder") {
      yield { name, lastModified };
      continue;
    }
    const file = tryOpen(folder, entry, isExact);
    if (file === undefined) {
      if (isExact) throw changedError(name);
      continue;
    }
    try {
      const now = reading(name, () => file.statSync()).size;
      if (isExact && now !== size) throw changedError(name);
      yield { name, lastModified, input: contentOf(file, name, now), size: now };
    } finally {
      file.close();
    }
  }
}

/**
 * Opens a file by the rules by which it is served; `undefined` when that is not possible any more. Where it was announced,
 * an HttpError says why.
 */
function tryOpen(
  folder: Folder,
  { name, relative }: ZipEntry,
  isExact: boolean,
): Deno.FsFile | undefined {
  const root = folder.open();
  const facts = root.find(relative);
  if (typeof facts !== "object") return undefined;
  const file = isExact
    ? reading(name, () => openLocated(facts))
    : refusing(() => openLocated(facts));
  if (typeof file === "number") return undefined;
  if (file === undefined || root.isStraight(facts)) return file;
  file.close();
  return undefined;
}

function timeOf({ mtimeMs }: ZipEntry): Date {
  return new Date(Math.min(Math.max(mtimeMs ?? EARLIEST_MS, EARLIEST_MS), LATEST_MS));
}
