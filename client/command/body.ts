// The body of the get command's request: from -d, --json, -F or -T, read as curl reads them, with the method and
// the fields that it suggests. What is given by name as -T, as the only --data-binary or in -F is sent from disk.

import { basename } from "@std/path";
import { bodyWithFile } from "../file_body.ts";
import type { RequestBody } from "../request_body.ts";
import type { DataPiece, GetArguments } from "./get_arguments.ts";
import { formOf } from "./form.ts";
import { type Input, readNamed } from "./input.ts";

/** What is to be sent. */
export interface PreparedBody {
  readonly method: string;
  readonly url: URL;
  readonly body: RequestBody | undefined;
  /** Fields that go with it unless they are given otherwise; without values: left out. */
  readonly fields: readonly (readonly [name: string, values: string[]])[];
}

const NO_TYPE: PreparedBody["fields"] = [["Content-Type", []]];
const FORM_TYPE: PreparedBody["fields"] = [["Content-Type", ["application/x-www-form-urlencoded"]]];
const JSON_TYPE: PreparedBody["fields"] = [
  ["Content-Type", ["application/json"]],
  ["Accept", ["application/json"]],
];

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
    return { method: values.request ?? "PUT", url, body, fields: NO_TYPE };
  }
  if (form.length > 0) {
    const body = await formOf(form, input);
    return { method: values.request ?? "POST", url, body, fields: [] };
  }
  const method = values.request ?? (switches.has("head") ? "HEAD" : "GET");
  if (data.length === 0) return { method, url, body: undefined, fields: [] };
  if (switches.has("get")) {
    const query = new TextDecoder().decode(await joinData(data, input));
    url.search += url.search === "" ? `?${query}` : `&${query}`;
    return { method, url, body: undefined, fields: [] };
  }
  const [only] = data;
  const isFile = data.length === 1 && only!.kind === "data-binary" &&
    /^@(?!-$)./s.test(only!.value);
  return {
    method: values.request ?? "POST",
    url,
    body: isFile ? await bodyWithFile(only!.value.slice(1)) : await joinData(data, input),
    fields: only!.kind === "json" ? JSON_TYPE : FORM_TYPE,
  };
}

/** The pieces of -d and its relatives, joined by ampersands; those of --json as they are. */
async function joinData(
  pieces: readonly DataPiece[],
  input: Input,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (const piece of pieces) {
    if (parts.length > 0 && piece.kind !== "json") parts.push(encode("&"));
    parts.push(await readPiece(piece, input));
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function readPiece(
  { kind, value }: DataPiece,
  input: Input,
): Promise<Uint8Array<ArrayBuffer>> {
  if (kind === "data-urlencode") return await readEncoded(value, input);
  if (kind === "data-raw" || !value.startsWith("@")) return encode(value);
  const bytes = await readNamed(value.slice(1), input);
  // -d is for forms, whose files may end with a line's end that nobody meant.
  return kind === "data" ? bytes.filter((byte) => byte !== 10 && byte !== 13 && byte !== 0) : bytes;
}

/** `content`, `=content`, `name=content`, `@file`, `name@file`. */
async function readEncoded(value: string, input: Input): Promise<Uint8Array<ArrayBuffer>> {
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

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
