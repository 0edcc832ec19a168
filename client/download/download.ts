// Downloads into files: atomic, checked, and resumed where it is certain that the rest fits. Bytes that a
// file has already are asked for again whenever a validator, a position or a length says otherwise.

import { HttpError, ProtocolError, TimeoutError } from "../../wire/errors.ts";
import { checkBoolean, checkOptions, refuseOption } from "../check_option.ts";
import { Checksum, parseSha256 } from "./checksum.ts";
import { parseContentRange } from "./content_range.ts";
import type { Engine } from "../engine.ts";
import { describe, NO_TRAFFIC } from "../exchange/failure.ts";
import { givenFields } from "../fields.ts";
import type { FileSink } from "./file_sink.ts";
import type { Progress, RequestOptions } from "../options.ts";
import { PartFile } from "./part_file.ts";
import { createSink } from "../collect.ts";
import { delayAfterError } from "../journey.ts";
import { resolveSettings, type Settings } from "../settings.ts";
import { pause } from "../exchange/pause.ts";
import type { WatchedSource } from "../watched_source.ts";
import type { ClientResponse, OpenResponse } from "../response.ts";
import { ifRange, publicUrl, type Source, sourceOf } from "./validators.ts";

/**
 * Options of a download: those of a request with two other defaults, since a file may take its time and may
 * have moved: `timeout` is 0 (none; `idleTimeout` guards), and `redirect` is `"follow"`. Files arrive as they
 * are stored: `decode` and `Accept-Encoding` change nothing.
 */
export interface DownloadOptions extends Omit<RequestOptions, "bodyToFile" | "decode"> {
  /**
   * Whether a download that fails leaves what it has, as `name.part` and `name.part.json` beside the file, and
   * the next one asks only for the rest, if the file at the server is still the same. Default: false.
   */
  resume?: boolean;
  /**
   * The SHA-256 that the file must have: 64 hex digits, or `sha256-` and base64. Default: any. Otherwise:
   * HttpError `checksum`, and nothing is kept.
   */
  sha256?: string;
}

/** What a download came to. */
export interface DownloadResult {
  /** The path that was given. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  /** How many of them were there already, and were not sent again. */
  readonly resumed: number;
  /** The last response: with status 206 where it sent the rest, 416 where nothing was missing. */
  readonly response: ClientResponse;
}

/** Requests in a row, where the server sends less of the file than it was asked for. */
const MAX_ROUNDS = 1000;

/** Successes that bring no file: no content twice, and a part. */
const WITHOUT_FILE: ReadonlySet<number> = new Set([204, 205, 206]);
const NEVER: AbortSignal = new AbortController().signal;

/** Downloads `url` into the file `path`; see `Client.download`. */
export async function download(
  engine: Engine,
  url: string | URL,
  path: string,
  options: DownloadOptions = {},
): Promise<DownloadResult> {
  const { decode } = checkOptions(options);
  const { resume = false, sha256, ...request } = options;
  checkBoolean("resume", resume);
  const checksum = sha256 === undefined ? undefined : new Checksum(parseSha256(sha256));
  if ("bodyToFile" in request) {
    refuseOption("bodyToFile", "a download goes to the path that is its argument");
  }
  if (decode !== undefined) checkBoolean("decode", decode);
  const job = new Download(engine, url, request, checksum);
  request.signal?.throwIfAborted();
  try {
    return await (resume ? job.resume(path) : job.whole(path));
  } catch (error) {
    throw job.explain(error);
  }
}

/** One download. */
class Download {
  readonly #engine: Engine;
  /** What is downloaded, for messages and for the disk. */
  readonly url: string;
  readonly #url: string | URL;
  readonly #checksum: Checksum | undefined;
  readonly #onProgress: RequestOptions["onProgress"];
  /** Bytes of the file before those of the response under way. */
  #before = 0;
  /** The body of the last response. */
  #body: WatchedSource | undefined;
  /** Attempts so far. */
  #attempts = 0;
  readonly #settings: Settings;
  readonly #signal: AbortSignal;
  readonly #startMs: number = performance.now();

  constructor(
    engine: Engine,
    url: string | URL,
    request: RequestOptions,
    checksum: Checksum | undefined,
  ) {
    this.#engine = engine;
    this.#url = url;
    this.url = URL.canParse(url) ? publicUrl(url) : String(url);
    this.#checksum = checksum;
    const { onProgress = engine.downloadDefaults.onProgress } = request;
    this.#onProgress = onProgress;
    const options: RequestOptions = {
      ...request,
      decode: false,
      headers: fieldsOf(request.headers),
      onProgress: onProgress && ((progress) => onProgress(this.#overall(progress))),
    };
    this.#settings = resolveSettings(options, engine.downloadDefaults);
    this.#signal = this.#settings.signal ?? NEVER;
  }

  /** A download that leaves the file as it should be, or nothing. */
  async whole(path: string): Promise<DownloadResult> {
    while (true) {
      const sink = await createSink(path, this.#signal);
      let isOpen = false;
      try {
        const { response, body } = await this.#open();
        isOpen = true;
        try {
          this.#checkStatus(response);
          await this.#write(body, sink, Infinity);
          this.#checksum?.check(this.url);
          await sink.commit();
        } finally {
          body.close();
        }
        return { path, size: sink.size, resumed: 0, response };
      } catch (error) {
        await sink.discard();
        // What did not come to a response was repeated enough; what is in a FIFO cannot be taken back.
        if (!isOpen || sink.isFinal) throw error;
        await this.#awaitRetry(error);
        this.#checksum?.reset();
      }
    }
  }

  /** Waits for another attempt after a failure; throws that where there is to be none. */
  async #awaitRetry(failure: unknown): Promise<void> {
    const error = this.explain(failure);
    const signal = this.#signal;
    const isLate = error instanceof TimeoutError && error.limit === "timeout";
    const waitMs = delayAfterError(this.#settings.retry, error, this.#attempts);
    if (isLate || waitMs === undefined || waitMs >= this.#leftMs || signal.aborted) throw error;
    await pause(waitMs, signal);
  }

  /** What is left of `timeout`, in milliseconds. */
  get #leftMs(): number {
    const { timeoutMs } = this.#settings;
    return timeoutMs > 0 ? timeoutMs - (performance.now() - this.#startMs) : Infinity;
  }

  /** A download that goes on with what an earlier one left, and leaves what it has when it fails. */
  async resume(path: string): Promise<DownloadResult> {
    const part = await PartFile.open(path);
    try {
      const { response, resumed } = await this.#complete(part);
      this.#checksum?.check(this.url);
      const { size } = part;
      await part.commit();
      return { path, size, resumed, response };
    } catch (error) {
      const isWrong = error instanceof HttpError && error.code === "checksum";
      await (isWrong ? part.discard() : part.suspend());
      throw error;
    }
  }

  /** Says of an error what is known of the last request, if there was one. */
  explain(error: unknown): unknown {
    if (this.#body !== undefined) return this.#body.explain(error);
    const request = { url: this.url, phase: "queue", reused: false, method: "GET" } as const;
    return describe(error, { ...request, traffic: NO_TRAFFIC });
  }

  /** Asks for what is missing until nothing is. */
  async #complete(part: PartFile): Promise<{ response: ClientResponse; resumed: number }> {
    let resumed = part.size;
    if (part.source?.url !== this.url || ifRange(part.source) === undefined) resumed = 0;
    if (resumed === 0) await part.restart(undefined);
    else if (this.#checksum !== undefined) {
      for await (const bytes of part.content()) {
        this.#signal.throwIfAborted();
        this.#checksum.update(bytes);
      }
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { size } = part;
      if (size > 0 && (part.source === undefined || ifRange(part.source) === undefined)) {
        resumed = 0;
        await this.#restart(part, undefined);
        continue;
      }
      const { response, body } = await this.#open(size > 0 ? part.source : undefined, size);
      try {
        const answer = size > 0 ? judge(response, part.source!, size) : "whole";
        if (answer === "complete") return { response, resumed };
        if (answer === "whole") {
          this.#checkStatus(response);
          resumed = 0;
          await this.#restart(part, sourceOf(this.url, response.headers));
          await this.#write(body, part, Infinity);
          return { response, resumed };
        }
        if (answer === "unusable") {
          resumed = 0;
          await this.#restart(part, undefined);
          continue;
        }
        this.#before = size;
        this.#onProgress?.({ direction: "down", bytes: size, total: answer.total });
        await this.#write(body, part, answer.last + 1);
        // Without a total only an answer that there is no more (416) says that this was all.
        if (part.size === answer.total) return { response, resumed };
        if (part.size === size) break;
      } catch (error) {
        await this.#awaitRetry(error);
      } finally {
        body.close();
      }
    }
    throw new ProtocolError(
      "bad_framing",
      `Cannot download "${this.url}": the server sends no more than ${part.size} bytes of it`,
    );
  }

  async #restart(part: PartFile, source: Source | undefined): Promise<void> {
    this.#before = 0;
    this.#checksum?.reset();
    await part.restart(source);
  }

  /** Asks for the whole, or for what is behind the first `offset` bytes if it still comes from `source`. */
  async #open(source?: Source, offset = 0): Promise<OpenResponse> {
    const headers: [string, string][] = source === undefined
      ? []
      : [["Range", `bytes=${offset}-`], ["If-Range", ifRange(source)!]];
    const left = this.#leftMs;
    // Of all requests together.
    const timeout = left < Infinity ? Math.max(0.001, left / 1000) : undefined;
    const options = { headers, timeout };
    const opened = await this.#engine.open("GET", this.#url, undefined, options, this.#settings);
    this.#attempts += opened.attempts;
    this.#body = opened.body;
    return opened;
  }

  /** Writes a body that goes up to position `end` of the file. */
  async #write(body: WatchedSource, output: FileSink | PartFile, end: number): Promise<void> {
    for (let bytes; (bytes = await body.read()) !== undefined;) {
      if (output.size + bytes.length > end) {
        throw new ProtocolError(
          "bad_framing",
          `Cannot download "${this.url}": the server sent more than the part it had announced`,
        );
      }
      const written = output.write(bytes);
      await (output.mayWait ? body.race(written) : written);
      this.#checksum?.update(bytes);
    }
  }

  /** Throws unless the response brings the whole file. */
  #checkStatus({ code, status }: ClientResponse): void {
    if (code >= 200 && code < 300 && !WITHOUT_FILE.has(code)) return;
    const why = code === 206
      ? "the server sent a part of it that nobody had asked for"
      : `the server answered ${code} ${status}`.trimEnd();
    throw new HttpError(`Cannot download "${this.url}": ${why}`, {
      code: "refused",
      status: code,
    });
  }

  #overall({ direction, bytes, total }: Progress): Progress {
    const before = direction === "down" ? this.#before : 0;
    return {
      direction,
      bytes: before + bytes,
      total: total === undefined ? undefined : before + total,
    };
  }
}

/** What an answer to a request for a rest is good for; a part is what it brings. */
type Answer = "whole" | "complete" | "unusable" | { last: number; total: number | undefined };

/** Judges the answer to a request for what is behind the first `size` bytes. */
function judge({ code, headers }: ClientResponse, source: Source, size: number): Answer {
  if (code !== 206 && code !== 416) return "whole";
  const range = parseContentRange(headers["content-range"]);
  const { length = range?.total, etag, lastModified } = source;
  if (range === undefined || (range.total ?? length) !== length) return "unusable";
  if (code === 416) return range.first === undefined && length === size ? "complete" : "unusable";
  // A server that ignores If-Range may still say that it is another file (RFC 9110 15.3.7).
  if (range.first !== size || (headers["etag"] ?? etag) !== etag) return "unusable";
  const changed = headers["last-modified"];
  if (changed !== undefined && changed !== (lastModified ?? changed)) return "unusable";
  if ((headers["content-encoding"] ?? "identity") !== "identity") return "unusable";
  return { last: range.last!, total: length };
}

/** The fields of a request, with those of a download. */
function fieldsOf(headers: RequestOptions["headers"]): [name: string, values: readonly string[]][] {
  const fields: [string, readonly string[]][] = [];
  for (const [name, values] of headers === undefined ? [] : givenFields("headers", headers)) {
    const key = name.toLowerCase();
    if (key === "range" || key === "if-range") {
      throw new TypeError(`Cannot download: the field "${name}" is for the download to set`);
    }
    if (key !== "accept-encoding") fields.push([name, values]);
  }
  return [...fields, ["Accept-Encoding", ["identity"]]];
}
