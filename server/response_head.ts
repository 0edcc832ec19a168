// The fields of a response and the text of its head. What a handler sets is validated here as
// strictly as what a client sends, so that nothing it passes on can end a line.

import { STATUS_TEXT, type StatusCode } from "@std/http/status";
import { httpDate } from "../wire/date.ts";
import { isAscii, isFieldValue, isToken, listElements } from "../wire/headers.ts";

/** A field line that was validated. */
interface Line {
  readonly key: string;
  readonly value: string;
  readonly text: string;
  readonly ascii: boolean;
}

/** The last line of each field name: handlers mostly set the same values again and again. */
const lines = new Map<string, Line>();
const MAX_LINES = 512;
const MAX_LINE_LENGTH = 512;
const REASON = /^[\t\x20-\x7e\x80-\xff]*$/;
const DIGITS = /^\d{1,15}$/;

/** Status lines by code, for the standard reason phrases. */
const statusLines: (string | undefined)[] = [];

/** The status line of a response, with its line end. */
export function statusLine(status: number, reason: string | undefined): string {
  if (reason !== undefined) return `HTTP/1.1 ${status} ${reason}\r\n`;
  return statusLines[status] ??= `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
}

/** The standard reason phrase of a status, or nothing. */
export function reasonPhrase(status: number): string {
  return STATUS_TEXT[status as StatusCode] ?? "";
}

/** Checks a status code that a handler sets; 1xx go through `sendInformational` and `upgrade`. */
export function checkStatus(status: number, least = 200, most = 599): void {
  if (!Number.isInteger(status) || status < least || status > most) {
    throw new RangeError(`Cannot set status ${status}: not from ${least} to ${most}`);
  }
}

/** Checks a reason phrase that a handler sets. */
export function checkReason(reason: string): void {
  if (typeof reason !== "string" || !REASON.test(reason)) {
    throw new TypeError(
      `Cannot set reason phrase "${reason}": it has characters not allowed there`,
    );
  }
}

/** The fields of one response. */
export class ResponseFields {
  /** The Content-Length that the handler announced. */
  contentLength: number | undefined;
  /** Whether the handler asked for the connection to be closed. */
  close = false;
  #lines: Line[] = [];
  #ascii = true;
  #date = false;

  /** Whether every line is ASCII. */
  get ascii(): boolean {
    return this.#ascii;
  }

  /** Whether there is a field of that lowercase name. */
  has(name: string): boolean {
    return this.#lines.some(({ key }) => key === name);
  }

  /** Sets a field, replacing what it had. Throws TypeError. */
  set(name: string, value: string): void {
    const line = lineOf(name, value);
    if (this.#special(line.key, value)) return;
    for (let i = this.#lines.length - 1; i >= 0; i--) {
      if (this.#lines[i]!.key === line.key) this.#lines.splice(i, 1);
    }
    this.#add(line);
  }

  /** Adds a line, even if there is one of that name already. Throws TypeError. */
  append(name: string, value: string): void {
    const line = lineOf(name, value);
    if (!this.#special(line.key, value)) this.#add(line);
  }

  #add(line: Line): void {
    if (line.key === "date") this.#date = true;
    if (!line.ascii) this.#ascii = false;
    if (this.#lines.length === 0) this.#lines = [line];
    else this.#lines.push(line);
  }

  /** The fields that frame the message are not plain text. */
  #special(key: string, value: string): boolean {
    switch (key) {
      case "content-length":
        if (!DIGITS.test(value)) {
          throw new TypeError(`Cannot set field "Content-Length": "${value}" is not a length`);
        }
        this.contentLength = Number(value);
        return true;
      case "transfer-encoding":
        throw new TypeError('Cannot set field "Transfer-Encoding": the server frames the response');
      case "connection":
        // Persistence is the server's business; a handler may only ask for its end.
        for (const option of listElements(value)) {
          if (option === "close") this.close = true;
          else if (option !== "keep-alive" && option !== "upgrade") {
            throw new TypeError(
              `Cannot set field "Connection": option "${option}" is not supported`,
            );
          }
        }
        return true;
    }
    return false;
  }

  /** Forgets everything. */
  clear(): void {
    this.contentLength = undefined;
    this.close = false;
    this.#lines = [];
    this.#ascii = true;
    this.#date = false;
  }

  /** All lines, Date first unless the handler set its own. */
  text(): string {
    let text = this.#date ? "" : `Date: ${httpDate()}\r\n`;
    for (const line of this.#lines) text += line.text;
    return text;
  }
}

function lineOf(name: string, value: string): Line {
  const known = lines.get(name);
  if (known !== undefined && known.value === value) return known;
  const key = known?.key ?? checkName(name);
  checkValue(name, value);
  const line = { key, value, text: `${name}: ${value}\r\n`, ascii: isAscii(value) };
  if (line.text.length > MAX_LINE_LENGTH) return line;
  if (lines.size >= MAX_LINES) lines.clear();
  lines.set(name, line);
  return line;
}

/** Checks a field that is to be sent and returns its lowercase name. Throws TypeError. */
export function checkField(name: string, value: string): string {
  checkValue(name, value);
  return checkName(name);
}

function checkName(name: string): string {
  if (typeof name !== "string" || !isToken(name)) {
    throw new TypeError(`Cannot set field "${name}": not a field name`);
  }
  return name.toLowerCase();
}

function checkValue(name: string, value: string): void {
  if (typeof value !== "string" || !isFieldValue(value)) {
    throw new TypeError(
      `Cannot set field "${name}": ${JSON.stringify(value)} is not a field value`,
    );
  }
}
