// The handler of a site, put together from its settings: log, forwarded client, health, prefix, cross-origin reads,
// passwords; then zip, changes, or a file.

import type { FileSource } from "../files/file_source.ts";
import { Folder } from "../files/folder.ts";
import { pathBelow } from "../files/mount.ts";
import { parseSafePath } from "../files/safe_path.ts";
import { serveFile } from "../files/serve_file.ts";
import type { Connection } from "../connection.ts";
import { pathOf, type ServerRequest } from "../request.ts";
import type { Handler } from "../serve_connection.ts";
import { answerChange, refusePath } from "../changes/answer_change.ts";
import { markHot } from "../hot/hot_handlers.ts";
import { makeListing } from "../listing/answer_listing.ts";
import { answerZip, prepareZip } from "../zip/answer_zip.ts";
import type { AccessLog } from "./access_log.ts";
import { AddressSet, isLocalAuthority, plainAddress } from "./addresses.ts";
import { CHALLENGE, Doorkeeper, type Verdict } from "./auth.ts";
import { corsFieldsFor, isPreflight, preflightFields } from "./cors.ts";
import { answerError, WithErrorPages } from "./error_page.ts";
import { clientOf } from "./forwarded.ts";
import { answerHealth } from "./health.ts";
import { hotFilesOf } from "./hot_site.ts";
import type { SiteSettings } from "./settings.ts";

/** What the log is to know of a request beside the request. */
interface Visit {
  /** The address of the client, as far as it is known. */
  readonly peer: string;
  user?: string;
}

type Answer = (con: Connection, req: ServerRequest, visit: Visit) => unknown;

const RETRY_AFTER_SECONDS = "2";
const VISIBLE_ASCII = /^[\x21-\x7e]*$/;

/** A folder and all that is around it. */
export class Site {
  /** Answers the requests. */
  readonly handler: Handler;
  readonly folder: Folder;
  /** Where files come from: the folder, unless something else was given. */
  readonly source: FileSource;
  readonly log: AccessLog | undefined;
  /** Whether the server is about to end, which its health tells. */
  draining = false;
  readonly #settings: SiteSettings;
  readonly #headers: readonly (readonly [name: string, value: string])[];
  readonly #door: Doorkeeper | undefined;
  readonly #proxies: AddressSet | undefined;

  /** Throws TypeError or RangeError where an option of the folder is not valid. */
  constructor(settings: SiteSettings, log?: AccessLog, source?: FileSource) {
    const { folder: docroot, index, gzip, files, rights, headers, users, trustProxy } = settings;
    this.#settings = settings;
    this.log = log;
    this.folder = new Folder({ docroot, index, gzip, ...files }, "start");
    this.source = source ?? this.folder;
    if (files.listing) this.folder.listing = makeListing(this.folder, rights);
    if (rights.zip) prepareZip();
    this.#headers = Object.entries(headers);
    this.#door = users.length === 0 ? undefined : new Doorkeeper(users);
    this.#proxies = trustProxy === undefined ? undefined : new AddressSet(trustProxy);
    this.handler = this.#handler();
    const hot = hotFilesOf(settings, this.source, this.#headers, log);
    if (hot !== undefined) markHot(this.handler, hot);
  }

  #handler(): Handler {
    const { health } = this.#settings;
    const answer = this.#logged(this.#answer());
    if (health === undefined) return answer;
    return (con, req) => {
      // Whoever asks all the time would drown the log, and knows no password.
      if (pathOf(req.rawPath) === health) answerHealth(con, req.method, this.draining);
      else return answer(con, req);
    };
  }

  #logged(answer: Answer): Handler {
    const { log } = this;
    const proxies = this.#proxies;
    // Without a log only the door asks who it is.
    if (log === undefined && this.#door === undefined) {
      return (con, req) => answer(con, req, NOBODY);
    }
    return (con, req) => {
      const connected = plainAddress(con.remoteAddr().ipaddr);
      const client = proxies && clientOf(connected, req.headers, proxies);
      const visit: Visit = { peer: client?.peer ?? connected };
      if (log === undefined) return answer(con, req, visit);
      this.#logLater(log, con, req, visit, client?.scheme);
      return log.full ? log.flush().then(() => answer(con, req, visit)) : answer(con, req, visit);
    };
  }

  #logLater(
    log: AccessLog,
    con: Connection,
    req: ServerRequest,
    visit: Visit,
    scheme: string | undefined,
  ): void {
    const startMs = performance.now();
    const timeMs = Date.now();
    con.done.then(({ status, bytesSent, completed }) => {
      const { peer, user } = visit;
      const { method, rawPath, minorVersion } = req;
      const { host, referer, "user-agent": userAgent } = log.detailed ? req.headers : NO_FIELDS;
      log.put({
        ...{ peer, scheme, user, timeMs, method, rawPath, minorVersion, status, bytesSent },
        ...{ completed, durationMs: performance.now() - startMs, host, referer, userAgent },
      });
    });
  }

  /** The answer to a request with all that may stand before it, as far as the settings ask for that. */
  #answer(): Answer {
    const { prefix, cors } = this.#settings;
    const headers = this.#headers;
    const door = this.#door;
    const isPlain = headers.length === 0 && prefix === "" && cors === undefined &&
      door === undefined;
    if (isPlain) return (con, req) => this.#dispatch(con, req, req.rawPath);

    return (con, req, visit) => {
      for (const [name, value] of headers) con.addHeader(name, value);
      const below = prefix === "" ? req.rawPath : this.#below(con, req);
      if (below === undefined) return;
      if (cors !== undefined && this.#answerCors(con, req)) return;
      if (door === undefined) return this.#dispatch(con, req, below);
      const enter = (verdict: Verdict): unknown => {
        if (typeof verdict === "number") return refuse(con, verdict);
        visit.user = verdict.user;
        return this.#dispatch(con, req, below);
      };
      const verdict = door.admit(req.headers["authorization"], visit.peer);
      return verdict instanceof Promise ? verdict.then(enter) : enter(verdict);
    };
  }

  /** Path and query below the prefix; `undefined` once it is answered. */
  #below(con: Connection, req: ServerRequest): string | undefined {
    const { rawPath, method } = req;
    // OPTIONS * is about the server.
    if (rawPath === "*") return rawPath;
    const path = pathOf(rawPath);
    const query = rawPath.slice(path.length);
    const { prefix } = this.#settings;
    const below = pathBelow(prefix, path);
    if (below === undefined) {
      con.sendError(404);
      return undefined;
    }
    if (below !== "" || (method !== "GET" && method !== "HEAD")) return (below || "/") + query;
    if (VISIBLE_ASCII.test(query)) con.redirect(301, `${prefix}/${query}`);
    else con.sendError(400);
    return undefined;
  }

  /** Adds what lets other sites read the answer; whether that is the answer. */
  #answerCors(con: Connection, req: ServerRequest): boolean {
    const cors = this.#settings.cors!;
    const { headers, method } = req;
    if (cors !== "*") {
      con.appendHeader("Vary", "Origin");
      add(con, corsFieldsFor(cors, headers["origin"]));
    }
    if (!isPreflight(method, headers)) return false;
    con.appendHeader("Vary", "Access-Control-Request-Headers");
    add(con, preflightFields(cors, headers));
    con.setStatus(204);
    return true;
  }

  #dispatch(con: Connection, req: ServerRequest, rawPath: string): unknown {
    const { rights, prefix, isLocal } = this.#settings;
    const { method } = req;
    const isRead = method === "GET" || method === "HEAD";
    const query = rawPath.indexOf("?") < 0 ? undefined : new URLSearchParams(req.queryString);
    const isZip = isRead && rights.zip && query?.has("zip") === true;
    const isChange = (rights.upload || rights.edit) &&
      (!isRead || (method === "HEAD" && rights.upload && query?.has("upload") === true));
    if ((!isZip && !isChange) || rawPath === "*") {
      const { headers } = req;
      return serveFile(
        new WithErrorPages(con, headers),
        { method, rawPath, headers, prefix },
        this.source,
      );
    }
    const path = parseSafePath(pathOf(rawPath), this.folder.pathPolicy);
    if (typeof path === "number") {
      return isZip ? answerError(con, req.headers, path) : refusePath(con, req, path);
    }
    if (isZip) return answerZip(con, req, path, this.folder);
    return answerChange(con, req, path, this.folder, rights, {
      prefix,
      isOurs: isLocal ? isLocalAuthority : undefined,
    });
  }
}

const NOBODY: Visit = { peer: "" };
const NO_FIELDS: Readonly<Record<string, string | undefined>> = {};

function add(con: Connection, fields: readonly (readonly [string, string])[]): void {
  for (const [name, value] of fields) con.addHeader(name, value);
}

function refuse(con: Connection, status: 401 | 503): void {
  if (status === 401) con.addHeader("WWW-Authenticate", CHALLENGE);
  else con.addHeader("Retry-After", RETRY_AFTER_SECONDS);
  con.addHeader("Content-Type", "text/plain; charset=utf-8");
  con.sendError(status, undefined, status === 401 ? "Unauthorized\n" : "Service Unavailable\n");
}
