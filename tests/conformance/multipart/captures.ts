/**
 * Forms in the very shape in which browsers, tools and libraries send them: their boundaries, the order and the case
 * of their fields, what they quote and escape, and how they end.
 */

import { BINARY, type Capture, capture } from "./capture.ts";
import { LIBRARY_CAPTURES } from "./library_captures.ts";
import { lines, utf8 } from "./support.ts";

const UMLAUTS = utf8("grüße 日本 \u{1f600}.txt");

/** What the browsers of today send of a form with each kind of control; they differ in the boundary alone. */
function browser(from: string, boundary: string): Capture {
  return capture(from, boundary, [
    "*",
    'Content-Disposition: form-data; name="title"',
    "",
    utf8("Grüße\r\naus 東京"),
    "*",
    'Content-Disposition: form-data; name="quoted%22name%0D%0A"',
    "",
    "",
    "*",
    `Content-Disposition: form-data; name="files"; filename="${UMLAUTS}"`,
    "Content-Type: text/plain",
    "",
    "one",
    "*",
    'Content-Disposition: form-data; name="files"; filename="a%22b\\c;d=e.png"',
    "Content-Type: image/png",
    "",
    BINARY,
    "*",
    'Content-Disposition: form-data; name="none"; filename=""',
    "Content-Type: application/octet-stream",
    "",
    "",
    "*",
    'Content-Disposition: form-data; name="_charset_"',
    "",
    "UTF-8",
    "*--",
    "",
  ], [
    { name: "title", body: utf8("Grüße\r\naus 東京") },
    { name: "quoted%22name%0D%0A", body: "" },
    { name: "files", filename: "grüße 日本 \u{1f600}.txt", contentType: "text/plain", body: "one" },
    { name: "files", filename: "a%22b\\c;d=e.png", contentType: "image/png", body: BINARY },
    { name: "none", filename: "", contentType: "application/octet-stream", body: "" },
    { name: "_charset_", body: "UTF-8" },
  ]);
}

const CURL = "------------------------";

export const CAPTURES: readonly Capture[] = [
  browser("Chrome", "----WebKitFormBoundary7MA4YWxkTrZu0gWb"),
  browser("Safari", "----WebKitFormBoundaryAQpZ9u0aXy1kM3Bd"),
  browser("Firefox", "----geckoformboundary9f3c6a1d20b84e57c2f1ab90de775e61"),
  browser("Firefox of some years ago", "---------------------------29358269622446412345678901234"),
  capture("Internet Explorer", "---------------------------7d21fa2d1f04f6", [
    "*",
    'Content-Disposition: form-data; name="file"; filename="C:\\Users\\me\\new\\table.csv"',
    "Content-Type: application/vnd.ms-excel",
    "",
    "a;b\r\n1;2\r\n",
    "*--",
    "",
  ], [{
    name: "file",
    filename: "C:\\Users\\me\\new\\table.csv",
    contentType: "application/vnd.ms-excel",
    body: "a;b\r\n1;2\r\n",
  }]),
  // As version 7.88 wrote them, but for the boundary.
  capture("curl", `${CURL}aa427fd3ef256a86`, [
    "*",
    'Content-Disposition: form-data; name="text"',
    "",
    utf8("hällo"),
    "*",
    'Content-Disposition: form-data; name="na%22me"',
    "",
    "x",
    "*",
    'Content-Disposition: form-data; name="file"; filename="a b.txt"',
    "Content-Type: text/plain",
    "",
    "file one\r\n--x",
    "*",
    `Content-Disposition: form-data; name="bin"; filename="${utf8("ü%22q.bin")}"`,
    "Content-Type: image/x",
    "",
    BINARY,
    "*--",
    "",
  ], [
    { name: "text", body: utf8("hällo") },
    { name: "na%22me", body: "x" },
    { name: "file", filename: "a b.txt", contentType: "text/plain", body: "file one\r\n--x" },
    { name: "bin", filename: "ü%22q.bin", contentType: "image/x", body: BINARY },
  ]),
  capture("curl 8 with longer boundaries", `${CURL}KJ8hT2mWq5vRz0XyBn3LcD`, [
    "*",
    'Content-Disposition: form-data; name="json"',
    "Content-Type: application/json",
    "",
    '{"a":1}',
    "*",
    'Content-Disposition: form-data; name="stdin"; filename="-"',
    "Content-Type: application/octet-stream",
    "",
    BINARY,
    "*--",
    "",
  ], [
    { name: "json", contentType: "application/json", body: '{"a":1}' },
    { name: "stdin", filename: "-", contentType: "application/octet-stream", body: BINARY },
  ]),
  // Several files of one name, in a form of their own within the part.
  capture("curl with a list of files", `${CURL}eefcaae0dba2a9e3`, [
    "*",
    'Content-Disposition: form-data; name="m"',
    `Content-Type: multipart/mixed; boundary=${CURL}b36c3a2ad721ef20`,
    "",
    `--${CURL}b36c3a2ad721ef20`,
    'Content-Disposition: attachment; filename="a b.txt"',
    "Content-Type: text/plain",
    "",
    "file one\r\n--x",
    `--${CURL}b36c3a2ad721ef20--`,
    "",
    "*--",
    "",
  ], [{
    name: "m",
    contentType: `multipart/mixed; boundary=${CURL}b36c3a2ad721ef20`,
    body: lines(
      `--${CURL}b36c3a2ad721ef20`,
      'Content-Disposition: attachment; filename="a b.txt"',
      "Content-Type: text/plain",
      "",
      "file one\r\n--x",
      `--${CURL}b36c3a2ad721ef20--`,
      "",
    ),
  }]),
  // Before version 7.56 the boundary was shorter, and the type of each file of unknown kind was given.
  capture("curl of ten years ago", `${CURL}5a2b81c6d9f0`, [
    "*",
    'Content-Disposition: form-data; name="up"; filename="core"',
    "Content-Type: application/octet-stream",
    "",
    "\x7fELF\0",
    "*--",
    "",
  ], [{
    name: "up",
    filename: "core",
    contentType: "application/octet-stream",
    body: "\x7fELF\0",
  }]),
  ...LIBRARY_CAPTURES,
];
