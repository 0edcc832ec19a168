// What is to be read where there is nothing else: a small page in the style of the listings for whoever looks with a
// browser, a line of text for everybody else. Pure but for the connection that it answers on.

import type { RequestFields } from "../files/conditional.ts";
import type { FileResponder } from "../files/file_source.ts";
import type { Piece } from "../files/multipart_ranges.ts";
import { htmlHead } from "../listing/html_head.ts";
import { preferredType } from "../preferred_type.ts";
import { reasonPhrase } from "../response_head.ts";

/** What is needed of a connection. */
export interface ErrorResponder extends FileResponder {
  sendError(code: number, status?: string, content?: string): void;
}

/** The content of the page's `style` element. */
export const ERROR_STYLE: string = `:root { color-scheme: light dark; --ground: #f6f6f3; \
--card: #fff; --line: #e5e5df; --text: #20211f; --muted: #686963; --accent: #3a5bc7; }
@media (prefers-color-scheme: dark) { :root { --ground: #141518; --card: #1b1d21; \
--line: #2a2d33; --text: #e9e9e6; --muted: #a0a19c; --accent: #9db4ff; } }
body { display: grid; place-content: center; min-height: 100vh; margin: 0; padding: 1.5rem; \
box-sizing: border-box; background: var(--ground); color: var(--text); \
font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif; text-align: center; }
main { padding: 2.5rem 3rem; border: 1px solid var(--line); border-radius: 0.75rem; background: var(--card); }
h1 { margin: 0; font-size: 1.25rem; font-weight: 650; }
p { margin: 0.25rem 0 0; color: var(--muted); }
`;

/** Its hash, as it is in the policy: known before, since errors do not wait. */
const STYLE_HASH = "sha256-z0LZdlGwHdExj/D005q2MM4QlQYK5ancHHGYI/jvcQg=";

/** The page's Content-Security-Policy. */
export const ERROR_POLICY: string = `default-src 'none'; style-src '${STYLE_HASH}'; ` +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** What a status means to whoever sees the page. */
const MEANINGS: Readonly<Record<number, string>> = {
  400: "The address cannot be read.",
  403: "This cannot be looked at.",
  404: "There is nothing at this address.",
  405: "This cannot be done here.",
  412: "What is here is not what was expected.",
  416: "There is no such part of the file.",
  503: "It cannot be had at the moment. Try again later.",
};

/** Answers with an error that says what it is; fields that were added before are kept. */
export function answerError(con: ErrorResponder, fields: RequestFields, status: number): void {
  const isPage = wantsPage(fields["accept"]);
  con.addHeader("Content-Type", `${isPage ? "text/html" : "text/plain"}; charset=utf-8`);
  con.addHeader("X-Content-Type-Options", "nosniff");
  con.appendHeader("Vary", "Accept");
  if (isPage) con.addHeader("Content-Security-Policy", ERROR_POLICY);
  con.sendError(status, undefined, isPage ? pageOf(status) : `${titleOf(status)}\n`);
}

/** A connection whose errors say what they are. */
export class WithErrorPages implements FileResponder {
  readonly #con: ErrorResponder;
  readonly #fields: RequestFields;

  /** For the request with these fields. */
  constructor(con: ErrorResponder, fields: RequestFields) {
    this.#con = con;
    this.#fields = fields;
  }

  sendError(code: number): void {
    answerError(this.#con, this.#fields, code);
  }

  setStatus(code: number): void {
    this.#con.setStatus(code);
  }

  addHeader(name: string, value: string): void {
    this.#con.addHeader(name, value);
  }

  appendHeader(name: string, value: string): void {
    this.#con.appendHeader(name, value);
  }

  redirect(code: number, location: string): void {
    this.#con.redirect(code, location);
  }

  sendKept(bytes: Uint8Array<ArrayBuffer>): void {
    this.#con.sendKept(bytes);
  }

  sendOpened(file: Deno.FsFile, offset: number, count: number, path: string): Promise<void> | void {
    return this.#con.sendOpened(file, offset, count, path);
  }

  sendPieces(file: Deno.FsFile, path: string, pieces: readonly Piece[]): Promise<void> | void {
    return this.#con.sendPieces(file, path, pieces);
  }

  sendStream(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> | void {
    return this.#con.sendStream(stream);
  }
}

/** Whether the client names HTML: browsers do, and programs that take anything are better off with a line. */
function wantsPage(accept: string | undefined): boolean {
  return accept !== undefined && /text\/html/i.test(accept) &&
    preferredType(accept, "text/html", "text/plain") === "text/html";
}

function titleOf(status: number): string {
  return `${status} ${reasonPhrase(status)}`;
}

function pageOf(status: number): string {
  const meaning = MEANINGS[status];
  const title = titleOf(status);
  return `${htmlHead(title, `<style>${ERROR_STYLE}</style>`)}
<body>
<main>
<h1>${title}</h1>
${meaning === undefined ? "" : `<p>${meaning}</p>\n`}</main>
</body>
</html>
`;
}
