// What can be watched of a client's requests: lines as `curl -v` shows them.

import type { ResponseHead } from "../wire/response_head.ts";
import type { HttpConnection } from "./exchange/connection.ts";

/** Called with a line: `>` of a request head, `<` of a response head, `*` what happens. */
export type TraceLine = (mark: "*" | ">" | "<", line: string) => void;

/** Turns events into lines. */
export class Trace {
  readonly #line: TraceLine;

  constructor(line: TraceLine) {
    this.#line = line;
  }

  /** A request head goes out. */
  sent(connection: HttpConnection, head: string): void {
    const { remoteAddr } = connection.transport;
    const to = "hostname" in remoteAddr
      ? `${remoteAddr.hostname} port ${remoteAddr.port}`
      : "socket";
    this.#line("*", `${connection.reused ? "Reusing connection" : "Connected"} to ${to}`);
    for (const line of head.slice(0, -2).split("\r\n")) this.#line(">", line);
  }

  /** A response head came in. */
  received(head: ResponseHead): void {
    this.#line("<", `HTTP/1.${head.minorVersion} ${head.status} ${head.reason}`);
    for (const [name, value] of head.fields.raw()) this.#line("<", `${name}: ${value}`);
    this.#line("<", "");
  }
}
