/**
 * Forms with files, `multipart/form-data` (RFC 7578): bodies whose length is known before their first
 * byte and that are never held in memory. But for `addFile`, which needs Deno, this uses web standards
 * only.
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

export { MultipartForm } from "./form.ts";
export type {
  FormFieldOptions,
  FormFileOptions,
  FormSegment,
  FormStreamOptions,
  MultipartFormOptions,
} from "./form.ts";
