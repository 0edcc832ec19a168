// From what is asked for to what is sent: the head in its final form and how the body is framed. Whatever does
// not fit together is refused here, before anything is sent.

import { isAscii, isFieldValue, type RawHeader } from "../wire/headers.ts";
import { ACCEPT_ENCODING } from "./content/coding.ts";
import type { CheckedFields } from "./fields.ts";
import type { OutgoingBody } from "./request_body.ts";
import { headText } from "./request_head.ts";
import type { Settings } from "./settings.ts";
import type { Target } from "./target.ts";

/** What is asked for. */
export interface RequestPlan {
  readonly method: string;
  readonly target: Target;
  readonly fields: CheckedFields;
  readonly body: OutgoingBody | undefined;
  /** Fields behind the body. */
  readonly trailers: RawHeader[] | undefined;
}

/** What one attempt adds to it. */
export interface AttemptFields {
  /** Whether the whole URL is sent, to a proxy. */
  readonly absoluteForm: boolean;
  /** Fields that the caller's of the same name replace: Authorization, Cookie. */
  readonly defaults: readonly RawHeader[];
  /** Fields that they may not: Proxy-Authorization, those of a handshake. */
  readonly forced: readonly RawHeader[];
  /** Whether the body waits for `100 Continue`. */
  readonly expectContinue: boolean;
  /** Whether the connection is to close after the response. */
  readonly close: boolean;
}

/** What is sent. */
export interface PreparedRequest {
  readonly method: string;
  readonly url: string;
  readonly head: string;
  readonly isAscii: boolean;
  readonly body: OutgoingBody | undefined;
  /** Length of the body as it is announced; undefined: chunked. */
  readonly length: number | undefined;
  readonly trailers: RawHeader[] | undefined;
  readonly expectContinue: boolean;
  /** Whether 101 is an answer that was asked for. */
  readonly mayUpgrade: boolean;
  /** Whether the connection may not be used again. */
  readonly close: boolean;
  /** Longest response body as it comes over the connection. */
  readonly maxBodyBytes: number;
  /** How many bytes more may come, since they are counted again when they were decoded. */
  readonly slackBytes: number;
}

/** Allowance over `maxBodyBytes` for coded bodies: coding makes some contents longer. */
const CODING_SLACK_BYTES = 65536;

const CLOSE: RawHeader = ["Connection", "close"];
/** Methods whose requests say so when they have no body (RFC 9110 8.6). */
const EXPECT_A_BODY = new Set(["POST", "PUT", "PATCH"]);

/** Makes the request of one attempt. Throws TypeError. */
export function prepare(
  plan: RequestPlan,
  attempt: AttemptFields,
  settings: Settings,
  maxBodyBytes: number,
): PreparedRequest {
  const { method, target, fields, body, trailers } = plan;
  const defaults: RawHeader[] = settings.decode ? [["Accept-Encoding", ACCEPT_ENCODING]] : [];
  const forced: RawHeader[] = [];
  let length: number | undefined;
  let expectContinue = false;
  if (body !== undefined) {
    length = announcedLength(body, fields, trailers !== undefined);
    if (body.contentType !== undefined) defaults.push(["Content-Type", body.contentType]);
    if (trailers !== undefined) {
      defaults.push(["Trailer", trailers.map(([name]) => name).join(", ")]);
    }
    if (length === undefined) forced.push(["Transfer-Encoding", "chunked"]);
    else forced.push(["Content-Length", String(length)]);
    // Not for a body that is empty: there would be nothing to continue with (RFC 9110 10.1.1).
    expectContinue = attempt.expectContinue && length !== 0;
    if (expectContinue) forced.push(["Expect", "100-continue"]);
  } else {
    if (trailers !== undefined) refuse('option "trailers" is given, but no body');
    if (fields.chunked || (fields.contentLength ?? 0) > 0) refuse("headers announce a body");
    if (EXPECT_A_BODY.has(method) || fields.contentLength === 0) {
      forced.push(["Content-Length", "0"]);
    }
  }
  if (attempt.close && !fields.close && !fields.names.has("connection")) forced.push(CLOSE);
  for (const [name] of attempt.forced) {
    if (fields.names.has(name.toLowerCase())) refuse(`header "${name}" is up to the client here`);
  }
  defaults.push(...attempt.defaults);
  forced.push(...attempt.forced);
  for (const field of [...defaults, ...forced]) checkOwnValue(field);
  const head = headText({
    method,
    target,
    absoluteForm: attempt.absoluteForm,
    fields,
    defaults,
    forced,
  });
  return {
    method,
    url: target.url.href,
    head,
    isAscii: isAscii(head),
    body,
    length,
    trailers,
    expectContinue,
    mayUpgrade: fields.upgrade || target.webSocket,
    close: attempt.close || fields.close,
    maxBodyBytes,
    slackBytes: settings.decode ? CODING_SLACK_BYTES : 0,
  };
}

/**
 * Checks a value of the client's own. Some come from objects of the caller, as the type of a Blob or the cookies
 * of a jar, and what such an object gives may be anything.
 */
function checkOwnValue([name, value]: RawHeader): void {
  if (typeof value === "string" && isFieldValue(value)) return;
  refuse(`value of header "${name}" has a control character or one beyond U+00FF`);
}

/** The length that the head announces; undefined: the body is sent in chunks. */
function announcedLength(
  body: OutgoingBody,
  fields: CheckedFields,
  hasTrailers: boolean,
): number | undefined {
  const { contentLength } = fields;
  if (contentLength !== undefined) {
    if (body.length !== undefined && body.length !== contentLength) {
      refuse(`header "Content-Length" is ${contentLength}, but the body has ${body.length} bytes`);
    }
    if (fields.chunked) {
      refuse('headers "Content-Length" and "Transfer-Encoding" exclude each other');
    }
    if (hasTrailers) refuse('option "trailers" needs chunks, but there is a "Content-Length"');
    return contentLength;
  }
  if (fields.chunked || hasTrailers || body.length === undefined) return undefined;
  if (!Number.isSafeInteger(body.length) || body.length < 0) {
    refuse("length of the body is not a number of bytes");
  }
  return body.length;
}

function refuse(why: string): never {
  throw new TypeError(`Cannot request: ${why}`);
}
