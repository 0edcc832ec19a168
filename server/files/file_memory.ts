// Files in memory: their contents, so that what is asked for again and again is not opened, read and closed each time;
// and what was found for which request, so that it is not even looked for within `maxAge`.

import { ContentMemory, type Kept } from "./content_memory.ts";
import type { FileCacheOptions } from "./file_options.ts";
import type { FoundFile } from "./file_source.ts";
import { type FileFacts, isSameFile } from "./locate.ts";

/** The content of a file. */
interface Content extends Kept {
  /** Those of the file that it was read from: it holds for exactly that one. */
  readonly facts: FileFacts;
}

/** What was found for a request. It does not hold the content, which may go before. */
interface Find {
  /** With the very facts of the content. */
  readonly file: FoundFile;
  readonly atMs: number;
}

/** Up to this size a file is kept when it is first asked for, in bytes; a larger one when it is asked for again. */
const SMALL_BYTES = 65536;
/** Most paths of larger files that are remembered for that. */
const MAX_ASKED = 1024;
/** A file changed so recently could change again without a new time of change, in milliseconds. */
const MIN_AGE_MS = 2000;

/** The files of a folder that are in memory. */
export class FileMemory {
  readonly #bounds: Readonly<Required<FileCacheOptions>>;
  readonly #contents: ContentMemory<string, Content>;
  readonly #finds = new Map<string, Find>();
  /** Larger files that were asked for once. */
  readonly #asked = new Set<string>();

  constructor(bounds: Readonly<Required<FileCacheOptions>>) {
    this.#bounds = bounds;
    this.#contents = new ContentMemory(bounds);
  }

  /** Whether the content of a file is to be kept at the time `nowMs`, since it is asked for. */
  accepts(facts: FileFacts, nowMs: number): boolean {
    return this.#mayKeep(facts, nowMs) && (facts.size <= SMALL_BYTES || this.#isAskedAgain(facts));
  }

  #mayKeep({ size, mtimeMs, ctimeMs, ino }: FileFacts, nowMs: number): boolean {
    // The time of change cannot be set back, so an edit that restores the time of modification shows.
    return this.#contents.fits(size) &&
      ino !== null && mtimeMs !== null && ctimeMs !== null &&
      Math.max(mtimeMs, ctimeMs) < nowMs - MIN_AGE_MS;
  }

  /** Whoever goes through many files once has no use of their contents in memory. */
  #isAskedAgain({ path }: FileFacts): boolean {
    if (this.#asked.delete(path)) return true;
    if (this.#asked.size >= MAX_ASKED) this.#asked.clear();
    this.#asked.add(path);
    return false;
  }

  /** Keeps the content of a file, in place of others if need be. */
  keep({ facts }: FoundFile, bytes: Uint8Array<ArrayBuffer>): void {
    const known = this.#contents.peek(facts.path);
    if (known !== undefined && isSameFile(known.facts, facts)) {
      // The same bytes, in another place.
      known.bytes = bytes;
      return;
    }
    this.#contents.keep(facts.path, { facts, bytes });
  }

  /** The file with its content, if that is in memory; an older content of it is forgotten. */
  complete(file: FoundFile): FoundFile {
    const content = this.#contentOf(file.facts);
    return content === undefined ? file : { ...file, bytes: content.bytes };
  }

  /** Takes note of what was found for a request, if its content is in memory. */
  remember(key: string, file: FoundFile, nowMs: number): void {
    const content = this.#contentOf(file.facts);
    if (content === undefined) return;
    // There are more ways to ask for a file than files: none of them is worth much.
    if (this.#finds.size >= 2 * this.#bounds.maxEntries) this.#finds.clear();
    const { facts } = content;
    this.#finds.set(key, { file: { ...file, facts, bytes: undefined }, atMs: nowMs });
  }

  /** What was found for a request within `maxAge`, with its content. */
  recall(key: string, nowMs: number): FoundFile | undefined {
    const find = this.#finds.get(key);
    if (find === undefined) return undefined;
    const { file, atMs } = find;
    const content = this.#contents.use(file.facts.path);
    // A clock that was set back says nothing.
    const isFresh = nowMs >= atMs && nowMs - atMs < this.#bounds.maxAge * 1000;
    if (isFresh && content?.facts === file.facts) return { ...file, bytes: content.bytes };
    this.#finds.delete(key);
    return undefined;
  }

  /** Forgets what was found for requests; contents are compared before they are used again. */
  forget(): void {
    this.#finds.clear();
  }

  #contentOf(facts: FileFacts): Content | undefined {
    const content = this.#contents.use(facts.path);
    if (content === undefined || isSameFile(content.facts, facts)) return content;
    this.#contents.drop(facts.path);
    return undefined;
  }
}
