// The parameters of Content-Type and Content-Disposition, in a grammar without choices: parsers that
// differ in what they make of a field are how content gets past those who check it. Pure.

import { TOKEN } from "../../wire/headers.ts";

/** A parameter, and where what follows it begins. */
export interface Parameter {
  /** In lower case. */
  name: string;
  value: string;
  /** Index of the `;` after it, or the length of the text. */
  next: number;
}

/** A token at a place. */
export const TOKEN_AT: RegExp = new RegExp(TOKEN, "y");

/**
 * The parameter that the `;` at `at` announces; undefined where nothing follows it. A quoted value ends at
 * the first `"`, and a backslash in it is a backslash (as browsers write them); others match `plain`, a
 * sticky expression. Throws a SyntaxError that says what is wrong.
 */
export function readParameter(
  text: string,
  at: number,
  plain: RegExp = TOKEN_AT,
): Parameter | undefined {
  const start = skipBlanks(text, at + 1);
  if (start === text.length) return undefined;
  const equals = text.indexOf("=", start);
  if (equals <= start || endOf(TOKEN_AT, text, start) !== equals) {
    throw new SyntaxError(`a parameter that is not "name=value"`);
  }
  const name = text.slice(start, equals).toLowerCase();
  let from = equals + 1;
  let to: number;
  let after: number;
  if (text.charCodeAt(from) === QUOTE) {
    to = text.indexOf('"', ++from);
    if (to < 0) throw new SyntaxError(`a value of "${name}" without its closing quote`);
    after = to + 1;
  } else {
    after = to = endOf(plain, text, from);
    if (to === from) {
      throw new SyntaxError(`a value of "${name}" that is neither a token nor quoted`);
    }
  }
  const next = skipBlanks(text, after);
  if (next < text.length && text.charCodeAt(next) !== SEMICOLON) {
    throw new SyntaxError(`something after the value of "${name}" that is not ";"`);
  }
  return { name, value: text.slice(from, to), next };
}

const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const SPACE = 0x20;
const TAB = 9;

/** Index of the first character from `at` on that is neither a space nor a tab. */
export function skipBlanks(text: string, at: number): number {
  while (text.charCodeAt(at) === SPACE || text.charCodeAt(at) === TAB) at++;
  return at;
}

/** Where the match of a sticky expression at `at` ends; `at` if there is none. */
export function endOf(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : at;
}
