// What the rows of the table are made of.

import type { AnyFetch, Outcome } from "./compare.ts";

/** Runs against the server at an origin; the other one is elsewhere. */
export type Run = (fetch: AnyFetch, origin: string, other: string) => Promise<Response | Outcome>;

/** One row. */
export interface Row {
  readonly name: string;
  readonly run: Run;
  /** Why the two differ, as the README has it; what differs is in differing.ts. */
  readonly differs?: string;
}

/** Options of either. */
export type Init = RequestInit & Record<string, unknown>;

/** A row that fetches one path; `init` is made anew for each of the two. */
export function row(
  name: string,
  path: string,
  init?: () => Init,
  differs?: string,
): Row {
  return { name, run: (fetch, origin) => fetch(origin + path, init?.()), differs };
}

/** A stream of these pieces. */
export function streamOf(...pieces: unknown[]): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(pieces) as ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Text as bytes. */
export const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
/** Options of a POST with a body. */
export const post = (body: unknown, more: Init = {}): () => Init => () => ({
  method: "POST",
  body: body as BodyInit,
  ...more,
});

/** A form with a field, a name beyond ASCII, and a file. */
export function form(): FormData {
  const data = new FormData();
  data.append("a", "1");
  data.append("caf\u00e9", 'x"y');
  data.append("file", new File(["content"], "f.txt", { type: "text/plain" }));
  return data;
}

/** The class of what a change throws. */
export function refusalOf(change: () => unknown): string {
  try {
    change();
    return "done";
  } catch (error) {
    return (error as Error).constructor.name;
  }
}

/** The class of what a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return "done";
  } catch (error) {
    return (error as Error).constructor.name;
  }
}
