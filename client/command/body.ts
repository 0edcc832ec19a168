// The body of the get command's request: from -d, -F or -T, read as curl reads them, with the method and type
// that it suggests. What is given by name as -T, as the only --data-binary or in -F is sent from disk.

import { basename } from "@std/path";
import { HttpError } from "../../wire/errors.ts";
import { MultipartForm } from "../../multipart/form.ts";
import { bodyWithFile } from "../file_body.ts";
import type { RequestBody } from "../request_body.ts";
import type { DataPiece, GetArguments } from "./arguments.ts";
import { UsageError } from "./usage.ts";

/** What is to be sent. */
export interface PreparedBody {
  readonly method: string;
  readonly url: URL;
  readonly body: RequestBody | undefined;
  /** Content-Type, where the body says none of its own. */
  readonly contentType: string | undefined;
}

/** Where bytes come from: files by name, and the standard input. */
export interface Input {
  /** The whole standard input. */
  readAll(): Promise<Uint8Array<ArrayBuffer>>;
  /** The standard input as it comes. */
  stream(): ReadableStream<Uint8Array>;
}

/** Prepares the body that the arguments ask for. Throws UsageError, and HttpError `file`. */
export async function prepareBody(get: GetArguments, input: Input): Promise<PreparedBody> {
  const { switches, values, form, data } = get;
  const url = new URL(get.url);
  const upload = values["upload-file"];
  if (upload !== undefined) {
    const isInput = upload === "-";
    // As in curl, a URL that ends with a slash names the folder.
    if (!isInput && url.pathname.endsWith("/")) {
      url.pathname += encodeURIComponent(basename(upload));
    }
    const body = isInput ? input.stream() : await bodyWithFile(upload);
    return { method: values.request ?? "PUT", url, body, contentType: undefined };
  }
  if (form.length > 0) {
    const body = await formOf(form, input);
    return { method: values.request ?? "POST", url, body, contentType: undefined };
  }
  const method = switches.has("head") ? "HEAD" : "GET";
  if (data.length === 0) {
    return { method: values.request ?? method, url, body: undefined, contentType: undefined };
  }
  if (switches.has("get")) {
    const query = new TextDecoder().decode(await joinData(data, input));
    url.search += url.search === "" ? `?${query}` : `&${query}`;
    return { method: values.request ?? method, url, body: undefined, contentType: undefined };
  }
  const [only] = data;
  const isFile = data.length === 1 && only!.kind === "data-binary" &&
    /^@(?!-$)./s.test(only!.value);
  return {
    method: values.request ?? "POST",
    url,
    body: isFile ? await bodyWithFile(only!.value.slice(1)) : await joinData(data, input),
    contentType: "application/x-www-form-urlencoded",
  };
}

/** The pieces of -d and its relatives, joined by ampersands. */
async function joinData(
  pieces: readonly DataPiece[],
  input: Input,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (const piece of pieces) {
    if (parts.length > 0) parts.push(encode("&"));
    parts.push(await readPiece(piece, input));
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

async function readPiece({ kind, value }: DataPiece, input: Input): Promise<Uint8Array> {
  if (kind === "data-urlencode") return await readEncoded(value, input);
  if (kind === "data-raw" || !value.startsWith("@")) return encode(value);
  const bytes = await readNamed(value.slice(1), input);
  // -d is for forms, whose files may end with a line's end that nobody meant.
  return kind === "data" ? bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0) : bytes;
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`. */
async function readEncoded(value: string, input: Input): Promise<Uint8Array> {
  const [, name = "", mark = "", rest = ""] = /^([^=@]*)([=@])(.*)$/s.exec(value) ??
    [value, "", "=", value];
  const content = mark === "@" ? await readNamed(rest, input) : encode(rest);
  const encoded = Array.from(content, (byte) => {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9\-._~]/.test(character)) return character;
    return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
  return encode(name === "" ? encoded : `${name}=${encoded}`);
}

/** `name=value`, `name=<file`, `name=@file`, the last two with `;type=` and `;filename=`. */
async function formOf(entries: readonly string[], input: Input): Promise<MultipartForm> {
  const form = new MultipartForm();
  for (const entry of entries) {
    const equals = entry.indexOf("=");
    if (equals < 1) throw new UsageError(`Cannot start: form part "${entry}" has no name`);
    const name = entry.slice(0, equals);
    const value = entry.slice(equals + 1);
    if (!/^[@<]/.test(value)) {
      form.add(name, value);
      continue;
    }
    const { path, contentType, filename } = fileOf(value.slice(1));
    if (value.startsWith("<")) {
      form.add(name, new TextDecoder().decode(await readNamed(path, input)));
    } else if (path === "-") {
      form.addBlob(name, new Blob([await input.readAll()]), {
        filename: filename ?? "-",
        contentType,
      });
    } else {
      // For its message where there is no such file.
      await bodyWithFile(path);
      form.addFile(name, path, { filename, contentType });
    }
  }
  return form;
}

/** A file's name, quoted where it has a semicolon, and what is said about it. */
function fileOf(text: string): { path: string; contentType?: string; filename?: string } {
  const file: { path: string; contentType?: string; filename?: string } = { path: "" };
  const pattern = /(?:^|;)(?:(type|filename)=)?(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gys;
  for (const [, key, quoted, plain] of text.matchAll(pattern)) {
    const value = quoted === undefined ? plain! : quoted.replace(/\\(["\\])/g, "$1");
    if (key === "type") file.contentType = value;
    else if (key === "filename") file.filename = value;
    // "text/plain;charset=utf-8": a parameter of the type that was just given
    else if (file.contentType !== undefined) file.contentType += `;${value}`;
    else if (file.path === "") file.path = value;
  }
  return file;
}

async function readNamed(path: string, input: Input): Promise<Uint8Array> {
  if (path === "-") return await input.readAll();
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new HttpError(`Cannot read file "${path}": ${why}`, { code: "file", cause });
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
