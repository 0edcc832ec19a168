// What a client sent, for logs and reports: no byte of it can end a line or a quoted part, or reach a
// terminal as a control. Pure.

const PLAIN = /^[\x21\x23-\x5b\x5d-\x7e]*$/;
const SPECIAL = /[^\x21\x23-\x5b\x5d-\x7e]/g;

/** `text` with everything but visible ASCII, and with quotes and backslashes, written as `\xHH`. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(
    SPECIAL,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
