// A Response as it is sent with the option `automaticCompression`: compressed where that is worth it and the client
// wants it.

import type { ServerRequest } from "../request.ts";
import { chooseCoding, compressBody, fieldsWithCoding, isCompressible } from "./compress.ts";
import { lengthOfBody } from "./static_body.ts";

/** The Response to send in place of what a handler returned; what is no usable Response is left for others to refuse. */
export function compressResponse(request: ServerRequest, response: unknown): unknown {
  if (!(response instanceof Response) || response.type === "error") return response;
  const { status, statusText, headers } = response;
  if (!isCompressible(status, headers, lengthOfBody(response))) return response;
  const { body } = response;
  if (body === null || body.locked || response.bodyUsed) return response;
  const coding = chooseCoding(request.headers["accept-encoding"] ?? null);
  const fields = fieldsWithCoding(headers, coding);
  const sent = coding === undefined ? body : compressBody(body, coding);
  return new Response(sent, { status, statusText, headers: fields });
}
