// The fields of a part, written as the HTML standard says ("multipart/form-data encoding algorithm"):
// UTF-8, with only quotes and line breaks escaped. So no name can end its quotes or its line. Pure.

/** Line breaks of any kind become CRLF, as in names and text values of a form. */
export function toCrlf(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

const ESCAPES: Record<string, string> = { '"': "%22", "\r": "%0D", "\n": "%0A" };

/** A name or file name as it stands between quotes. Lone surrogates become U+FFFD. */
export function escapeName(name: string): string {
  return name.toWellFormed().replace(/["\r\n]/g, (character) => ESCAPES[character]!);
}

/** The line that names a part, with its line break. File names keep the kind of their line breaks. */
export function dispositionLine(name: string, filename?: string): string {
  const file = filename === undefined ? "" : `; filename="${escapeName(filename)}"`;
  return `Content-Disposition: form-data; name="${escapeName(toCrlf(name))}"${file}\r\n`;
}
