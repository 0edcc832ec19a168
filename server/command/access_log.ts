// The access log of a server: lines in one format, on their way to whoever reads them.

import type { LineWriter } from "./line_writer.ts";
import {
  formatLogLine,
  formatRefusalLine,
  type LineFormat,
  type LogEntry,
  type RefusalEntry,
} from "./log_line.ts";

/** Takes an entry for each response when it is over. */
export class AccessLog {
  readonly #format: LineFormat;
  readonly #lines: LineWriter;

  constructor(format: LineFormat, lines: LineWriter) {
    this.#format = format;
    this.#lines = lines;
  }

  /** Whether entries are wanted with the fields of the request. */
  get detailed(): boolean {
    return this.#format !== "common";
  }

  /** Whether so much is waiting that the next request should wait, too. */
  get full(): boolean {
    return this.#lines.full;
  }

  /** Resolves when what was put is written, or can no longer be. */
  flush(): Promise<void> {
    return this.#lines.flush();
  }

  /** Adds the line of a response. */
  put(entry: LogEntry): void {
    this.#lines.put(formatLogLine(entry, this.#format));
  }

  /**
   * Adds the line of a request that was refused before it was understood. It cannot be made to wait, so that its
   * line is all that there is to drop.
   */
  putRefusal(entry: RefusalEntry): void {
    if (!this.full) this.#lines.put(formatRefusalLine(entry, this.#format));
  }
}
