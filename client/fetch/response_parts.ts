// What a response of `fetch` is made of, and what the runtime is given of that for a Response of its own.

import { isFieldValue, type RawHeader } from "../../wire/headers.ts";
import type { ConnectionInfo, Timings } from "../response.ts";
import type { ClientSocket } from "../socket.ts";
import type { ResponseBody } from "./response_body.ts";
import { RUNTIME } from "./runtime_response.ts";

/** What is known of a response besides its body. A `ClientResponse` is one. */
export interface ResponseFacts {
  readonly code: number;
  readonly status: string;
  readonly minorVersion: number;
  readonly url: string;
  readonly redirects: readonly string[];
  readonly rawHeaders: RawHeader[];
  readonly trailers: Record<string, string>;
  readonly connection: ConnectionInfo | undefined;
  readonly timings: Timings;
}

/** What a response is made of. */
export interface ResponseParts {
  readonly facts: ResponseFacts;
  /** The body, where it is in memory. */
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  /** The body, where it is on its way. With neither there is none: `null`. */
  readonly body?: ResponseBody | undefined;
  /** Whose end brings the trailers, where somebody else has the body. */
  readonly end?: ResponseBody | undefined;
  /** The connection, after 101. */
  readonly socket?: ClientSocket | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Most bytes that are collected in memory. */
  readonly maxBytes: number;
  /** The fields once more, which nobody may change. */
  readonly lines?: readonly RawHeader[] | undefined;
  /** Whether codings were undone. */
  readonly isDecoded?: boolean | undefined;
  /** A Response of the runtime's own, whose body it has. */
  readonly real?: Response | undefined;
}

const { arrayBuffer, blob, bytes, clone, formData, json, text } = Response.prototype;

/** What the runtime has for its own responses, for objects that may have functions of the same names. */
export const OWN: RuntimeResponse = {
  arrayBuffer,
  blob,
  bytes,
  clone,
  formData,
  json,
  text,
  body: getterOf("body") as RuntimeResponse["body"],
  bodyUsed: getterOf("bodyUsed") as RuntimeResponse["bodyUsed"],
};

type Methods = "arrayBuffer" | "blob" | "bytes" | "clone" | "formData" | "json" | "text";

/** Functions of the runtime, each to be called on a Response. */
export interface RuntimeResponse extends Pick<Response, Methods> {
  readonly body: (this: Response) => ReadableStream<Uint8Array<ArrayBuffer>> | null;
  readonly bodyUsed: (this: Response) => boolean;
}

function getterOf(name: keyof Response): () => unknown {
  return Object.getOwnPropertyDescriptor(Response.prototype, name)!.get!;
}

/** The body for a new Response of the runtime: bytes are put there later. */
export function bodyOf({ bytes, body, real }: ResponseParts): ReadableStream | null {
  if (real !== undefined) return real.body;
  if (bytes !== undefined) return RUNTIME === undefined ? streamOf(bytes) : null;
  return body?.stream() ?? null;
}

/** The head for it, unless that is put there later; as far as it takes it: the rest is answered by its owner. */
export function initOf({ code, status, rawHeaders }: ResponseFacts): ResponseInit | undefined {
  if (RUNTIME !== undefined) return undefined;
  const isPlain = code === 200 || code < 200 || code > 599;
  const statusText = isFieldValue(status) ? status : "";
  return { status: isPlain ? 200 : code, statusText, headers: rawHeaders };
}

/** Puts there what the constructor was not given. */
export function fill(response: Response, parts: ResponseParts): void {
  if (RUNTIME === undefined) return;
  const { facts, bytes, lines, real, isDecoded } = parts;
  const { code, status, url, redirects } = facts;
  RUNTIME.fill(response, {
    status: code,
    statusText: status,
    fields: lines ?? [...facts.rawHeaders],
    urls: redirects.length === 0 ? [url] : [...redirects, url],
    isDecoded: isDecoded === true,
  });
  if (bytes !== undefined && real === undefined) RUNTIME.putBody(response, bytes);
}

/** Bytes as the stream that a body from the network is, too. */
export function streamOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      if (bytes.length > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** A stream that fails at once. */
export function failedStream(reason: unknown): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({ type: "bytes", start: (controller) => controller.error(reason) });
}

/** The trailers, once the body has ended; nobody has to handle it that they do not come. */
export function trailersOf({ facts, body, end = body }: ResponseParts): Promise<Headers> {
  const arrived = end === undefined ? Promise.resolve() : end.ended;
  const trailers = arrived.then(() => new Headers(facts.trailers));
  trailers.catch(() => {}); // for whoever waits for them, if anybody does
  return trailers;
}
