// Functions that the server calls and that the page's script has as well, as the text that they are. Each
// therefore refers to nothing but its arguments and to what every browser has.

/** What names are compared by: numbers count as numbers, case and accents do not. */
export function sortKey(name: string): string {
  const plain = /^[\0-\x7f]*$/.test(name) ? name : name.normalize("NFKD").replace(/\p{M}+/gu, "");
  return plain.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(16, "0"));
}

/** What the words of a filter are looked for in, and the words themselves: case and accents do not count. */
export function foldCase(text: string): string {
  const plain = /^[\0-\x7f]*$/.test(text) ? text : text.normalize("NFKD").replace(/\p{M}+/gu, "");
  return plain.toLowerCase();
}

/** A size for people: `640 B`, `1.2 MB`. */
export function humanSize(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  // What would be rounded to 1000 is 1.0 of the next unit.
  while (bytes >= (unit === 0 ? 1000 : 999.5) && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  const digits = unit === 0 || bytes >= 9.95 ? 0 : 1;
  return `${bytes.toFixed(digits)} ${units[unit]}`;
}

/** What is said of entries that have a name which no address can have; nothing where there are none. */
export function unlistedText(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? "1 more entry cannot be shown: no address can have its name."
    : `${count} more entries cannot be shown: no address can have their names.`;
}

/** The icon for a name. */
export function iconOf(name: string, isFolder: boolean): string {
  if (isFolder) return "folder";
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
  const kinds: [string, RegExp][] = [
    ["image", /^(apng|avif|bmp|gif|heic|ico|jpe?g|jxl|png|psd|svg|tiff?|webp)$/],
    ["video", /^(avi|m4v|mkv|mov|mp4|mpe?g|ogv|webm|wmv)$/],
    ["audio", /^(aac|aiff?|flac|m4a|midi?|mp3|oga|ogg|opus|wav|wma)$/],
    ["archive", /^(7z|apk|bz2|cab|deb|dmg|gz|iso|jar|lz|lzma|rar|rpm|tar|tgz|txz|xz|zip|zst)$/],
    ["book", /^(azw3|djvu|epub|mobi|pdf|ps)$/],
    ["sheet", /^(csv|numbers|ods|sqlite3?|tsv|xlsx?)$/],
    ["text", /^(adoc|docx?|log|markdown|md|nfo|odt|pages|rst|rtf|tex|txt)$/],
    ["font", /^(eot|otf|ttf|woff2?)$/],
    [
      "code",
      /^(astro|bash|c|cc|cfg|conf|cpp|cs|css|diff|ex|fish|go|h|hpp|hs|html?|ini|java|jsx?|json5?|jsonc|kt|less|lua|map|mjs|patch|php|pl|ps1|py|rb|rs|scala|scss|sh|sql|svelte|swift|toml|tsx?|vue|wasm|xml|ya?ml|zig|zsh)$/,
    ],
  ];
  return kinds.find(([, extensions]) => extensions.test(extension))?.[0] ?? "file";
}

/**
 * A name cut at the characters that nobody sees and that may make it look like another one: the pieces at
 * odd places are such characters, as `U+202E`.
 */
export function visiblePieces(name: string): string[] {
  const hidden =
    // deno-lint-ignore no-control-regex
    /([\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}])/u;
  return name.split(hidden).map((piece, at) =>
    at % 2 === 0 ? piece : `U+${piece.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`
  );
}
