/**
 * Asks a server once before it is measured: a wrong answer is never a fast one.
 */

import { createHash } from "node:crypto";

/** The answer that is right. */
export interface RightAnswer {
  bodyBytes: number;
  /** Whether its length is not told beforehand. */
  isStream?: boolean;
  /** SHA-256 of the body, in hex. */
  digest: string;
}

const CHECK_DEADLINE_MS = 20_000;

/** Rejects unless `url` answers 200 with the right Content-Length and body, to GET or to a POST of `json`. */
export async function checkAnswer(
  url: string,
  right: RightAnswer,
  signal: AbortSignal,
  json?: string,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CHECK_DEADLINE_MS)]);
  // A client of its own, closed with the check: no idle connection stays with the server.
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const response = await fetch(url, {
    client,
    signal: limit,
    redirect: "manual",
    headers: {
      "accept-encoding": "identity",
      ...(json !== undefined && { "content-type": "application/json" }),
    },
    ...(json !== undefined && { method: "POST", body: json }),
  });
  const hash = createHash("sha256");
  let received = 0;
  for await (const chunk of response.body ?? []) {
    hash.update(chunk);
    received += chunk.byteLength;
  }
  const fault = answerFault({
    status: response.status,
    contentLength: response.headers.get("content-length"),
    received,
    digest: hash.digest("hex"),
  }, right);
  if (fault) throw new Error(`Cannot measure "${url}": ${fault}`);
}

/** The ETag of what is there; rejects unless a client that has it already is told so. */
export async function checkNotModified(url: string, signal: AbortSignal): Promise<string> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CHECK_DEADLINE_MS)]);
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  const ask = async (headers: HeadersInit): Promise<Response> => {
    const response = await fetch(url, { client, signal: limit, redirect: "manual", headers });
    await response.arrayBuffer();
    return response;
  };
  const etag = (await ask({})).headers.get("etag");
  if (etag === null) throw new Error(`Cannot measure "${url}": no ETag`);
  const { status } = await ask({ "if-none-match": etag });
  if (status !== 304) throw new Error(`Cannot measure "${url}": status ${status} instead of 304`);
  return etag;
}

/** What is wrong with an answer, or undefined. */
export function answerFault(
  answer: { status: number; contentLength: string | null; received: number; digest: string },
  right: RightAnswer,
): string | undefined {
  if (answer.status !== 200) return `status ${answer.status}`;
  if (answer.contentLength !== (right.isStream ? null : String(right.bodyBytes))) {
    const wanted = right.isStream ? "none" : right.bodyBytes;
    return `Content-Length "${answer.contentLength}" instead of ${wanted}`;
  }
  if (answer.received !== right.bodyBytes) {
    return `body of ${answer.received} instead of ${right.bodyBytes} bytes`;
  }
  if (answer.digest !== right.digest) return `another body: SHA-256 "${answer.digest}"`;
  return undefined;
}
