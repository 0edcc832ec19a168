// What servers said, for a terminal: no byte of it may be a command there. Pure.

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g;
/** Longer lines are of no use to anybody, in characters. */
const MAX_LENGTH = 1000;

/** Text as one line, of which controls are written as `\xHH`; what is too long is cut. */
export function visible(text: string): string {
  const line = text.replace(
    CONTROL,
    (it) => `\\x${it.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

/** The same of a line of a head, which has a byte per character: mostly UTF-8, if it is not ASCII. */
export function visibleHead(line: string): string {
  const bytes = Uint8Array.from(line, (character) => character.charCodeAt(0));
  return visible(new TextDecoder().decode(bytes));
}
