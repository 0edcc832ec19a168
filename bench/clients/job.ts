/**
 * What the bench and its clients tell each other, as lines of JSON: a job on the client's standard
 * input, and for each job one result, or what went wrong, on its standard output.
 */

/** What a client can be asked to do over and over. */
export type Work = "get" | "download" | "upload";

/** One run of a client. */
export interface Job {
  work: Work;
  url: string;
  /** Requests under way at once, each on a connection of its own. */
  inFlight: number;
  /** When no further request is begun; every client makes at least one. */
  seconds: number;
  /** Length of the body that goes down or up. */
  bodyBytes: number;
  /** The file that an upload sends. */
  file: string;
  /** Whether to make one request only, and to tell the digest of what came down or arrived. */
  check: boolean;
}

/** What came of a job. */
export interface Result {
  /** Answers that were right. */
  count: number;
  /** Bytes of their bodies; of uploads, those that the server counted. */
  bytes: number;
  seconds: number;
  /** SHA-256 in hex, of a check. */
  digest?: string;
}

/** A result, or why there is none. */
export type Reply = Result | { error: string };

/** Is shown the body that comes down; of an upload, the server's answer. */
export type See = (piece: Uint8Array | string) => void;

/** One place for requests, one after the other. */
export interface Lane {
  /** Makes a request and tells the bytes that came down, or that the server counted. */
  run: (see?: See) => Promise<number>;
  close?: () => void;
}
