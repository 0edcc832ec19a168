// Answers that the server gives by itself: to what a handler threw, and, where there is no handler, complete
// responses after which the connection closes.

import { httpDate } from "../wire/date.ts";
import { HttpError, LimitError, ProtocolError, TimeoutError } from "../wire/errors.ts";
import { MultipartError } from "../multipart/parse/multipart_error.ts";
import { encodeText } from "../wire/body_writer.ts";
import type { ConnWriter } from "../wire/conn_writer.ts";
import type { OutgoingResponse } from "./response.ts";
import { reasonPhrase, statusLine } from "./response_head.ts";

/** The status with which an error is answered. */
export function statusOf(error: unknown): number {
  const status = error instanceof HttpError ? error.status : undefined;
  return status !== undefined && Number.isInteger(status) && status >= 400 && status <= 599
    ? status
    : 500;
}

/**
 * What a client is told of an error: what was wrong with its own message, where that is what the error
 * is about; of all others only the status, since their messages speak of files and the like.
 */
export function explain(error: unknown, status: number): string {
  const isItsOwn = error instanceof ProtocolError || error instanceof LimitError ||
    error instanceof MultipartError || error instanceof TimeoutError;
  return isItsOwn ? `${reasonPhrase(status)}: ${error.message}\n` : `${reasonPhrase(status)}\n`;
}

/** Makes the answer to an error of a handler of a response that has nothing in it. */
export function fillErrorResponse(response: OutgoingResponse, error: unknown): void {
  response.status = statusOf(error);
  const own = error instanceof HttpError ? error.headers ?? {} : {};
  for (const [name, value] of Object.entries(own)) response.fields.set(name, value);
  response.fields.set("Content-Type", "text/plain; charset=utf-8");
  response.fields.set("X-Content-Type-Options", "nosniff");
  response.send(explain(error, response.status));
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
