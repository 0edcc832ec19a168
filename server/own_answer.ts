// Answers that the server gives by itself when no handler can: complete responses after which the
// connection closes.

import { httpDate } from "../wire/date.ts";
import { HttpError } from "../wire/errors.ts";
import { encodeText } from "../wire/body_writer.ts";
import type { ConnWriter } from "../wire/conn_writer.ts";
import { reasonPhrase, statusLine } from "./response_head.ts";

/** The status with which an error is answered. */
export function statusOf(error: unknown): number {
  const status = error instanceof HttpError ? error.status : undefined;
  return status !== undefined && status >= 400 && status <= 599 ? status : 500;
}

/** What a client is told of an error: its message if the client caused it, else only the status. */
export function explain(error: unknown, status: number): string {
  return status < 500 && error instanceof HttpError
    ? `${reasonPhrase(status)}: ${error.message}\n`
    : `${reasonPhrase(status)}\n`;
}

/** Puts a whole answer to an error into the output. */
export function putOwnAnswer(writer: ConnWriter, error: unknown, withBody = true): void {
  const status = statusOf(error);
  const body = encodeText(explain(error, status));
  writer.putAscii(
    `${statusLine(status, undefined)}Date: ${httpDate()}\r\n` +
      "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n" +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
  );
  if (withBody) writer.putBytes(body);
}
