// A Response as it is sent with the option `automaticCompression`: compressed where that is worth it and the client
// wants it.

import type { ServerRequest } from "../request.ts";
import { chooseCoding, compressBody, fieldsWithCoding, isCompressible } from "./compress.ts";
import { lengthOfBody } from "./static_body.ts";

/** The Response to send in place of what a handler returned; what is no usable Response is left for others to refuse. */
export function compressResponse(request: ServerRequest, response: unknown): unknown {
  if (!(response instanceof Response) || response.type === "error") return response;
  const { status, headers } = response;
  if (status === 304) return notModified(request, response);
  // A part is sent as it is, but says of the whole what that says of itself.
  const whole = status === 206 ? 200 : status;
  if (!isCompressible(whole, withoutRange(headers, status), lengthOfBody(response))) {
    return response;
  }
  const { body } = response;
  if (body?.locked || response.bodyUsed) return response;
  if (body === null && request.method !== "HEAD") return response;
  const coding = status === 206
    ? undefined
    : chooseCoding(request.headers["accept-encoding"] ?? null);
  const sent = coding === undefined || body === null ? body : compressBody(body, coding);
  return remake(response, sent, fieldsWithCoding(headers, coding));
}

/** A 304 has the fields of the response that the client has (RFC 9110 15.4.5): compressed, if it says so. */
function notModified(request: ServerRequest, response: Response): Response {
  const etag = response.headers.get("etag");
  const wanted = request.headers["if-none-match"] ?? "";
  if (etag === null || etag.startsWith("W/") || !wanted.includes(`W/${etag}`)) return response;
  const fields = fieldsWithCoding(response.headers, undefined);
  fields.set("etag", `W/${etag}`);
  return remake(response, null, fields);
}

function withoutRange(headers: Headers, status: number): Headers {
  if (status !== 206) return headers;
  const fields = new Headers(headers);
  fields.delete("content-range");
  return fields;
}

function remake(
  { status, statusText }: Response,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  headers: Headers,
): Response {
  return new Response(body, { status, statusText, headers });
}
