// The whole answers of a site of files: those to GET and HEAD whose file is in memory, and those that say that the
// client has it already. Byte for byte what the handler would have sent, but for the time.

import { encoder } from "../../wire/bytes.ts";
import type { RequestFields } from "../files/conditional.ts";
import type { Field, FileSource, Found } from "../files/file_source.ts";
import { WINDOWS_NAMES } from "../files/locate.ts";
import { pathBelow } from "../files/mount.ts";
import { type Plan, planFile } from "../files/plan.ts";
import { parseSafePath, type SafePath } from "../files/safe_path.ts";
import type { ParsedRequest } from "../parsed_request.ts";
import { pathOf, ServerRequest } from "../request.ts";
import { ResponseFields, statusLine } from "../response_head.ts";
import type { HotAnswer, HotSource, HotWatcher } from "./hot_answers.ts";

/** What a handler of files answers with. */
export interface HotSite {
  readonly source: FileSource;
  /** The path below which the files are. Default: empty, for a whole site. */
  readonly prefix?: string;
  /** Fields that the handler adds to all answers, before those of the file. */
  readonly fields?: readonly Field[];
  /** Whether the handler answers this path and query with a file. Default: always. */
  readonly isForFile?: (rawPath: string) => boolean;
  readonly watcher?: HotWatcher;
}

type Bytes = Uint8Array<ArrayBuffer>;

const NOTHING: Bytes = new Uint8Array(0);
/** A source that is not asked at least as often as answers are made anew has none. */
const MIN_MAX_AGE_SECONDS = 1;

/** Makes the answers that a handler of files would give. */
export class HotFiles implements HotSource {
  readonly maxBytes: number;
  readonly watcher: HotWatcher | undefined;
  readonly #source: FileSource;
  readonly #prefix: string;
  readonly #fields: readonly Field[];
  readonly #isForFile: (rawPath: string) => boolean;

  constructor({ source, prefix = "", fields = [], isForFile = () => true, watcher }: HotSite) {
    const { cache } = source.settings;
    this.maxBytes = cache === false || cache.maxAge < MIN_MAX_AGE_SECONDS ? 0 : cache.maxBytes;
    this.watcher = watcher;
    this.#source = source;
    this.#prefix = prefix;
    this.#fields = fields;
    this.#isForFile = isForFile;
  }

  get version(): number {
    return this.#source.changes ?? 0;
  }

  makeAnswer({ head, target }: ParsedRequest): HotAnswer | undefined {
    const { method, rawPath, headers } = new ServerRequest(head, target);
    const below = pathBelow(this.#prefix, pathOf(rawPath));
    if (!below || !this.#isForFile(rawPath)) return undefined;
    const path = parseSafePath(below, { windows: WINDOWS_NAMES, ...this.#source.pathPolicy });
    if (typeof path === "number") return undefined;
    const found = this.#find(path, headers);
    if (typeof found === "number" || found.kind !== "file") return undefined;
    const plan = planFile(method as "GET" | "HEAD", headers, found, Date.now());
    if (plan.status === 304) return this.#encode(plan, NOTHING);
    if (plan.status !== 200 || plan.compress !== undefined) return undefined;
    if (plan.count === 0) return this.#encode(plan, NOTHING);
    if (found.bytes === undefined) return undefined;
    const answer = this.#encode(plan, found.bytes);
    // The content that is kept is in the answer from now on, so that it is not in memory twice.
    const { bytes, bodyBytes } = answer;
    this.#source.moved?.(found, bytes.subarray(bytes.length - bodyBytes));
    return answer;
  }

  #find(path: SafePath, fields: RequestFields): Found {
    try {
      return this.#source.find(path, fields, true);
    } catch {
      // The handler finds that out as well, and is there to say so.
      return 503;
    }
  }

  #encode(plan: Plan, body: Bytes): HotAnswer {
    const head = encoder.encode(this.#head(plan));
    return { status: plan.status, bytes: join(head, body), bodyBytes: body.length };
  }

  #head({ status, fields: own }: Plan): string {
    const fields = new ResponseFields();
    for (const [name, value] of this.#fields) fields.set(name, value);
    for (const [name, value] of own) {
      if (name === "Vary") fields.append(name, value);
      else fields.set(name, value);
    }
    const { contentLength } = fields;
    const length = contentLength === undefined ? "" : `Content-Length: ${contentLength}\r\n`;
    return `${statusLine(status, undefined)}${fields.text()}${length}\r\n`;
  }
}

/** Head and body in one piece: the one that the body is in already, if it stands behind the same head there. */
function join(head: Bytes, body: Bytes): Bytes {
  const { buffer, byteOffset, length } = body;
  if (byteOffset === head.length && length > 0) {
    const whole = new Uint8Array(buffer, 0, byteOffset + length);
    if (head.every((byte, at) => whole[at] === byte)) return whole;
  }
  const whole = new Uint8Array(head.length + length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}
