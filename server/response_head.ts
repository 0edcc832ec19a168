// The fields of a response and the text of its head. What a handler sets is validated here as
// strictly as what a client sends, so that nothing it passes on can end a line.

import { STATUS_TEXT, type StatusCode } from "@std/http/status";
import { httpDate } from "../wire/date.ts";
import { isAscii, isFieldValue, isToken, listElements } from "../wire/headers.ts";

/** Lowercase forms of field names that were validated. */
const names = new Map<string, string>();
const MAX_NAMES = 512;
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
  if (!REASON.test(reason)) {
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
  /** Lowercase names and lines, in turn. */
  #lines: string[] = [];
  #ascii = true;
  #date = false;

  /** Whether every line is ASCII. */
  get ascii(): boolean {
    return this.#ascii;
  }

  /** Whether there is a field of that lowercase name. */
  has(name: string): boolean {
    return this.#lines.some((text, i) => i % 2 === 0 && text === name);
  }

  /** Sets a field, replacing what it had. Throws TypeError. */
  set(name: string, value: string): void {
    const key = checkField(name, value);
    if (this.#special(key, value)) return;
    this.#remove(key);
    this.#add(key, name, value);
  }

  /** Adds a line, even if there is one of that name already. Throws TypeError. */
  append(name: string, value: string): void {
    const key = checkField(name, value);
    if (!this.#special(key, value)) this.#add(key, name, value);
  }

  #add(key: string, name: string, value: string): void {
    if (key === "date") this.#date = true;
    if (this.#ascii && !isAscii(value)) this.#ascii = false;
    this.#lines.push(key, `${name}: ${value}\r\n`);
  }

  #remove(key: string): void {
    for (let i = this.#lines.length - 2; i >= 0; i -= 2) {
      if (this.#lines[i] === key) this.#lines.splice(i, 2);
    }
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
        if (listElements(value).includes("close")) this.close = true;
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
    for (let i = 1; i < this.#lines.length; i += 2) text += this.#lines[i];
    return text;
  }
}

/** Checks a field that is to be sent and returns its lowercase name. Throws TypeError. */
export function checkField(name: string, value: string): string {
  let key = names.get(name);
  if (key === undefined) {
    if (typeof name !== "string" || !isToken(name)) {
      throw new TypeError(`Cannot set field "${name}": not a field name`);
    }
    key = name.toLowerCase();
    if (names.size >= MAX_NAMES) names.clear();
    names.set(name, key);
  }
  if (typeof value !== "string" || !isFieldValue(value)) {
    throw new TypeError(
      `Cannot set field "${name}": ${JSON.stringify(value)} is not a field value`,
    );
  }
  return key;
}
