// Where the bytes that the get command sends come from: files by name, and the standard input.

import { HttpError } from "../../wire/errors.ts";

/** The standard input. */
export interface Input {
  /** The whole of it. */
  readAll(): Promise<Uint8Array<ArrayBuffer>>;
  /** As it comes. */
  stream(): ReadableStream<Uint8Array>;
}

/** A whole file, or of the name `-` the standard input. Throws HttpError `file`. */
export async function readNamed(path: string, input: Input): Promise<Uint8Array<ArrayBuffer>> {
  if (path === "-") return await input.readAll();
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    throw new HttpError(`Cannot read file "${path}": ${whyUnread(cause)}`, {
      code: "file",
      operation: "read",
      cause,
    });
  }
}

const REASONS: Record<string, string> = {
  EACCES: "the system does not permit it",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file",
};

/** Why a file could not be read, without what only repeats its name. */
export function whyUnread(cause: unknown): string {
  const { code, message = String(cause) } = cause as { code?: string; message?: string };
  return REASONS[code ?? ""] ?? message.replace(/ \(os error \d+\).*$/s, "");
}

/** Lines of `-H`, with those of a file for each `@file`. Throws HttpError `file`. */
export async function expandHeaders(header: readonly string[], input: Input): Promise<string[]> {
  const lines: string[] = [];
  for (const line of header) {
    if (!line.startsWith("@")) {
      lines.push(line);
      continue;
    }
    const text = new TextDecoder().decode(await readNamed(line.slice(1), input));
    lines.push(...text.split(/\r?\n/).filter((it) => it !== ""));
  }
  return lines;
}
