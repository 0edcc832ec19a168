// A part of a form as `-F` spells it: `name=text`, `name=<file`, `name=@file`, each with `;type=`, the last
// with `;filename=`; values are quoted where they have a semicolon. Pure.

import { isMediaType } from "../../multipart/encode/media_type.ts";
import { UsageError } from "./errors.ts";

/** A part. */
export interface FormPart {
  readonly name: string;
  /** `text`: the value is the content; `content`: it names a file with that; `file`: it names a file to upload. */
  readonly kind: "text" | "content" | "file";
  readonly value: string;
  readonly contentType: string | undefined;
  readonly filename: string | undefined;
}

const KINDS: Record<string, FormPart["kind"]> = { "@": "file", "<": "content" };

/** Takes a part to pieces; `isPlain`: nothing in its value has a meaning. Throws UsageError. */
export function parseFormPart(entry: string, isPlain = false): FormPart {
  const equals = entry.indexOf("=");
  if (equals < 1) throw new UsageError(`Cannot start: form part "${entry}" has no name`);
  const name = entry.slice(0, equals);
  const text = entry.slice(equals + 1);
  if (isPlain) {
    return { name, kind: "text", value: text, contentType: undefined, filename: undefined };
  }
  const kind = KINDS[text.charAt(0)] ?? "text";
  return {
    name,
    kind,
    ...new Attributes(entry, kind).read(kind === "text" ? text : text.slice(1)),
  };
}

const QUOTED = /^\s*"((?:[^"\\]|\\.)*)"\s*(?=;|$)/s;
const PLAIN = /^[^;]*/;
/** A media type, whose parameters may be quoted, but only up to one semicolon. */
const PARAMETER = /^(?:[^;"]|"(?:[^"\\]|\\.)*")*/s;

/** Reads a value and what is said about it. */
class Attributes {
  readonly #entry: string;
  readonly #kind: FormPart["kind"];
  #rest = "";
  #contentType: string | undefined;
  #filename: string | undefined;

  constructor(entry: string, kind: FormPart["kind"]) {
    this.#entry = entry;
    this.#kind = kind;
  }

  read(text: string): Pick<FormPart, "value" | "contentType" | "filename"> {
    this.#rest = text;
    const value = this.#word();
    let isInType = false;
    while (this.#rest.startsWith(";")) {
      const [blanks] = /^\s*/.exec(this.#rest = this.#rest.slice(1))!;
      this.#rest = this.#rest.slice(blanks.length);
      const key = (/^([a-z]+)=/i.exec(this.#rest)?.[1] ?? "").toLowerCase();
      if (key === "type") {
        this.#rest = this.#rest.slice(5);
        this.#contentType = this.#take(PARAMETER);
        isInType = true;
      } else if (key === "filename" && this.#kind === "file") {
        this.#rest = this.#rest.slice(9);
        this.#filename = this.#word();
        isInType = false;
      } else if (isInType && !UNSUPPORTED.has(key)) {
        // "text/plain; charset=utf-8": a parameter of the type that was just given
        this.#contentType += `;${blanks}${this.#take(PARAMETER)}`;
      } else {
        this.#refuse();
      }
    }
    const contentType = this.#contentType;
    if (contentType !== undefined && !isMediaType(contentType)) {
      const why = `"${contentType}" is not a media type`;
      throw new UsageError(`Cannot start: form part "${this.#entry}": ${why}`);
    }
    return { value, contentType, filename: this.#filename };
  }

  /** A word, quoted or up to the next semicolon and then without blanks around it. */
  #word(): string {
    const match = QUOTED.exec(this.#rest);
    if (match === null) return this.#take(PLAIN);
    this.#rest = this.#rest.slice(match[0].length);
    return match[1]!.replace(/\\(["\\])/g, "$1");
  }

  #take(pattern: RegExp): string {
    const [word] = pattern.exec(this.#rest)!;
    this.#rest = this.#rest.slice(word.length);
    return word.trim();
  }

  #refuse(): never {
    const part = this.#take(PLAIN);
    const wanted = this.#kind === "file" ? '";type=" or ";filename="' : '";type="';
    const advice = this.#kind === "text" ? "; quote the value, or use --form-string" : "";
    throw new UsageError(
      `Cannot start: form part "${this.#entry}" has ";${part}", not ${wanted}${advice}`,
    );
  }
}

/** What curl knows besides. */
const UNSUPPORTED: ReadonlySet<string> = new Set(["headers", "encoder", "filename"]);
