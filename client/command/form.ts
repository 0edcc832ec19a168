// The form that `-F` and `--form-string` make: bytes as they were given, and files from the disk.

import { MultipartForm } from "../../multipart/form.ts";
import { bodyWithFile } from "../file_body.ts";
import type { FormEntry } from "./get_arguments.ts";
import { parseFormPart } from "./form_part.ts";
import { type Input, readNamed } from "./input.ts";

/** Makes a form. Throws UsageError, and HttpError `file`. */
export async function formOf(entries: readonly FormEntry[], input: Input): Promise<MultipartForm> {
  const form = new MultipartForm();
  // All of them first: what is misspelled is said before anything is read.
  const parts = entries.map(({ value, isPlain }) => parseFormPart(value, isPlain));
  for (const { name, kind, value, contentType, filename } of parts) {
    if (kind === "text") {
      form.add(name, new TextEncoder().encode(value), { contentType });
    } else if (kind === "content") {
      form.add(name, await readNamed(value, input), { contentType });
    } else if (value === "-") {
      const blob = new Blob([await input.readAll()]);
      form.addBlob(name, blob, { filename: filename ?? "-", contentType });
    } else {
      // For its message where there is no such file.
      await bodyWithFile(value);
      form.addFile(name, value, { filename, contentType });
    }
  }
  return form;
}
