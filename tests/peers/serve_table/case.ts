// What a row of the table is, and how it is played on a server.

import { until } from "../../conformance/waiting.ts";
import { type Answer, Asker } from "./ask.ts";

/** What both servers tell a handler. */
export interface Info {
  remoteAddr: Deno.NetAddr;
  completed: Promise<unknown>;
}

/** A handler of the table; what it has to tell besides its answer goes to `note`. */
export type TableHandler = (
  request: Request,
  info: Info,
  note: (text: string) => void,
  kept: Response | undefined,
) => unknown;

/** What is done on a connection; by default every request is sent, and the answer read. */
export type Visit = (
  asker: Asker,
  /** Waits until the handler has made a note. */
  noted: () => Promise<void>,
) => Promise<void | (Answer | undefined)[]>;

/** A row of the table. */
export interface TableCase {
  /** What the handler does, as the subject of a sentence. */
  name: string;
  handler: TableHandler;
  /** What the handler keeps from request to request; made anew for each server. */
  kept?: () => Response;
  onError?: (error: unknown) => unknown;
  /** The requests, sent one after the other, each when the one before is answered. Default: a GET. */
  ask?: string[];
  /** Something else than asking and reading. */
  visit?: Visit;
  /** How many notes there will be; all are waited for. */
  notes?: number;
  /** Asked by HTTP/1.0: the two answer with another version each, which counts in exact rows only. */
  isOld?: boolean;
  /** Lines are compared as they came. Otherwise what differs everywhere is put aside. */
  isExact?: boolean;
}

/** Lines that only one has: `- ` of Deno.serve, `+ ` of serve(); by the name of the row. */
export type DifferingRows = Record<string, string[]>;

/** All that can be seen of a row. */
export interface Seen {
  answers: (Answer | undefined)[];
  /** What became of the connection behind the answers; undefined where a visit went its own way. */
  then: "kept" | "closed" | undefined;
  notes: string[];
  /** What `onError` was told. */
  errors: string[];
}

/** Either server, with a port. */
export interface TableServer {
  readonly port: number;
  /** Whether it has ended all connections, where it tells. */
  isIdle(): boolean;
  shutdown(): Promise<unknown>;
}

/** A handler for all rows. */
export type WholeHandler = (request: Request, info: Info) => Response | Promise<Response>;

/** What answers errors in all rows. */
export type OnError = (error: unknown) => Response | Promise<Response>;

/** Starts a server. */
export type StartServer = (handler: WholeHandler, onError: OnError) => TableServer;

/** The port of neither, so that both are asked the same. */
export const HOST = "table.test";
const PROBE = `GET /probe HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;

/** A request: `get("/a?b", "Accept: x")`. */
export function get(target = "/", ...fields: string[]): string {
  return message("GET", target, fields);
}

/** A request of any method, without a body. */
export function message(method: string, target = "/", fields: string[] = []): string {
  return [`${method} ${target} HTTP/1.1`, `Host: ${HOST}`, ...fields, "", ""].join("\r\n");
}

/** A request with a body of known length. */
export function post(body: string, ...fields: string[]): string {
  return message("POST", "/", [...fields, `Content-Length: ${body.length}`]) + body;
}

/** A server of the table, and the row that is being played on it. */
export class Stage implements AsyncDisposable {
  readonly #server: TableServer;
  #row: TableCase = { name: "none", handler: () => new Response() };
  #notes: string[] = [];
  #errors: string[] = [];
  #kept: Response | undefined;

  constructor(start: StartServer) {
    this.#server = start((request, info) => {
      if (request.url.endsWith("/probe")) return new Response("probe");
      const notes = this.#notes;
      return this.#row.handler(request, info, (text) => notes.push(text), this.#kept) as Response;
    }, (error) => {
      this.#errors.push(error instanceof Error ? error.name : String(error));
      const answer = this.#row.onError;
      if (answer !== undefined) return answer(error) as Response;
      return new Response("Internal Server Error", { status: 500 });
    });
  }

  /** Plays a row. */
  async play(row: TableCase): Promise<Seen> {
    this.#row = row;
    this.#kept = row.kept?.();
    const notes: string[] = this.#notes = [];
    const errors: string[] = this.#errors = [];
    const noted = (): Promise<void> => until("a note", () => notes.length > 0);
    const seen: Seen = { answers: [], then: undefined, notes, errors };
    {
      using asker = await Asker.connect(this.#server.port);
      if (row.visit !== undefined) seen.answers = await row.visit(asker, noted) ?? [];
      else await ask(asker, row.ask ?? [get()], seen);
    }
    try {
      await until("all notes", () => notes.length >= (row.notes ?? 0));
    } catch (cause) {
      throw new Error(`Of ${row.notes} notes there are ${JSON.stringify(notes)}`, { cause });
    }
    // Of a client that left, errors may be told later than all else.
    if (row.visit !== undefined) await until("all is over", () => this.#server.isIdle());
    return seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

async function ask(asker: Asker, requests: string[], seen: Seen): Promise<void> {
  for (const request of requests) {
    await asker.send(request);
    seen.answers.push(await asker.read(request.split(" ", 1)[0]!));
  }
  seen.then = await isKept(asker, seen.answers.at(-1)) ? "kept" : "closed";
}

async function isKept(asker: Asker, last: Answer | undefined): Promise<boolean> {
  if (last === undefined || !last.whole || last.framing === "close") return false;
  return await asker.isKept(PROBE);
}
