// What was seen of a row, as lines that can be compared: what differs by chance, such as the time, is replaced.

import type { Answer } from "./ask.ts";
import type { Seen, TableCase } from "./case.ts";

const LONG = 200;
const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT$/;

/** One line for each fact, sorted where the order says nothing. */
export function describe(seen: Seen, row: TableCase): string[] {
  const many = seen.answers.length > 1;
  const lines = seen.answers.flatMap((answer, i) => {
    const own = row.isExact ? describeExactly(answer) : describeAnswer(answer, row.isOld);
    return own.map((line) => many ? `${i + 1} ${line}` : line);
  });
  if (seen.then !== undefined) lines.push(`then: ${seen.then}`);
  lines.push(...seen.notes.map((note) => `note: ${note}`));
  lines.push(...seen.errors.map((error) => `error: ${error}`));
  return lines;
}

/** The lines of one answer, without the differences that exact rows are about. */
export function describeAnswer(answer: Answer | undefined, isOld = false): string[] {
  if (answer === undefined) return describeExactly(answer);
  let lines = describeExactly({ ...answer, fields: joinRepeats(answer.fields) });
  // What is said once already by the framing.
  const { framing, whole, body } = answer;
  const implied = framing === "length" && whole
    ? `content-length: ${body.length}`
    : `transfer-encoding: ${framing}`;
  lines = lines.filter((line) => line !== implied);
  if (isOld) {
    lines = lines.filter((line) => line !== "connection: close")
      .map((line) => line.replace(/^HTTP\/1\.[01]/, "HTTP/1.x"));
  }
  if (!lines.includes("x-content-type-options: nosniff")) return lines;
  // What the server says in its own words.
  return lines.filter((line) => !/^(content-|x-content|framing|body)/.test(line))
    .concat("body: in words of its own");
}

/** Repeats of a field as one, which means the same (RFC 9110 5.3). */
function joinRepeats(fields: readonly string[]): string[] {
  const joined = new Map<string, string>();
  const kept: string[] = [];
  for (const field of fields) {
    const name = field.slice(0, field.indexOf(":")).toLowerCase();
    const value = field.slice(field.indexOf(":") + 1).trim();
    if (name === "set-cookie") kept.push(field);
    else joined.set(name, joined.has(name) ? `${joined.get(name)}, ${value}` : value);
  }
  return [...kept, ...[...joined].map(([name, value]) => `${name}: ${value}`)];
}

function describeExactly(answer: Answer | undefined): string[] {
  if (answer === undefined) return ["no answer"];
  const boundary = /boundary="?([\w'-]+)/.exec(answer.fields.join("\n"))?.[1];
  const neutral = (text: string): string => {
    return boundary === undefined ? text : text.replaceAll(boundary, "<boundary>");
  };
  return [
    ...answer.interim.map((it) => `interim: ${it}`),
    answer.line,
    ...answer.fields.map((field) => neutral(describeField(field))).sort(),
    `framing: ${answer.framing}${answer.whole ? "" : ", cut"}`,
    `body: ${describeBody(neutral(answer.body))}`,
  ];
}

function describeField(line: string): string {
  const colon = line.indexOf(":");
  const name = line.slice(0, colon).toLowerCase();
  const value = line.slice(colon + 1).trim();
  return `${name}: ${name === "date" && IMF_FIXDATE.test(value) ? "<date>" : value}`;
}

function describeBody(body: string): string {
  if (body.length <= LONG) return body;
  let hash = 0;
  for (let i = 0; i < body.length; i++) hash = Math.imul(hash ^ body.charCodeAt(i), 0x01000193);
  return `${body.length} bytes, ${(hash >>> 0).toString(16)}`;
}

/** The lines of one that the other has not, repeats counted. */
export function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
