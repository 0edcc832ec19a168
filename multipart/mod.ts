/**
 * Multipart bodies (RFC 2046, RFC 7578), above all forms with files: taken apart as streams, in constant
 * memory, and made as bodies whose length is known before their first byte. But for `addFile` and
 * `saveFormData`, which need Deno, this uses web standards only: it runs in browsers, Node.js and Bun.
 *
 * @example Take an upload of any size
 * ```ts no-assert
 * import { parseMultipart } from "@eco/http/multipart";
 *
 * Deno.serve({ port: 0 }, async (request) => {
 *   for await (const part of parseMultipart(request.body, request.headers.get("Content-Type"))) {
 *     if (part.filename === undefined) console.log(part.name, await part.text());
 *     else await part.body.pipeTo((await Deno.create(crypto.randomUUID())).writable);
 *   }
 *   return new Response("thank you");
 * }).shutdown();
 * ```
 *
 * @example Send a form with the platform's own fetch
 * ```ts no-assert
 * import { MultipartForm } from "@eco/http/multipart";
 *
 * async function upload(url: string, photo: Blob): Promise<number> {
 *   const form = new MultipartForm().add("title", "Sunset").addBlob("photo", photo);
 *   const headers = { "Content-Type": form.contentType };
 *   const response = await fetch(url, { method: "POST", headers, body: form.stream() });
 *   return response.status;
 * }
 * ```
 *
 * @module
 */

export { HttpError, LimitError } from "../wire/errors.ts";
export type { FormSegment } from "./encode/segments.ts";
export { MultipartForm } from "./form.ts";
export type {
  FormFieldOptions,
  FormFileOptions,
  FormStreamOptions,
  MultipartFormOptions,
} from "./form.ts";
export type { MultipartBody } from "./parse/byte_source.ts";
export { type ContentDisposition, parseContentDisposition } from "./parse/content_disposition.ts";
export type { HeaderEvent } from "./parse/header_block.ts";
export type { MultipartLimits } from "./parse/limits.ts";
export { MultipartError } from "./parse/multipart_error.ts";
export type { MultipartPart } from "./parse/part.ts";
export { type MultipartOptions, type MultipartStream, parseMultipart } from "./parse_multipart.ts";
export { type BodyEvent, type EndEvent, type MultipartEvent, MultipartParser } from "./parser.ts";
export { safeFilename } from "./save/safe_filename.ts";
export { saveFormData } from "./save_form_data.ts";
export type { SavedFile, SavedForm, SaveFormOptions } from "./save_form_data.ts";
export { type FormDataOptions, toFormData } from "./to_form_data.ts";
