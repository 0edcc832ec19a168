/**
 * The forms that are parsed: ordinary ones, and those that are hard on a parser. Each is a boundary
 * and the parts, in pieces, so that a hundred MB need not be in memory at once.
 */

/** The forms by their names. */
export type BodyKind =
  | "file"
  | "files"
  | "fields"
  | "near"
  | "near-inside"
  | "crawl"
  | "hostile"
  | "crlf"
  | "dashes";

/** One part of a form. */
export interface PlannedPart {
  name: string;
  /** Of a file; fields have none, and ASCII text. */
  filename?: string;
  content: Iterable<Uint8Array<ArrayBuffer>>;
}

/** A form that is to be written. */
export interface PlannedForm {
  boundary: string;
  parts: Iterable<PlannedPart>;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const BLOCK_BYTES = 64 * KIB;

/** A boundary as browsers make them. */
export const BOUNDARY = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
const DELIMITER = `\r\n--${BOUNDARY}`;
/** The longest boundary that is allowed, and the worst for a search that compares from its end. */
const HOSTILE_BOUNDARY = "a".repeat(70);

const FILES = 100;
const FIELDS = 5000;
const HARD_BYTES = 16 * MIB;

/** Plans a form; `scale` below 1 makes it smaller by that much, for tests. */
export function planForm(kind: BodyKind, scale = 1): PlannedForm {
  const sized = (count: number) => Math.ceil(count * scale);
  const oneFile = (content: PlannedPart["content"], boundary = BOUNDARY): PlannedForm => ({
    boundary,
    parts: [{ name: "file", filename: "file.bin", content }],
  });
  const hard = (unit: string, boundary?: string) =>
    oneFile(repeated(unit, sized(HARD_BYTES)), boundary);
  switch (kind) {
    case "file":
      return oneFile(noise(sized(100 * MIB)));
    case "files":
      return { boundary: BOUNDARY, parts: files(sized(FILES)) };
    case "fields":
      return { boundary: BOUNDARY, parts: fields(sized(FIELDS)) };
    case "near":
      // A search that looks at the end first sees at once that this is none.
      return hard(DELIMITER.slice(0, -1) + "!");
    case "near-inside":
      // That search sees it last if it goes on from the front.
      return hard(DELIMITER.slice(0, -2) + "!" + DELIMITER.at(-1));
    case "crawl":
      // The least that such a search can skip, at every step.
      return hard(DELIMITER.at(-2)!);
    case "hostile":
      return hard("a", HOSTILE_BOUNDARY);
    case "crlf":
      return hard("\r\n");
    case "dashes":
      return hard("-");
  }
}

function* files(count: number): Generator<PlannedPart> {
  for (let i = 0; i < count; i++) {
    yield { name: `file${i}`, filename: `file${i}.bin`, content: noise(100 * KIB) };
  }
}

function* fields(count: number): Generator<PlannedPart> {
  for (let i = 0; i < count; i++) {
    yield { name: `field${i}`, content: [new TextEncoder().encode(`value ${i}`)] };
  }
}

function* noise(bytes: number): Generator<Uint8Array<ArrayBuffer>> {
  for (let left = bytes; left > 0; left -= BLOCK_BYTES) {
    yield crypto.getRandomValues(new Uint8Array(Math.min(left, BLOCK_BYTES)));
  }
}

/** `unit` over and over; the last one may be cut off. */
function* repeated(unit: string, bytes: number): Generator<Uint8Array<ArrayBuffer>> {
  const block = new TextEncoder().encode(unit.repeat(Math.ceil(BLOCK_BYTES / unit.length)));
  for (let left = bytes; left > 0; left -= block.length) yield block.subarray(0, left);
}
