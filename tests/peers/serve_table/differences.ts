// Where serve() differs from Deno.serve, and why: what the README says of it, and which rows show it.

import type { DifferingRows } from "./case.ts";
import { DIFFERING_ANSWERS } from "./differing_answers.ts";
import { DIFFERING_REFUSALS } from "./differing_refusals.ts";
import { DIFFERING_REQUESTS } from "./differing_requests.ts";

/** The reasons. */
export const REASONS = {
  version:
    "A client of HTTP/1.0 is answered with version 1.1, which is the server's own (RFC 9110 6.2), and `Connection: close` where the connection ends. `Deno.serve` says 1.0.",
  joined:
    "Values that were appended to one field go out in one line, joined by commas, but for `Set-Cookie`. `Deno.serve` repeats the field, which means the same.",
  length:
    "Blobs, `File`s, forms and streams that are empty at once have a Content-Length. `Deno.serve` sends them chunked.",
  headOfNothing:
    "To HEAD, a Response without a body says nothing about the length that GET would tell. `Deno.serve` says 0, which is wrong wherever a framework answers HEAD by dropping the body.",
  headLength:
    "The Content-Length of text and bytes is that of what there is, to HEAD as well. `Deno.serve` believes the handler's, to HEAD only.",
  streamLength:
    "A stream that is longer or shorter than the Content-Length that the handler set is an error: `onError` hears of it, and the connection is closed. `Deno.serve` cuts what is too much, and tells nobody.",
  framingFields:
    "How a message is framed and what its connection does is the server's business: a `Transfer-Encoding` of the handler's, `Keep-Alive` and every option of `Connection` but `close` are dropped, and `Upgrade` is named in `Connection` (RFC 9110 7.8). `Deno.serve` passes them on, and sends what is called gzip without packing it.",
  close:
    "`Connection: close` closes the connection. `Deno.serve` sends the field and keeps the connection.",
  phrases:
    "Reason phrases are those of `@std/http/status`; of 203, 207, 407 and 413 they are not those of `Deno.serve`.",
  statusText: "The `statusText` of a Response is sent. `Deno.serve` drops it.",
  reset:
    "A 205 says that it is empty, by `Content-Length: 0`. That of `Deno.serve` says nothing, and clients wait for the end of the connection (RFC 9110 15.3.6).",
  notModified:
    "A 304 keeps the Content-Length that the handler gave it (RFC 9110 8.6). `Deno.serve` drops it.",
  ownWords:
    "What the server answers by itself says in its body what was wrong, with a Content-Type. `Deno.serve` sends an empty body, or text without a type.",
  locked:
    "A Response whose body is locked is an error (500), as the standard has it, even if that body is text. `Deno.serve` sends the text.",
  failedEarly:
    "A stream that fails before its first chunk gets the answer of `onError`, or 500. `Deno.serve` sends a 200 and cuts the connection.",
  connect:
    "A CONNECT cannot be answered with a body and status 200, which would be a tunnel (RFC 9110 9.3.6): `info.upgrade()` makes one.",
  url:
    "`request.url` is written as the standard has it: dots resolved, default port and upper case of the host gone, what a URL cannot hold escaped. `Deno.serve` hands out what was sent; `new URL` of both is the same. Of a client that names no host it has the address it was sent to, not `localhost`.",
  strict:
    "Requests that RFC 9110 and 9112 tell or let servers refuse are refused: without a valid Host, with a fragment, with lines that end in LF alone, with unknown transfer codings or expectations, behind several empty lines, for https over a plain connection. `Deno.serve` serves them.",
  lenient:
    "A target with bytes above ASCII and a minor version above 1 are served (RFC 9110 6.2). `Deno.serve` refuses both, and answers HTTP/2.0 with 400 instead of 505.",
  limits:
    "A head of more than 32 KB and a target of more than 8 KB are refused (`maxHeadBytes`, `maxTargetBytes`). `Deno.serve` takes 64 KB, and has no option for it.",
  told:
    "`onError` hears of requests that were refused, too, with `context.source`. To `Deno.serve` they never happened.",
  headers:
    "The headers of a request can be changed, as of any `new Request`. Those of `Deno.serve` cannot.",
  redirect:
    "`request.redirect` is `follow`, as of any `new Request`; that of `Deno.serve` is undefined.",
  bom: "`request.json()` skips a byte order mark, as the standard has it. `Deno.serve` fails.",
  form:
    "`request.formData()` of a malformed form rejects with a `MultipartError`, which answers 400, and so does a form that breaks off. `Deno.serve` rejects with a `TypeError`, and takes what there is of a form that breaks off for the whole.",
  chunks:
    "A chunked body that is malformed rejects in the handler, which can still answer. `Deno.serve` closes the connection without an answer.",
  bytes:
    "`request.body` is a byte stream, which can be read into buffers of one's own. That of `Deno.serve` is not.",
  echo:
    "A stream has no length, not even `request.body` sent back; `Deno.serve` knows that of a request's.",
  proceed:
    "`100 Continue` is sent when the handler reads the body, so a refusal costs no upload, and never when the body has begun to arrive. `Deno.serve` always sends it.",
  bodyUsed:
    "`request.bodyUsed` stays false where there was no body, or nobody read it. That of `Deno.serve` is true when the answer was sent.",
  signal:
    "`request.signal` aborts when the client leaves or the server shuts down, and not when the answer was sent. `Deno.serve` aborts it always, unless `--unstable-no-legacy-abort` is given.",
  cancel:
    'A stream is cancelled with an Error that says why. `Deno.serve` cancels with the text "resource closed".',
  completed:
    "`info.completed` rejects if the client left before it had the answer, or the answer was cut. That of `Deno.serve` resolves in all these cases.",
} as const;

/** Name of a reason. */
export type Reason = keyof typeof REASONS;

/** The rows that differ for each reason. */
export const DIFFERENCES: Record<Reason, DifferingRows> = {
  ...DIFFERING_ANSWERS,
  ...DIFFERING_REQUESTS,
  ...DIFFERING_REFUSALS,
};
