// Where the two differ: what only Deno's fetch came to (-), and what only ours did (+), by the name of the row. Why it
// is so stands in the row.

import { latin1Encode } from "../../conformance/raw_client.ts";
import { DEFLATE } from "./server.ts";

/** The lines of a response with status 200. */
function ok(path: string, body: string, headers: [name: string, value: string][]): string[] {
  return [
    `body: ${JSON.stringify(body)}`,
    `headers: ${JSON.stringify(headers)}`,
    "isNull: false",
    "ok: true",
    "redirected: false",
    "status: 200",
    'statusText: "OK"',
    'type: "basic"',
    `url: "http://127.0.0.1:port0${path}"`,
    "used: [false,true]",
  ];
}

/** The line of a request, the first one as a rule. */
function asked(method: string, path: string, fields: string[], body = "", at = 1): string {
  const what = JSON.stringify([["accept: */*", ...fields], body]);
  return `request ${at}: ${method} ${path} to 0, 127.0.0.1:port0 ${what}`;
}

const theirs = (...lines: string[]): string[] => lines.map((line) => `- ${line}`);
const ours = (...lines: string[]): string[] => lines.map((line) => `+ ${line}`);

const REFUSED = 'rejects: "TypeError"';

/** Deno's fetch sends this and has its answer, ours refuses. */
function refused(request: string): string[] {
  return [...theirs(...ok("/echo", "ok", [["content-length", "2"]]), request), ...ours(REFUSED)];
}

const TEXT = "content-type: text/plain;charset=UTF-8";
const FORM = "content-type: multipart/form-data; boundary=B";
const FORM_BODY = [
  "--B",
  'Content-Disposition: form-data; name="a"',
  "",
  "1",
  "--B",
  'Content-Disposition: form-data; name="caf\u00c3\u00a9"',
  "",
  'x"y',
  "--B",
  'Content-Disposition: form-data; name="file"; filename="f.txt"',
  "Content-Type: text/plain",
  "",
  "content",
  "--B--",
].join("\r\n");

/** A request with the form of the table. */
function askedForm(path: string, end: string, at?: number): string {
  return asked("POST", path, ["content-length", FORM], FORM_BODY + end, at);
}

const numbered = Array.from({ length: 150 }, (_, i): [string, string] => [`x-${i}`, `${i}`]);

/** The lines. */
export const DIFFERING: Record<string, string[]> = {
  "a status that nobody knows": ['- statusText: ""', '+ statusText: "Quite Fine"'],
  "no reason phrase": ['- statusText: "OK"', '+ statusText: ""'],
  "150 fields": [
    ...theirs(REFUSED),
    ...ours(
      ...ok("/many-fields", "ok", [
        ["content-length", "2"],
        ...numbered.sort(([a], [b]) => a < b ? -1 : 1),
      ]),
    ),
  ],
  "gzip in two members": [
    '- body: "hello hello hello"',
    '+ body: "hello hello hellohello hello hello"',
  ],
  "deflate": [
    `- body: ${JSON.stringify(new TextDecoder().decode(latin1Encode(DEFLATE)))}`,
    '+ body: "hello hello hello"',
  ],
  "a form": [...theirs(askedForm("/echo", "")), ...ours(askedForm("/echo", "\r\n"))],
  "a plain object": refused(
    asked("POST", "/echo", ["content-length: 15", TEXT], "[object Object]"),
  ),
  "a stream with a length": [
    ...theirs(asked("POST", "/echo", ["transfer-encoding: chunked"], "12345")),
    ...ours(asked("POST", "/echo", ["content-length: 5"], "12345")),
  ],
  "a Content-Length that is wrong": refused(
    asked("POST", "/echo", ["content-length: 5", TEXT], "12345"),
  ),
  "Host": [
    ...theirs(asked("GET", "/echo", [])),
    ...ours('request 1: GET /echo to 0, example.com [["accept: */*"],""]'),
  ],
  "a Request as options": [
    ...theirs(asked("GET", "/echo", [])),
    ...ours(asked("PUT", "/echo", ["content-length: 2", TEXT], "hi")),
  ],
  "user and password in the URL": [
    '- url: "http://ada:secret@127.0.0.1:port0/echo"',
    '+ url: "http://127.0.0.1:port0/echo"',
  ],
  "307 to a form": [
    ...theirs(askedForm("/307", ""), askedForm("/echo?307", "", 2)),
    ...ours(askedForm("/307", "\r\n"), askedForm("/echo?307", "\r\n", 2)),
  ],
  "a redirect without Location": [
    ...theirs('body: ""', "isNull: true", "used: [false,false]"),
    ...ours('body: "lost"', "isNull: false", "used: [false,true]"),
  ],
  "a redirect elsewhere keeps other fields back": [
    '- request 2: GET /echo to 1, 127.0.0.1:port1 [["accept: */*","x-api-key: secret"],""]',
    '+ request 2: GET /echo to 1, 127.0.0.1:port1 [["accept: */*"],""]',
  ],
  "duplex: full": refused(asked("POST", "/echo", ["transfer-encoding: chunked"], "x")),
  "an option that nobody knows": refused(asked("GET", "/echo", [])),
  "integrity that is not met": [
    ...theirs(
      ...ok("/hello", "hello", [
        ["content-length", "5"],
        ["content-type", "text/plain"],
        ["x-case", "Kept"],
      ]),
    ),
    ...ours(REFUSED),
  ],
};
