// Which requests to a site a server may answer from memory in its place: those to which nothing matters but what is
// asked for, not by whom. They have their lines in the log like all others.

import type { Field, FileSource } from "../files/file_source.ts";
import type { HotWatcher, SentAnswer } from "../hot/hot_answers.ts";
import { HotFiles } from "../hot/hot_files.ts";
import { pathOf, ServerRequest } from "../request.ts";
import type { AccessLog } from "./access_log.ts";
import { plainAddress } from "./addresses.ts";
import type { SiteSettings } from "./settings.ts";

/** The answers of a site, if they do not depend on who asks. */
export function hotFilesOf(
  settings: SiteSettings,
  source: FileSource,
  fields: readonly Field[],
  log: AccessLog | undefined,
): HotFiles | undefined {
  const { users, trustProxy, cors, prefix, health, rights } = settings;
  const isOpen = users.length === 0 && trustProxy === undefined &&
    (cors === undefined || cors === "*");
  if (!isOpen) return undefined;
  const { upload, edit, zip } = rights;
  const asksMore = upload || edit || zip;
  return new HotFiles({
    ...{ source, prefix, fields },
    // Other things than files are asked for by queries, and at the path of the health.
    isForFile: (rawPath) => !(asksMore && rawPath.includes("?")) && pathOf(rawPath) !== health,
    watcher: log && new LogWatcher(log),
  });
}

/** Puts a line into the log for each answer. */
class LogWatcher implements HotWatcher {
  readonly #log: AccessLog;

  constructor(log: AccessLog) {
    this.#log = log;
  }

  get full(): boolean {
    return this.#log.full;
  }

  sent({ request, peer, status, bytesSent, completed, durationMs }: SentAnswer): void {
    const { head, target } = request;
    const { method, minorVersion } = head;
    const { rawPath } = target;
    const entry = {
      ...{ peer: plainAddress(peer.ipaddr), timeMs: Date.now() - durationMs },
      ...{ method, rawPath, minorVersion, status, bytesSent, completed, durationMs },
    };
    if (!this.#log.detailed) return this.#log.put(entry);
    const { host, referer, "user-agent": userAgent } = new ServerRequest(head, target).headers;
    this.#log.put({ ...entry, host, referer, userAgent });
  }
}
