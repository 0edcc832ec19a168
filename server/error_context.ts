// What `onError` is told beside the error, and what is done with errors by default.

import { HttpError } from "../wire/errors.ts";
import type { PeerAddr } from "./peer_addr.ts";
import { printable } from "./printable.ts";
import type { ServerRequest } from "./request.ts";

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
  console.error(`Error in ${where}:`, error);
}
