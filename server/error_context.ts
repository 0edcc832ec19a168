// What `onError` is told beside the error, and what is done with errors by default.

import { HttpError } from "../wire/errors.ts";
import type { PeerAddr } from "./peer_addr.ts";
import { printable } from "./printable.ts";
import type { ServerRequest } from "./request.ts";
import { codeOf } from "./system_code.ts";

/** Where an error came from. */
export interface ErrorContext {
  /**
   * `"handler"`: thrown by the handler or while its response was completed; `"request"`: the server
   * itself refused a request, with the status of the error, before there was one to be handled;
   * `"accept"`: a connection could not be accepted; `"connection"`: a defect of the server itself.
   */
  readonly source: "handler" | "request" | "accept" | "connection";
  /** The request that was handled, where there is one. */
  readonly request?: ServerRequest;
  /** The client, where there is one. */
  readonly remoteAddr?: PeerAddr;
}

/** An error of a handler that `onError` was told of already. */
export class ReportedError extends Error {
  constructor(cause: unknown) {
    super("Cannot answer: the error was reported", { cause });
  }
}

/** Prints what is not the client's doing; files that cannot be sent are not. */
export function printError(error: unknown, context: ErrorContext): void {
  if (context.source === "request") return;
  if (error instanceof HttpError && error.code !== "file" && (error.status ?? 500) < 500) return;
  const { request } = context;
  const where = request === undefined
    ? context.source
    : `${context.source} of ${request.method} "${printable(request.rawPath)}"`;
  printTrouble(`Error in ${where}:`, error);
}

/** How long after a lack of descriptors there may be none for the runtime either, in milliseconds. */
const SHORTAGE_MS = 10_000;
let shortUntilMs = 0;

/** What the system has too few of. */
const SHORT: ReadonlySet<string | undefined> = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);

/** Whether an error says that the process or the system has run out of something. */
function isShortage(error: unknown): boolean {
  return SHORT.has(codeOf(error));
}

/**
 * Prints an error; without its stack while descriptors are short. Deno 2.9.6 panics when a stack is looked at then,
 * which would end the process.
 */
export function printTrouble(what: string, error: unknown): void {
  if (isShortage(error) || isShortage((error as Error | null)?.cause)) {
    shortUntilMs = performance.now() + SHORTAGE_MS;
  }
  if (performance.now() >= shortUntilMs) return console.error(what, error);
  console.error(`${what} ${error instanceof Error ? error.message : String(error)}`);
}
