/**
 * What the bench and its multipart parsers tell each other, as lines of JSON: a job on the parser's
 * standard input, and for each job one result, or what went wrong, on its standard output.
 */

/** What is to be found in a form. */
export interface Right {
  parts: number;
  /** Of the contents, without boundaries and headers. */
  bytes: number;
  /** Characters of all names and file names. */
  nameChars: number;
}

interface AnyJob {
  /** Whether to parse the form once only, and to tell its digest. */
  check: boolean;
  /** SHA-256 in hex of a line for each part, in which are its names and the SHA-256 of its content. */
  digest: string;
  /** When a form in memory is not parsed again; every parser does at least once. */
  seconds: number;
}

/** Parse a form in memory over and over. */
export interface ParseJob extends AnyJob {
  work: "parse";
  file: string;
  boundary: string;
  right: Right;
}

/** Parse a form that comes into being on the way, once, and watch the process's memory. */
export interface StreamJob extends AnyJob {
  work: "stream";
  /** Length of the file in the form. */
  bytes: number;
}

/** What a parser can be asked to do. */
export type ParserJob = ParseJob | StreamJob;

/** What came of a job. */
export interface ParserResult {
  /** Forms that were parsed right. */
  count: number;
  seconds: number;
  /** SHA-256 in hex, of a check. */
  digest?: string;
  /** Of a stream: the process's memory (RSS) when it began, and the most it was, in bytes. */
  memory?: { before: number; peak: number };
}

/** A result, or why there is none. */
export type ParserReply = ParserResult | { error: string };

/** Is told what a parser delivers. */
export interface Witness {
  /** A file begins; its content goes to what this returns. */
  file: (name: string, filename: string) => FileWitness;
  /** A field, whole. */
  field: (name: string, value: string) => void;
}

/** Is told the content of a file. */
export interface FileWitness {
  add: (piece: Uint8Array) => void;
  end: () => void;
}

/** Parses a form, and has told the witness everything when it resolves. */
export type Parse = (
  chunks: Iterable<Uint8Array<ArrayBuffer>>,
  boundary: string,
  witness: Witness,
) => Promise<void>;
