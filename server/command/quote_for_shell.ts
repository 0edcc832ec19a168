// Words of a command line, for whoever copies it into a shell. Pure.

const PLAIN = /^[\w@%+=:,./^-]+$/;
const PLAIN_ON_WINDOWS = /^[\w@+=:,./\\~-]+$/;
const CONTROLS = /\p{Cc}/u;

/** `word` as a POSIX shell reads it back; as PowerShell does on Windows. */
export function quoteForShell(word: string, windows = false): string {
  if (windows) {
    return PLAIN_ON_WINDOWS.test(word) ? word : `'${word.replaceAll("'", "''")}'`;
  }
  if (PLAIN.test(word)) return word;
  if (!CONTROLS.test(word)) return `'${word.replaceAll("'", "'\\''")}'`;
  // A control must not reach the terminal; bash, zsh and newer others undo this.
  const escaped = word.replace(/[\\']/g, "\\$&").replace(
    /\p{Cc}/gu,
    (it) => Array.from(new TextEncoder().encode(it), hex).join(""),
  );
  return `$'${escaped}'`;
}

function hex(byte: number): string {
  return `\\x${byte.toString(16).padStart(2, "0")}`;
}
